"""The graded checks of mp_server.c: a process for each client."""
from typing import Callable

import pytest

from checker import behaviour, parallelism
from checker.behaviour import AT_ONCE
from checker.outcome import CheckFailed
from checker.server import Server

SERVER = "mp_server"


@pytest.mark.check("mp-replies")
def test_replies(start: Callable[..., Server]) -> None:
    behaviour.replies(start())


@pytest.mark.check("mp-concurrency")
def test_concurrency(concurrency: Exception) -> None:
    if concurrency:
        raise concurrency


@pytest.mark.check("mp-processes")
def test_processes(server: Server) -> None:
    done, before = f"{AT_ONCE} clients connected and stayed silent", server.threads()
    clients = server.connect_in_turn(AT_ONCE)
    if not server.wait(lambda: len(server.workers()) >= AT_ONCE):
        raise CheckFailed(done, f"{AT_ONCE} more processes than without clients",
                          f"{len(server.workers())} more than the {len(server.idle)} of before, and "
                          f"{server.threads() - before} more threads; {server.doing()}")
    threads = max(process.threads for pid, process in server.box.tree().items() if pid in server.workers())
    if threads > 1:
        raise CheckFailed(done, "processes of one thread each", f"one of {threads} threads; {server.doing()}")
    for client in clients:
        behaviour.served(server, client.send(b"1\n"), done + "; then each sent '1'")
        client.close()
    behaviour.children_end(server)


@pytest.mark.check("mp-zombies")
def test_zombies(server: Server) -> None:
    behaviour.zombies_of_one_moment(server)
    behaviour.zombies_stay_few(server)


@pytest.mark.check("mp-descriptors")
def test_descriptors(server: Server) -> None:
    behaviour.end_of_stream(server)
    behaviour.descriptors_stay(server)
    behaviour.port_is_free_after_death(server)


@pytest.mark.check("mp-robustness")
def test_robustness(server: Server) -> None:
    behaviour.bad_clients(server)
    behaviour.flood(server)
    behaviour.failing_creation(server, "fork()")
    behaviour.short_of_descriptors(server)


@pytest.mark.check("mp-speedup")
def test_speedup(start: Callable[..., Server], server: Server, calibrated_n: int,
                 note: Callable[[str], None]) -> None:
    note(parallelism.judge(start, server, calibrated_n))
