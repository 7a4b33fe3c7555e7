"""The graded checks of mt_server.c: a thread for each client."""
from typing import Callable

import pytest

from checker import behaviour, parallelism, sanitizer
from checker.behaviour import AT_ONCE, PILE_QUIET
from checker.build import Build
from checker.outcome import CheckFailed
from checker.server import Server

SERVER = "mt_server"


@pytest.mark.check("mt-replies")
def test_replies(start: Callable[..., Server]) -> None:
    behaviour.replies(start())


@pytest.mark.check("mt-concurrency")
def test_concurrency(concurrency: Exception) -> None:
    if concurrency:
        raise concurrency


@pytest.mark.check("mt-threads")
def test_threads(server: Server) -> None:
    done, before = f"{AT_ONCE} clients connected and stayed silent", server.threads()
    clients = server.connect_in_turn(AT_ONCE)
    if not server.wait(lambda: server.threads() >= before + AT_ONCE):
        raise CheckFailed(done, f"{AT_ONCE} more threads than the {before} without clients",
                          f"{server.threads() - before} more, and {len(server.workers())} more processes; {server.doing()}")
    if server.workers():
        raise CheckFailed(done, "no more processes than without clients", f"{len(server.workers())} more")
    for client in clients:
        behaviour.served(server, client.send(b"1\n"), done + "; then each sent '1'")
        client.close()
    if not server.wait(lambda: server.threads() <= before, quiet=PILE_QUIET):
        raise CheckFailed(f"{AT_ONCE} clients were served and left", "that their threads end",
                          f"{server.threads() - before} more than without clients are there; {server.doing()}")


@pytest.mark.check("mt-races")
def test_races(build: Build, start: Callable[..., Server], serves_concurrently: None) -> None:
    behaviour.own_replies(start(probe="delay"))
    where = sanitizer.races(build, SERVER)
    if where:
        raise CheckFailed(f"{AT_ONCE} clients connected at the same moment, three times, under ThreadSanitizer",
                          "that threads agree on who uses which memory when", f"a data race: {where}")


@pytest.mark.check("mt-descriptors")
def test_descriptors(server: Server) -> None:
    behaviour.end_of_stream(server)
    behaviour.descriptors_stay(server)


@pytest.mark.check("mt-memory")
def test_memory(start: Callable[..., Server], serves_concurrently: None) -> None:
    behaviour.memory_stays(start(probe="pages"))


@pytest.mark.check("mt-robustness")
def test_robustness(start: Callable[..., Server], server: Server) -> None:
    behaviour.bad_clients(server)
    behaviour.flood(server)
    behaviour.failing_creation(server, "pthread_create()")
    behaviour.short_of_descriptors(server)
    behaviour.failed_creations_keep_no_memory(start(probe="pages"), "pthread_create()")


@pytest.mark.check("mt-speedup")
def test_speedup(start: Callable[..., Server], server: Server, calibrated_n: int,
                 note: Callable[[str], None]) -> None:
    note(parallelism.judge(start, server, calibrated_n))
