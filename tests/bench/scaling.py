"""More and more clients, small and large work: how turnaround and requests/s grow. Times are seconds."""
import statistics
from typing import Callable, Dict, List, NamedTuple, Sequence, Tuple

from checker.build import Build, CannotGrade

from bench.load import Generator, LoadFailed, Servers
from bench.measure import SYNCHRONOUS, Entrant, Field, Figure

CLIENTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
SLICE = 0.05  # seconds that a server is loaded without a break, at least
ROUNDS = 3
LARGE = 0.004  # seconds of CPU of one request, at least: the large work


class Point(NamedTuple):
    """So many clients at once, each asks for fib(n). `turnaround` is over all bursts of all rounds."""
    server: str
    clients: int
    n: int
    turnaround: Figure
    rate: float  # clients over the median turnaround


class Curves(NamedTuple):
    """All points so far. `usable` cores' worth of work can be done at a time."""
    points: List[Point]
    usable: float

    def numbers(self) -> List[int]:
        """Returns the values of n that there are points of."""
        return sorted({point.n for point in self.points})

    def of(self, server: str, n: int) -> List[Point]:
        return [point for point in self.points if point.server == server and point.n == n]

    def ideal(self, n: int) -> List[Tuple[int, float]]:
        """Returns (clients, turnaround) of a server that costs nothing: clients, times what one client takes with the
        synchronous server, shared out to as many cores as there are, or clients if these are fewer."""
        one = next((point for point in self.of(SYNCHRONOUS, n) if point.clients == 1), None)
        counts = sorted({point.clients for point in self.points if point.n == n})
        return [(clients, clients * one.turnaround.median / min(clients, self.usable)) for clients in counts] if one else []


def sweep(build: Build, generator: Generator, names: Sequence[str], counts: Sequence[int], numbers: Sequence[int],
          rounds: int, curves: Curves, problems: Dict[str, str], tell: Callable[[str], None]) -> None:
    """Adds to the curves and the problems as it goes."""
    with Field(build, names) as field:
        field.begin()
        for n in numbers:
            for clients in counts:
                bursts: Dict[str, List[float]] = {}

                def act(entrant: Entrant, number: int) -> None:
                    tell(f"scaling: n {n}, clients {clients}, round {number + 1} of {rounds}, {entrant.name}")
                    seconds = generator.bursts(entrant.server, clients, n, SLICE, 1)
                    bursts.setdefault(entrant.name, []).extend(seconds)
                    entrant.server.settle(quiet=0.01)

                field.in_turns(rounds, act)
                for name, times in bursts.items():
                    curves.points.append(Point(name, clients, n, Figure.of(times), clients / statistics.median(times)))
                problems.update((entrant.name, entrant.problem) for entrant in field.entrants if entrant.problem)


def default_numbers(build: Build, generator: Generator) -> List[int]:
    """Returns three values of n: no work, LARGE seconds of it and an eleventh of that, on this machine."""
    with Servers(build) as servers:
        try:
            server = servers.start(build.program(SYNCHRONOUS))
            n = 20
            while n < 38:
                used = min(generator.bursts(server, 1, n, 0.0, 3)) - min(generator.bursts(server, 1, 0, 0.0, 3))
                if used > LARGE:
                    break
                n += 1
        except LoadFailed as error:
            raise CannotGrade(f"the lab's own server: {error}") from None
    return [0, max(n - 5, 1), n]  # fib(n) grows by the golden ratio, whose fifth power is 11
