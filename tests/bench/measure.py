"""The same load on each server, in turns and repeated; and the figures that come of it. Times are seconds."""
import statistics
from typing import Callable, List, NamedTuple, Optional, Sequence

from checker import parallelism
from checker.build import SERVERS, Build
from checker.server import Server

from bench.load import Answer, Generator, LoadFailed, Servers, Workload, server_of_ours, undisturbed
from bench.record import Recording, record

SYNCHRONOUS = "server"
BEST = "best"  # no server of the lab: as many synchronous ones as there are clients, side by side (independent.c)
ALL = (SYNCHRONOUS, *SERVERS)
LABELS = {SYNCHRONOUS: "one client at a time", "mp_server": "a process per client", "mt_server": "a thread per client",
          BEST: "a server of its own per client"}
WATCHES = 3
SLOWED = 1.2  # times as long as the median: what watching may cost
GREETING = 0.05  # seconds until the requests are sent in a watched round (see record.py)
ONE_REQUEST = 0.05  # seconds of CPU that parallelism.calibrated_n aims at


class Entrant:
    """A server that the load is put on, and what came of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._servers: Optional[Servers] = None
        self.problem = ""  # why it is out of the running
        self.rounds: List[List[Answer]] = []
        self.recording: Optional[Recording] = None

    @property
    def server(self) -> Server:
        assert self._servers is not None
        return self._servers.running[0]

    def begin(self, build: Build, clients: int = 1) -> None:
        """Starts the server; notes the problem if it does not start."""
        if self.name in build.errors:
            self.problem = f"it does not compile: {build.errors[self.name]}"
            return
        try:
            self._servers = Servers(build)
            if self.name == BEST:
                self._servers.start(server_of_ours(build, "independent"), {"SERVERS": str(clients)})
            else:
                self._servers.start(build.program(self.name))
        except LoadFailed as error:
            self.problem = str(error)

    def close(self) -> None:
        if self._servers:
            self._servers.close()


class Field:
    """All entrants of one run. Use it in a `with` block: at its end, none of their servers is left."""

    def __init__(self, build: Build, names: Sequence[str]) -> None:
        self._build = build
        self.entrants = [Entrant(name) for name in names]

    def begin(self, clients: int = 1) -> None:
        for entrant in self.entrants:
            entrant.begin(self._build, clients)

    def in_turns(self, rounds: int, act: Callable[[Entrant, int], None]) -> None:
        """Calls act(entrant, round) for each that runs, `rounds` times, another one first each time. One whose act raises
        LoadFailed is out from then on."""
        for number in range(rounds):
            first = number % len(self.entrants)
            for entrant in self.entrants[first:] + self.entrants[:first]:
                if entrant.problem:
                    continue
                try:
                    act(entrant, number)
                except LoadFailed as error:
                    entrant.problem = str(error)
                    entrant.close()

    def __enter__(self) -> "Field":
        return self

    def __exit__(self, *_: object) -> None:
        for entrant in self.entrants:
            entrant.close()


def run(field: Field, generator: Generator, workload: Workload, rounds: int, tell: Callable[[str], None]) -> None:
    """Runs the workload on all of a field that has begun; the answers are added to each entrant as they come in."""
    def act(entrant: Entrant, number: int) -> None:
        tell(f"{workload.name}: round {number + 1} of {rounds}, {entrant.name}")
        entrant.rounds.append(generator.play(workload, entrant.server))
        entrant.server.settle(quiet=0.02)

    field.in_turns(rounds, act)


def watch(field: Field, workload: Workload, tell: Callable[[str], None]) -> None:
    """Records a round of each server of the lab that runs. A round that took much longer than those that were not watched
    (the machine was busy with something else) is done again, up to WATCHES in all; the quickest is kept."""
    def act(entrant: Entrant, _: int) -> None:
        usual = statistics.median(map(turnaround, entrant.rounds))
        for _attempt in range(WATCHES if entrant.name != BEST else 0):
            tell(f"{workload.name}: watching {entrant.name}")
            found = record(entrant.server, workload)
            if entrant.recording is None or found.end < entrant.recording.end:
                entrant.recording = found
            if entrant.recording.end < usual * SLOWED + GREETING:
                break

    field.in_turns(1, act)


class Figure(NamedTuple):
    """A median, and the least and the largest of what it is the median of."""
    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        return cls(statistics.median(values), min(values), max(values))


class Row(NamedTuple):
    """One line of the table. What was not measured is None.

    turnaround: from the first connection to the last reply, over the rounds
    p50, worst: latency, from a client's connection to its reply, of the clients that the workload judges, all rounds
    speedup: the synchronous server's turnaround over this one's, round by round
    rate: clients over the median turnaround
    cpu: of all its processes; memory: their proportional shares (Pss) or, where these cannot be read, their resident
    sets; both of the watched round"""
    server: str
    clients: int
    n: int
    problem: str = ""
    turnaround: Optional[Figure] = None
    p50: Optional[float] = None
    worst: Optional[float] = None
    speedup: Optional[Figure] = None
    rate: Optional[float] = None
    cpu: Optional[float] = None
    memory: Optional[int] = None  # bytes


def turnaround(answers: Sequence[Answer]) -> float:
    return max(answer.answered for answer in answers) - min(answer.connected for answer in answers)


def row(entrant: Entrant, reference: Optional[Entrant], workload: Workload) -> Row:
    """Returns the figures of what an entrant has done so far. `reference` is the synchronous server."""
    watched = entrant.recording
    found = Row(entrant.name, len(workload.visits), workload.visits[0].n, entrant.problem,
                cpu=watched.cpu if watched else None, memory=watched.memory if watched else None)
    if not entrant.rounds:
        return found
    times = [turnaround(answers) for answers in entrant.rounds]
    latencies = [answers[i].latency for answers in entrant.rounds for i in workload.judged]
    ratios = [turnaround(slow) / time for slow, time in zip(reference.rounds, times)] if reference else []
    return found._replace(turnaround=Figure.of(times), p50=statistics.median(latencies), worst=max(latencies),
                          speedup=Figure.of(ratios) if ratios else None,
                          rate=len(workload.visits) / statistics.median(times))


def rows(field: Field, workload: Workload) -> List[Row]:
    reference = next((entrant for entrant in field.entrants if entrant.name == SYNCHRONOUS), None)
    return [row(entrant, reference, workload) for entrant in field.entrants]


def default_n(build: Build, clients: int) -> int:
    """Returns the n that keeps one core busy for about a second when so many clients ask for it, on this machine."""
    with undisturbed():
        n, used = parallelism.calibrated_n(build.launcher, build.program(SYNCHRONOUS)), ONE_REQUEST
    while used * clients < 0.7 and n < parallelism.LARGEST:
        n, used = n + 1, used * 1.618  # fib(n) takes as many calls as its value: see parallelism.calibrated_n
    while used * clients > 1.6 and n > 0:
        n, used = n - 1, used / 1.618
    return n


def scaled_n(n: int, factor: float) -> int:
    """Returns the n whose computing takes about `factor` times as long as that of the given one."""
    while factor > 1.27 and n < parallelism.LARGEST:
        n, factor = n + 1, factor / 1.618
    while factor < 0.79 and n > 0:
        n, factor = n - 1, factor * 1.618
    return n
