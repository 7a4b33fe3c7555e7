"""The graded checks of mp_server.c: a process for each client. What each does stands in
checks/TOPIC.py, where TOPIC is the second half of its id."""
from __future__ import annotations

from typing import Callable, Optional

import pytest

from checks import (descriptors, failures, handlers, processes, replies, robustness, speedup,
                    zombies)
from checks.asking import bystanders
from checks.many import Record, Serving
from checks.robustness import Patient
from checks.server import Server, Start
from checks.workload import Yardstick

SERVER = "mp_server"
Note = Callable[[Optional[str]], None]


@pytest.mark.check("mp-replies")
def test_replies(start: Start, serves_alone: None) -> None:
    replies.error_lines(start())


@pytest.mark.check("mp-concurrency")
def test_concurrency(concurrency: Optional[Exception]) -> None:
    if concurrency is not None:
        raise concurrency


@pytest.mark.check("mp-processes")
def test_processes(server: Server) -> None:
    with bystanders(server):
        processes.one_for_each_client(server)


@pytest.mark.check("mp-zombies")
def test_zombies(start: Start, server: Server, many: Record) -> None:
    with bystanders(server):
        zombies.of_one_moment(server, crowds=many.lost is None)
    zombies.none_pile_up(many)
    failures.with_faults(start, zombies.of_one_fork)
    handlers.safe(start)


@pytest.mark.check("mp-descriptors")
def test_descriptors(server: Server, many: Record) -> None:
    with bystanders(server):
        descriptors.end_of_stream(server)
    descriptors.none_pile_up(many)
    descriptors.port_is_free_after_death(server)


@pytest.mark.check("mp-speedup")
def test_speedup(start: Start, server: Server, yardstick: Yardstick, note: Note) -> None:
    note(speedup.judge(start, server, yardstick))


@pytest.mark.check("mp-robustness")
def test_robustness(start: Start, server: Server, serving_many: Serving, patient: Patient,
                    note: Note) -> None:
    with bystanders(server):
        robustness.bad_clients(server)
    note(robustness.flood(start))
    note(failures.with_faults(start, lambda faulty: failures.of_calls(faulty, "fork()")))
    robustness.all_were_served(serving_many())
    robustness.patience(patient)
