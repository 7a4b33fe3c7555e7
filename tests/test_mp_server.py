"""The graded checks of mp_server.c: a process for each client."""
import signal
from typing import Callable

import pytest

from checker import behaviour, parallelism
from checker.behaviour import AT_ONCE, PILE_QUIET, SLACK
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
    done = f"{AT_ONCE} clients connected and stayed silent"
    clients = [server.connect() for _ in range(AT_ONCE)]
    if not server.wait(lambda: len(server.workers()) >= AT_ONCE):
        raise CheckFailed(done, f"{AT_ONCE} more processes than without clients", f"{len(server.workers())} more")
    threads = max(process.threads for pid, process in server.box.tree().items() if pid in server.workers())
    if threads > 1:
        raise CheckFailed(done, "processes of one thread each", f"one of {threads} threads")
    for client in clients:
        behaviour.expect(server, client.send(b"1\n"), 1, done + "; then each sent '1'")
        client.close()
    behaviour.children_end(server)


@pytest.mark.check("mp-zombies")
def test_zombies(server: Server) -> None:
    clients = [server.connect() for _ in range(AT_ONCE)]
    server.wait(lambda: len(server.workers()) >= AT_ONCE)
    with behaviour.stopped(server, server.idle):
        for client in clients:
            behaviour.expect(server, client.send(b"1\n"), 1, "the server was stopped, not its children; each client sent '1'")
        server.wait(lambda: not server.workers())
    behaviour.still_serves(server, f"{AT_ONCE} children ended at the same moment")
    if not server.wait(lambda: len(server.zombies()) <= SLACK, quiet=PILE_QUIET):
        raise CheckFailed(f"stopped the server (SIGSTOP), let {AT_ONCE} children end, let it go on, served one more client",
                          f"at most {SLACK} zombies", f"{len(server.zombies())} zombies")
    behaviour.zombies_stay_few(server)


@pytest.mark.check("mp-descriptors")
def test_descriptors(server: Server) -> None:
    behaviour.end_of_stream(server)
    behaviour.descriptors_stay(server)
    for _ in range(AT_ONCE):
        server.connect()
    server.wait(lambda: len(server.workers()) >= AT_ONCE)
    for pid in server.idle:
        server.box.signal(pid, signal.SIGKILL)
    if not server.wait(lambda: behaviour.refused(server)):
        raise CheckFailed(f"{AT_ONCE} clients connected and stayed silent; then the server was killed, not its children",
                          "that nobody listens on the port any more", "a child still holds the listening socket")


@pytest.mark.check("mp-robustness")
def test_robustness(server: Server) -> None:
    behaviour.bad_clients(server)
    behaviour.flood(server)
    behaviour.failing_creation(server, "fork()")
    behaviour.short_of_descriptors(server)


@pytest.mark.check("mp-speedup")
def test_speedup(start: Callable[..., Server], server: Server, calibrated_n: int, note: Callable[[str], None]) -> None:
    note(parallelism.judge(start, server, calibrated_n))
