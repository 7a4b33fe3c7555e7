"""More and more clients, small and large work: how turnaround and requests/s grow. Times are
seconds."""
from __future__ import annotations

import statistics
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from bench.figures import Figure
from bench.generator import Generator
from bench.rounds import Contender, Contest, Progress
from bench.servers import SYNCHRONOUS, LoadFailed, Programs, Running
from checks.workload import LAST
from console import CommandFailed

CLIENTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
SLICE = 0.05  # how long a server is loaded without a break, at least
SETTLED = 0.01  # asleep for so long, a server has finished with its clients
ROUNDS = 3
LARGE = 0.004  # seconds of CPU of one request, at least: the large work
BURSTS = 3  # to find out what a request takes
SMALLER = 5  # fib(n - 5) takes an eleventh of fib(n): the golden ratio to the fifth power


class Point(NamedTuple):
    """So many clients at once, each asks for fib(n)."""
    server: str
    clients: int
    n: int
    turnaround: Figure  # over all bursts of all rounds
    rate: float  # clients over the median turnaround


class Curves:
    """All that was measured so far."""

    def __init__(self, usable: float, points: Sequence[Point] = ()) -> None:
        self.usable = usable  # so many cores' worth of work can be done at a time
        self.points = list(points)
        self.problems: Dict[str, str] = {}  # by server: why it was not measured to the end

    def numbers(self) -> List[int]:
        """Returns the values of n that there are points of."""
        return sorted({point.n for point in self.points})

    def servers(self) -> List[str]:
        """Returns the servers that there are points of, in the order of measuring."""
        return list(dict.fromkeys(point.server for point in self.points))

    def counts(self, n: int) -> List[int]:
        """Returns the numbers of clients that there are points of."""
        return sorted({point.clients for point in self.points if point.n == n})

    def of(self, server: str, n: int) -> List[Point]:
        """Returns one curve."""
        return [point for point in self.points if (point.server, point.n) == (server, n)]

    def single(self, n: int) -> Optional[float]:
        """Returns what one client alone takes with the synchronous server; None if that was not
        measured."""
        alone = [point for point in self.of(SYNCHRONOUS, n) if point.clients == 1]
        return alone[0].turnaround.median if alone else None

    def ideal(self, n: int) -> List[Tuple[int, float]]:
        """Returns (clients, turnaround) of a server that costs nothing: clients, times what one
        client takes, shared out to the cores that may be used, or to as many as there are
        clients."""
        single = self.single(n)
        if single is None:
            return []
        return [(clients, single * clients / min(clients, self.usable))
                for clients in self.counts(n)]


def sweep(contest: Contest, generator: Generator, counts: Sequence[int], numbers: Sequence[int],
          rounds: int, curves: Curves, progress: Progress) -> None:
    """Measures all servers of a contest with all numbers of clients and all values of n; adds to
    the curves and their problems as it goes."""
    contest.start()
    for n in numbers:
        for clients in counts:
            _measure_points(contest, generator, clients, n, rounds, curves, progress)
            curves.problems.update((one.name, one.problem) for one in contest.contenders
                                   if one.problem)


def _measure_points(contest: Contest, generator: Generator, clients: int, n: int, rounds: int,
                    curves: Curves, progress: Progress) -> None:
    """Adds a point for each server."""
    times: Dict[str, List[float]] = {}

    def measure(contender: Contender, number: int) -> None:
        progress(f"scaling: n {n}, clients {clients}, round {number + 1} of {rounds}, "
                 f"{contender.name}")
        bursts = generator.bursts(contender.server, clients, n, SLICE, 1)
        times.setdefault(contender.name, []).extend(bursts)
        contender.server.settle(quiet=SETTLED)

    contest.in_turns(rounds, measure)
    for name, turnarounds in times.items():
        rate = clients / statistics.median(turnarounds)
        curves.points.append(Point(name, clients, n, Figure.of(turnarounds), rate))


def default_numbers(programs: Programs, generator: Generator) -> List[int]:
    """Returns three values of n: no work, LARGE seconds of it on this machine, and an eleventh of
    that. Raises CommandFailed if the lab's own server does not serve."""
    with Running(programs.sandbox) as running:
        try:
            server = running.start(programs.path(SYNCHRONOUS))
            n = 20
            idle = min(generator.bursts(server, 1, 0, 0.0, BURSTS))
            while n < LAST and min(generator.bursts(server, 1, n, 0.0, BURSTS)) - idle <= LARGE:
                n += 1
        except LoadFailed as error:
            raise CommandFailed(f"the lab's own server: {error}") from None
    return [0, max(n - SMALLER, 1), n]
