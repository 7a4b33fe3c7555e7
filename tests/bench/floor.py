"""mp_server and mt_server against a bare loop that does the least possible (floor_processes.c, floor_threads.c): what do
their handler, their checks of errors, and the service's parsing cost? At n = 0, clients in a closed loop; server and bare
loop take turns in short slices, and each pair of slices gives one ratio, so that a machine that is busy with other things
slows down both."""
import statistics
from typing import Callable, List, NamedTuple, Tuple

from checker.build import Build

from bench.load import Generator, LoadFailed, Servers, server_of_ours

CLIENTS = 8
SLICE = 0.15  # seconds
ROUNDS = 24
WANTED = 0.95
BARE = {"mp_server": "floor_processes", "mt_server": "floor_threads"}


class Floor(NamedTuple):
    """What was measured of one server so far. Rates are requests per second, one a slice."""
    server: str
    rates: List[float]
    bare: List[float]
    own: List[float]  # the shares of one core that the load generator used
    problem: List[str]

    def ratios(self) -> List[float]:
        return [rate / bare for rate, bare in zip(self.rates, self.bare)]

    def quartiles(self) -> Tuple[float, float, float]:
        """Returns the first quartile, the median and the third quartile of the ratios."""
        ratios = self.ratios()
        if len(ratios) < 2:
            return (ratios[0],) * 3
        low, _, high = statistics.quantiles(ratios, n=4, method="inclusive")
        return low, statistics.median(ratios), high


def measure(build: Build, generator: Generator, names: List[str], rounds: int, found: List[Floor],
            tell: Callable[[str], None]) -> None:
    """Adds to `found` as it goes."""
    with Servers(build) as servers:
        contests = []
        for name in names:
            floor = Floor(name, [], [], [], [])
            found.append(floor)
            if name in build.errors:
                floor.problem.append("it does not compile")
                continue
            try:
                contests.append((floor, servers.start(build.program(name)), servers.start(server_of_ours(build, BARE[name]))))
            except LoadFailed as error:
                floor.problem.append(str(error))
        for number in range(rounds):
            for floor, server, bare_server in contests:
                if floor.problem:
                    continue
                tell(f"floor: round {number + 1} of {rounds}, {floor.server}")
                turns = [(server, floor.rates), (bare_server, floor.bare)]
                try:
                    for contestant, rates in turns[::-1] if number % 2 else turns:
                        flow = generator.loop(contestant, CLIENTS, 0, SLICE)
                        rates.append(flow.rate)
                        floor.own.append(flow.own)
                        contestant.settle(quiet=0.01)
                except LoadFailed as error:
                    floor.problem.append(str(error))
