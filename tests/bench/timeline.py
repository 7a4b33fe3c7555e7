"""What a traced round looks like: which client waited when, and when a worker ran for it. Pure
data and arithmetic. Times are seconds."""
from __future__ import annotations

import enum
import itertools
from typing import Iterator, List, NamedTuple, Optional, Sequence


class State(enum.Enum):
    """What is happening to a client."""
    QUEUED = "queued"  # its connection is in the listen queue: nobody has accepted it
    IDLE = "worker idle"  # accepted; its worker is blocked until the request comes
    SERVED = "served"  # accepted; its worker is running or runnable, or not known
    UNSEEN = "unseen"  # it was accepted and answered between two samples


class Span(NamedTuple):
    """A part of a client's time, in one state. `run` is the share of it that the client's worker
    was on a CPU; when it is SERVED, the worker was waiting for a CPU for the rest. None where no
    worker is known, or where it has ended since the last sample."""
    begin: float
    end: float
    state: State
    run: Optional[float] = None

    @property
    def length(self) -> float:
        """How long it lasts."""
        return self.end - self.begin


class Lane(NamedTuple):
    """One client, from its connection to its reply (None: it got none)."""
    connected: float
    sent: Optional[float]
    answered: Optional[float]
    spans: List[Span]


class Trace(NamedTuple):
    """A traced round. Time 0 is the first connection."""
    server: str
    lanes: List[Lane]
    end: float  # the last reply
    cpu: float  # seconds of CPU of all the server's processes
    # Bytes: the largest sum that was seen of its processes' proportional set sizes (Pss) or, where
    # these cannot be read, of their resident sets.
    memory: Optional[int]


def latest_end(traces: Sequence[Trace]) -> float:
    """Returns when the last reply of all came; 0 if nothing was traced."""
    return max((trace.end for trace in traces), default=0.0)


def tidied(spans: Sequence[Span], origin: float) -> List[Span]:
    """Returns spans as they were sampled with times relative to an origin, those of no length left
    out, neighbours joined where the worker is not known, and late counters carried back."""
    moved = [span._replace(begin=span.begin - origin, end=span.end - origin) for span in spans]
    return carried_back(list(_joined([span for span in moved if span.length > 0])))


def _joined(spans: List[Span]) -> Iterator[Span]:
    """Yields the spans, neighbours in the same state joined if no share of CPU time is known of
    them."""
    def kind(span: Span) -> object:
        return span.state if span.run is None else span

    for _, group in itertools.groupby(spans, kind):
        members = list(group)
        yield members[0]._replace(end=members[-1].end)


def carried_back(spans: Sequence[Span]) -> List[Span]:
    """Returns the spans with a surplus of CPU time moved to the span before. The scheduler counts a
    running task's time at the next tick, so late; and a task cannot run for longer than a span
    lasts."""
    corrected: List[Span] = []
    surplus = 0.0
    for span in reversed(spans):
        if span.run is None:
            surplus = 0.0
        else:
            run = span.run * span.length + surplus
            surplus = max(0.0, run - span.length)
            state = State.SERVED if run > 0 else span.state
            span = span._replace(run=min(run, span.length) / span.length, state=state)
        corrected.append(span)
    return corrected[::-1]


def stretches(lane: Lane) -> Iterator[Span]:
    """Yields the states of a lane, neighbours in the same state joined; without shares."""
    for state, group in itertools.groupby(lane.spans, lambda span: span.state):
        members = list(group)
        yield Span(members[0].begin, members[-1].end, state)
