"""The same load on each server, in turns and repeated. Times are seconds."""
from __future__ import annotations

import statistics
from typing import Callable, List, Optional, Sequence

from bench.figures import Answer, Row, turnaround, with_answers
from bench.generator import Generator
from bench.servers import STRATEGIES, SYNCHRONOUS, LoadFailed, Programs, Running
from bench.timeline import Trace
from bench.tracing import IDLE, SETTLED, trace
from bench.workloads import Workload
from checks.server import Server

# No server of the lab: as many synchronous ones as there are clients, side by side (independent.c).
BEST = "best"
LABELS = {**STRATEGIES, BEST: "a server of its own per client"}
ATTEMPTS = 3  # at a traced round
SLOWED = 1.2  # tracing may make a round take so many times as long as the median of the others
GREETING = 2 * IDLE + SETTLED  # until the requests are sent in a traced round (tracing.py)

Progress = Callable[[str], object]


class Contender:
    """A server that is measured, and what was measured of it so far."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problem = ""  # why it is not measured, or not any more
        self.rounds: List[List[Answer]] = []
        self.trace: Optional[Trace] = None
        self._server: Optional[Server] = None
        self._running: Optional[Running] = None

    @property
    def server(self) -> Server:
        """The running server; only while there is no problem."""
        assert self._server is not None
        return self._server

    def start(self, programs: Programs, clients: int = 1) -> None:
        """Starts the server, in the case of BEST with a process for each of so many clients; notes
        the problem if it does not start."""
        if self.name in programs.errors:
            self.problem = f"it does not compile: {programs.errors[self.name]}"
            return
        self._running = Running(programs.sandbox)
        try:
            if self.name == BEST:
                program = programs.compile_own("independent")
                self._server = self._running.start(program, {"SERVERS": str(clients)})
            else:
                self._server = self._running.start(programs.path(self.name))
        except LoadFailed as error:
            self.problem = str(error)

    def close(self) -> None:
        """Ends the server."""
        if self._running is not None:
            self._running.close()

    def row(self, workload: Workload, reference: Optional[Contender]) -> Row:
        """Returns the figures so far. `reference` is the synchronous server, if it was measured."""
        row = Row(self.name, len(workload.clients), workload.clients[0].n, self.problem)
        if self.trace is not None:
            row = row._replace(cpu=self.trace.cpu, memory=self.trace.memory)
        times = [] if reference is None else [turnaround(answers) for answers in reference.rounds]
        return with_answers(row, self.rounds, workload.measured, times)


class Contest:
    """All servers that are measured in the same rounds. Use it in a `with` block: at its end, none
    of them is running."""

    def __init__(self, programs: Programs, names: Sequence[str]) -> None:
        self._programs = programs
        self.contenders = [Contender(name) for name in names]

    def start(self, clients: int = 1) -> None:
        """Starts all servers; see Contender.start."""
        for contender in self.contenders:
            contender.start(self._programs, clients)

    def in_turns(self, rounds: int, measure: Callable[[Contender, int], None]) -> None:
        """Calls measure(contender, round) for each that runs, so many times, another one first each
        time. One for which that raises LoadFailed is left out from then on."""
        for number in range(rounds):
            first = number % len(self.contenders)
            for contender in self.contenders[first:] + self.contenders[:first]:
                if contender.problem:
                    continue
                try:
                    measure(contender, number)
                except LoadFailed as error:
                    contender.problem = str(error)
                    contender.close()

    def rows(self, workload: Workload) -> List[Row]:
        """Returns the table's lines so far."""
        reference = next((one for one in self.contenders if one.name == SYNCHRONOUS), None)
        return [contender.row(workload, reference) for contender in self.contenders]

    def traces(self) -> List[Trace]:
        """Returns what was traced so far."""
        return [one.trace for one in self.contenders if one.trace is not None]

    def __enter__(self) -> Contest:
        return self

    def __exit__(self, *_: object) -> None:
        for contender in self.contenders:
            contender.close()


def play_rounds(contest: Contest, generator: Generator, workload: Workload, rounds: int,
                progress: Progress) -> None:
    """Puts a workload on all servers that run; the answers are added to each contender as they come
    in."""
    def measure(contender: Contender, number: int) -> None:
        progress(f"{workload.name}: round {number + 1} of {rounds}, {contender.name}")
        contender.rounds.append(generator.play(workload, contender.server))
        contender.server.settle(quiet=SETTLED)

    contest.in_turns(rounds, measure)


def trace_all(contest: Contest, workload: Workload, progress: Progress) -> None:
    """Traces a round of each server of the lab that runs, after play_rounds."""
    def measure(contender: Contender, _: int) -> None:
        if contender.name != BEST:
            progress(f"{workload.name}: tracing {contender.name}")
            _trace(contender, workload)

    contest.in_turns(1, measure)


def _trace(contender: Contender, workload: Workload) -> None:
    """Traces a round. One that took much longer than the others (the machine was busy with
    something else) is repeated, and the quickest kept."""
    usual = statistics.median(turnaround(answers) for answers in contender.rounds)
    for _ in range(ATTEMPTS):
        found = trace(contender.server, workload)
        if contender.trace is None or found.end < contender.trace.end:
            contender.trace = found
        if contender.trace.end < usual * SLOWED + GREETING:
            break
