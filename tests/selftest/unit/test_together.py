"""What counts as one that computes: a process, or a thread. Nothing is started here."""
from __future__ import annotations

from contextlib import closing
from typing import List

import pytest

from checks.together import has_made_processes, lines_of
from selftest.unit.made_up import IDLE, MadeUpServer, process
from watching.course import Course


@pytest.mark.parametrize("name, workers, counts", [
    ("mp_server", 8, True), ("mp_server", 1, True), ("mp_server", 0, False),
    ("mt_server", 8, False)])
def test_processes_count_where_some_have_been_made_for_clients(name: str, workers: int,
                                                               counts: bool) -> None:
    """A server that has made threads instead loses the check of that, not that of parallelism."""
    with closing(MadeUpServer()) as server:
        server.name = name
        for pid in range(IDLE + 1, IDLE + 1 + workers):
            server.made_up.box.processes[pid] = process(pid, parent=IDLE)
        assert has_made_processes(server) == counts


@pytest.mark.parametrize("name, tids, kind", [
    ("mp_server", [7, 8], "process"), ("mp_server", [7, 9], "thread"), ("mt_server", [7], "thread")
])
def test_who_has_computed_is_named_as_what_it_is(name: str, tids: List[int], kind: str) -> None:
    courses = [Course(7 + at, tid, 0.1, 0.0, 1.0, 0.0) for at, tid in enumerate(tids)]
    with closing(MadeUpServer()) as server:
        server.name = name
        assert all(line.startswith(f"{kind} ") for line in lines_of(courses, server))
