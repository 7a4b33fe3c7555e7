"""What do a handler, the checks of errors and the service's parsing cost? mp_server and mt_server
against a bare loop that does the least possible (floor_processes.c, floor_threads.c), at n = 0 and
with clients that come back at once. Server and bare loop take turns in short slices, and each pair
of slices gives one ratio, so that whatever else the machine does slows down both. Times are
seconds."""
from __future__ import annotations

import statistics
from typing import List, NamedTuple, Optional, Sequence, Tuple

from bench.generator import Generator
from bench.rounds import Progress
from bench.servers import LoadFailed, Programs, Running
from checks.server import Server

CLIENTS = 8
SLICE = 0.15  # how long one server is loaded at a time
ROUNDS = 24
WANTED = 0.95  # of the bare loop's rate
SETTLED = 0.01  # asleep for so long, a server has finished with its clients
BARE = {"mp_server": "floor_processes", "mt_server": "floor_threads"}


class Quartiles(NamedTuple):
    """Of the ratios."""
    low: float
    median: float
    high: float


class Floor:
    """What was measured of one server so far. Rates are requests per second, one a slice."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.rates: List[float] = []
        self.bare_rates: List[float] = []
        self.generator_shares: List[float] = []  # of one core
        self.problem = ""

    def ratios(self) -> List[float]:
        """Returns the server's rate over the bare loop's, for each pair of slices."""
        return [rate / bare for rate, bare in zip(self.rates, self.bare_rates)]

    def quartiles(self) -> Optional[Quartiles]:
        """Returns the quartiles of the ratios; None if there are none."""
        ratios = self.ratios()
        if not ratios:
            return None
        if len(ratios) == 1:
            return Quartiles(ratios[0], ratios[0], ratios[0])
        low, median, high = statistics.quantiles(ratios, n=4, method="inclusive")
        return Quartiles(low, median, high)

    def reached(self) -> bool:
        """Returns whether the server was measured, and is as fast as WANTED."""
        found = self.quartiles()
        return not self.problem and found is not None and found.median >= WANTED


Pair = Tuple[Floor, Server, Server]  # the server, and its bare loop


def measure(programs: Programs, generator: Generator, names: Sequence[str], rounds: int,
            found: List[Floor], progress: Progress) -> None:
    """Measures some of BARE's servers; adds to `found` as it goes."""
    with Running(programs.sandbox) as running:
        pairs: List[Pair] = []
        for name in names:
            floor = Floor(name)
            found.append(floor)
            pair = _started(floor, programs, running)
            if pair is not None:
                pairs.append(pair)
        for number in range(rounds):
            for pair in pairs:
                if not pair[0].problem:
                    progress(f"floor: round {number + 1} of {rounds}, {pair[0].server}")
                    _measure_slices(pair, generator, bare_first=number % 2 == 1)


def _started(floor: Floor, programs: Programs, running: Running) -> Optional[Pair]:
    """Starts a server and its bare loop. Returns None if one does not start, and notes why."""
    if floor.server in programs.errors:
        floor.problem = "it does not compile"
        return None
    try:
        server = running.start(programs.path(floor.server))
        return floor, server, running.start(programs.compile_own(BARE[floor.server]))
    except LoadFailed as error:
        floor.problem = str(error)
        return None


def _measure_slices(pair: Pair, generator: Generator, bare_first: bool) -> None:
    """Loads both servers for a slice each; notes the problem if one does not serve."""
    floor, server, bare = pair
    turns = [(server, floor.rates), (bare, floor.bare_rates)]
    if bare_first:
        turns.reverse()
    try:
        for target, rates in turns:
            throughput = generator.loop(target, CLIENTS, 0, SLICE)
            rates.append(throughput.rate)
            floor.generator_shares.append(throughput.generator_share)
            target.settle(quiet=SETTLED)
    except LoadFailed as error:
        floor.problem = str(error)
