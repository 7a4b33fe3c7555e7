"""The graded checks of mp_server.c: a process for each client. What each does stands in
checks/TOPIC.py, where TOPIC is the second half of its id."""
from __future__ import annotations

from typing import Callable, Optional

import pytest

from checks import descriptors, processes, replies, robustness, speedup, zombies
from checks.races import Start
from checks.server import Server

SERVER = "mp_server"
Note = Callable[[Optional[str]], None]


@pytest.mark.check("mp-replies")
def test_replies(start: Start) -> None:
    replies.replies(start())


@pytest.mark.check("mp-concurrency")
def test_concurrency(concurrency: Optional[Exception]) -> None:
    if concurrency is not None:
        raise concurrency


@pytest.mark.check("mp-processes")
def test_processes(server: Server) -> None:
    processes.one_for_each_client(server)


@pytest.mark.check("mp-zombies")
def test_zombies(server: Server) -> None:
    zombies.of_one_moment(server)
    zombies.of_many_clients(server)


@pytest.mark.check("mp-descriptors")
def test_descriptors(server: Server) -> None:
    descriptors.end_of_stream(server)
    descriptors.none_pile_up(server)
    descriptors.port_is_free_after_death(server)


@pytest.mark.check("mp-robustness")
def test_robustness(server: Server, note: Note) -> None:
    robustness.bad_clients(server)
    robustness.flood(server)
    note(robustness.failing_creation(server, "fork()"))
    robustness.short_of_descriptors(server)


@pytest.mark.check("mp-speedup")
def test_speedup(start: Start, server: Server, calibrated_n: int, note: Note) -> None:
    note(speedup.judge(start, server, calibrated_n))
