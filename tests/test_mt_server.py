"""The graded checks of mt_server.c: a thread for each client. What each does stands in
checks/TOPIC.py, where TOPIC is the second half of its id."""
from __future__ import annotations

from typing import Callable, Optional

import pytest

from checks import descriptors, failures, memory, races, replies, robustness, speedup, threads
from checks.asking import bystanders
from checks.many import Record, Serving, serve_many
from checks.robustness import Patient
from checks.sanitizer import Compiler
from checks.server import Server, Start
from checks.workload import Yardstick

SERVER = "mt_server"
Note = Callable[[Optional[str]], None]


@pytest.mark.check("mt-replies")
def test_replies(start: Start, serves_alone: None) -> None:
    replies.error_lines(start())


@pytest.mark.check("mt-concurrency")
def test_concurrency(concurrency: Optional[Exception]) -> None:
    if concurrency is not None:
        raise concurrency


@pytest.mark.check("mt-threads")
def test_threads(server: Server) -> None:
    with bystanders(server):
        threads.one_for_each_client(server)


@pytest.mark.check("mt-races")
def test_races(build: Compiler, start: Start, serves_concurrently: None, note: Note) -> None:
    note(races.own_replies_without_races(start, build))


@pytest.mark.check("mt-descriptors")
def test_descriptors(server: Server, many: Record) -> None:
    with bystanders(server):
        descriptors.end_of_stream(server)
    descriptors.none_pile_up(many)


@pytest.mark.check("mt-memory")
def test_memory(start: Start, many: Record) -> None:
    memory.stays(many)
    memory.stays(serve_many(start(probe="pages")))


@pytest.mark.check("mt-speedup")
def test_speedup(start: Start, server: Server, yardstick: Yardstick, note: Note) -> None:
    note(speedup.judge(start, server, yardstick))


@pytest.mark.check("mt-robustness")
def test_robustness(start: Start, server: Server, serving_many: Serving, patient: Patient,
                    note: Note) -> None:
    with bystanders(server):
        robustness.bad_clients(server)
    note(robustness.flood(start))
    call = "pthread_create()"
    note(failures.with_faults(start, lambda faulty: failures.of_calls(faulty, call)))
    failures.with_faults(start, lambda faulty: failures.keep_no_memory(faulty, call), probe="pages")
    robustness.all_were_served(serving_many())
    robustness.patience(patient)
