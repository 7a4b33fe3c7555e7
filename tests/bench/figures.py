"""The figures of a table, from the answers of clients: pure arithmetic. Times are seconds."""
from __future__ import annotations

import statistics
from typing import List, NamedTuple, Optional, Sequence

Round = Sequence["Answer"]  # what all clients of one round experienced


class Answer(NamedTuple):
    """What one client experienced, in seconds since the round began."""
    connected: float
    sent: float  # the end of its request
    answered: float

    @property
    def latency(self) -> float:
        """How long the client waited, from its connection to its reply."""
        return self.answered - self.connected


class Figure(NamedTuple):
    """A median, and the least and the largest of the values behind it."""
    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure:
        """Returns the figure of at least one value."""
        return cls(statistics.median(values), min(values), max(values))


class Row(NamedTuple):
    """One line of the table. What was not measured is None."""
    server: str
    clients: int
    n: int
    problem: str = ""  # why it was not measured, or not to the end
    turnaround: Optional[Figure] = None  # one value a round
    p50: Optional[float] = None  # latency of the clients that the workload measures, all rounds
    worst: Optional[float] = None
    speedup: Optional[Figure] = None  # see speedups()
    rate: Optional[float] = None  # clients per second of the median turnaround
    cpu: Optional[float] = None  # seconds of CPU of all its processes, in the traced round
    memory: Optional[int] = None  # bytes, in the traced round: see Trace


def turnaround(answers: Round) -> float:
    """Returns the time from the first connection to the last reply."""
    first = min(answer.connected for answer in answers)
    return max(answer.answered for answer in answers) - first


def speedups(reference: Sequence[float], times: Sequence[float]) -> List[float]:
    """Returns the synchronous server's turnaround over another one's, round by round: what slows
    down the machine for a while slows down both."""
    return [slow / time for slow, time in zip(reference, times)]


def with_answers(row: Row, rounds: Sequence[Round], measured: Sequence[int],
                 reference: Sequence[float] = ()) -> Row:
    """Returns a row with the figures of some rounds filled in. `measured` are the clients whose
    latency counts; `reference` is the synchronous server's turnaround of each round, if known."""
    if not rounds:
        return row
    times = [turnaround(answers) for answers in rounds]
    latencies = [answers[client].latency for answers in rounds for client in measured]
    ratios = speedups(reference, times)
    return row._replace(turnaround=Figure.of(times), p50=statistics.median(latencies),
                        worst=max(latencies), speedup=Figure.of(ratios) if ratios else None,
                        rate=row.clients / statistics.median(times))
