"""Who works for whom, from made-up samples."""
from __future__ import annotations

from typing import Dict, List, Optional

from bench.sampling import Sight, TracedClient, Worker, assign_worker
from bench.timeline import Span, State
from bench.tracing import lane
from watching.procfs import Task

INODE, OTHER = 77, 88
SHARES = {21: 0.5, 22: 0.25}


def sight(blocked: Dict[int, Optional[int]]) -> Sight:
    """Tasks of one process that holds both connections: INODE as descriptor 4, OTHER as 5."""
    tasks: List[Task] = [Task(20, tid, "S", 0.0, 0.0) for tid in blocked]
    return Sight(tasks, {20: {INODE: 4, OTHER: 5}}, blocked)


def accepted() -> TracedClient:
    client = TracedClient()
    client.connected, client.inode = 0.0, INODE
    return client


def test_a_task_that_reads_from_the_client_is_its_worker() -> None:
    client = accepted()
    assign_worker(client, sight({20: 3, 21: 4, 22: 5}), set(), SHARES)
    assert client.worker == Worker(20, 21)


def test_the_only_possible_one_is_the_worker_at_the_second_sample() -> None:
    client = accepted()
    seen = sight({20: 3, 21: -1})
    assign_worker(client, seen, set(), SHARES)
    assert client.worker is None and client.candidate == Worker(20, 21)
    client.spans.append(Span(0.0, 1.0, State.SERVED))
    assign_worker(client, seen, set(), SHARES)
    assert client.worker == Worker(20, 21)
    assert client.spans == [Span(0.0, 1.0, State.SERVED, 0.5)]  # known afterwards


def test_of_several_possible_ones_none_is_the_worker() -> None:
    client = accepted()
    for _ in range(2):
        assign_worker(client, sight({21: -1, 22: None}), set(), SHARES)
    assert client.worker is None and client.candidate is None


def test_another_candidate_begins_anew() -> None:
    client = accepted()
    assign_worker(client, sight({21: -1}), set(), SHARES)
    assign_worker(client, sight({22: -1}), set(), SHARES)
    assert client.worker is None and client.candidate == Worker(20, 22)


def test_a_busy_task_and_one_of_another_process_are_no_candidates() -> None:
    seen = sight({21: -1, 22: -1})
    assert [task.tid for task in seen.candidates(INODE, {21})] == [22]
    assert seen.candidates(99, set()) == []


def test_times_of_a_lane_are_relative() -> None:
    client = accepted()
    client.connected, client.sent, client.spans = 5.0, 6.0, [Span(5.0, 6.0, State.QUEUED)]
    assert lane(client, 4.0) == (1.0, 2.0, None, [Span(1.0, 2.0, State.QUEUED)])
