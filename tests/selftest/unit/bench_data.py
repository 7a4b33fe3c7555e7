"""Traced rounds that are made up, for the tests of what the bench draws."""
from __future__ import annotations

from typing import List

from bench.servers import SYNCHRONOUS
from bench.timeline import Lane, Span, State, Trace

WORK = 0.1  # seconds of work for each client
CLIENTS = 3


def staircase() -> Trace:
    """Three clients that are served one after the other."""
    lanes: List[Lane] = []
    for number in range(CLIENTS):
        begin, end = WORK * number, WORK * (number + 1)
        spans = [Span(begin, end, State.SERVED, 1.0)]
        if number:
            spans.insert(0, Span(0.0, begin, State.QUEUED))
        lanes.append(Lane(0.0, 0.0, end, spans))
    return Trace(SYNCHRONOUS, lanes, CLIENTS * WORK, CLIENTS * WORK, 1 << 20)


def bundle(server: str) -> Trace:
    """Three clients that are served at the same time, on one core."""
    end = CLIENTS * WORK
    lanes = [Lane(0.0, 0.0, end, [Span(0.0, end, State.SERVED, 1 / CLIENTS)])
             for _ in range(CLIENTS)]
    return Trace(server, lanes, end, end, 1 << 20)
