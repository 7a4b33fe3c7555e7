"""The graded checks of mt_server.c: a thread for each client. What each does stands in
checks/TOPIC.py, where TOPIC is the second half of its id."""
from __future__ import annotations

from typing import Callable, Optional

import pytest

from checks import descriptors, memory, races, replies, robustness, speedup, threads
from checks.races import Start
from checks.sanitizer import Compiler
from checks.server import Server

SERVER = "mt_server"
Note = Callable[[Optional[str]], None]


@pytest.mark.check("mt-replies")
def test_replies(start: Start) -> None:
    replies.replies(start())


@pytest.mark.check("mt-concurrency")
def test_concurrency(concurrency: Optional[Exception]) -> None:
    if concurrency is not None:
        raise concurrency


@pytest.mark.check("mt-threads")
def test_threads(server: Server) -> None:
    threads.one_for_each_client(server)


@pytest.mark.check("mt-races")
def test_races(build: Compiler, start: Start, serves_concurrently: None, note: Note) -> None:
    note(races.own_replies_without_races(start, build))


@pytest.mark.check("mt-descriptors")
def test_descriptors(server: Server) -> None:
    descriptors.end_of_stream(server)
    descriptors.none_pile_up(server)


@pytest.mark.check("mt-memory")
def test_memory(start: Start, serves_concurrently: None) -> None:
    memory.stays(start(probe="pages"))


@pytest.mark.check("mt-robustness")
def test_robustness(start: Start, server: Server, note: Note) -> None:
    robustness.bad_clients(server)
    robustness.flood(server)
    note(robustness.failing_creation(server, "pthread_create()"))
    robustness.short_of_descriptors(server)
    robustness.failed_creations_keep_no_memory(start(probe="pages"), "pthread_create()")


@pytest.mark.check("mt-speedup")
def test_speedup(start: Start, server: Server, calibrated_n: int, note: Note) -> None:
    note(speedup.judge(start, server, calibrated_n))
