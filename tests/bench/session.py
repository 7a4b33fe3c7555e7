"""One run of the bench: measures, prints each part when it is done, and writes the files. What was
measured so far is printed however a part ends."""
from __future__ import annotations

import contextlib
import sys
import textwrap
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from bench import export, floor, scaling, svg_curves, svg_timelines, text, text_timeline, workloads
from bench.figures import Row
from bench.generator import Generator
from bench.host import Host
from bench.rounds import BEST, Contest, play_rounds, trace_all
from bench.servers import SYNCHRONOUS, Programs
from bench.workloads import Workload
from checks.workload import SINGLE_RUN
from console import Progress, coloured, write_whole

CLIENTS, ROUNDS = 8, 3


class Options(NamedTuple):
    """What is measured, and what is written. None: the default, which depends on the rest."""
    folder: Path
    servers: Sequence[str]
    workloads: Sequence[str]
    clients: Optional[int] = None
    numbers: Optional[Sequence[int]] = None  # n; several only for scaling
    rounds: Optional[int] = None
    scaling: bool = False
    floor: bool = False
    svg: Optional[Path] = None
    csv: Optional[Path] = None
    json: Optional[Path] = None


class Session:
    """Everything that was measured so far."""

    def __init__(self, options: Options, host: Host) -> None:
        self.options, self.host = options, host
        self.progress = Progress(sys.stderr)
        self.results: List[Tuple[Workload, Contest]] = []
        self.curves = scaling.Curves(host.usable)
        self.floors: List[floor.Floor] = []
        self.complete = False

    def measure(self) -> None:
        """Measures all that was asked for. Raises CommandFailed if that cannot be done here."""
        measure = self._measure_workloads
        if self.options.floor:
            measure = self._measure_floor
        elif self.options.scaling:
            measure = self._measure_scaling
        self.progress("compiling")
        try:
            with Programs(self.options.folder) as programs:
                measure(programs, Generator(programs.folder))
        finally:
            self.progress.clear()
        self.complete = True

    # --- the workloads ---

    def _measure_workloads(self, programs: Programs, generator: Generator) -> None:
        for workload in self._workloads(programs):
            names = list(self.options.servers)
            if workload.name == workloads.CPU and SYNCHRONOUS in names:
                names.append(BEST)
            with self._shown(workload, Contest(programs, names)) as contest:
                contest.start(len(workload.clients))
                rounds = self.options.rounds or ROUNDS
                play_rounds(contest, generator, workload, rounds, self.progress)
                trace_all(contest, workload, self.progress)

    def _workloads(self, programs: Programs) -> List[Workload]:
        """Returns the workloads that were asked for, of a size that suits this machine."""
        clients = self.options.clients or CLIENTS
        if self.options.numbers:
            large = small = self.options.numbers[0]
        else:
            self.progress("calibrating")
            large = workloads.n_for_clients(programs.calibrated_n(), SINGLE_RUN, clients)
            small = workloads.scaled_n(large, workloads.SLOW_SHARE)
        known = {workloads.CPU: workloads.cpu_bound(clients, large),
                 workloads.SLOW: workloads.slow_client(clients, small)}
        return [known[name] for name in self.options.workloads]

    @contextlib.contextmanager
    def _shown(self, workload: Workload, contest: Contest) -> Iterator[Contest]:
        """Ends a contest's servers and prints what was measured, however the body ends."""
        self.results.append((workload, contest))
        try:
            with contest:
                yield contest
        finally:
            self.progress.clear()
            self._print_workload(workload, contest)

    def _print_workload(self, workload: Workload, contest: Contest) -> None:
        rows = contest.rows(workload)
        introduction = f"{workload.title}: {workload.details}."
        if workload.name == workloads.SLOW:
            introduction += (" Latencies are those of the quick clients; the turnaround includes "
                             "the slow one.")
        print_lines(*paragraph(introduction), *text.table(rows), "",
                    *paragraph(best_possible(rows)))
        width, colour = text_timeline.width_of(sys.stdout), coloured(sys.stdout)
        drawn = text_timeline.timelines(contest.traces(), width, colour)
        if drawn:
            print_lines(*drawn, "")

    # --- scaling and floor ---

    def _measure_scaling(self, programs: Programs, generator: Generator) -> None:
        most = self.options.clients or scaling.CLIENTS[-1]
        counts = [count for count in scaling.CLIENTS if count <= most]
        self.progress("calibrating")
        numbers = self.options.numbers or scaling.default_numbers(programs, generator)
        rounds = self.options.rounds or scaling.ROUNDS
        try:
            with Contest(programs, self.options.servers) as contest:
                scaling.sweep(contest, generator, counts, numbers, rounds, self.curves,
                              self.progress)
        finally:
            self.progress.clear()
            print_lines(*paragraph("All clients connect at once, and each asks for fib(n): "
                                   "turnaround and requests/s."), *text.curves(self.curves), "")

    def _measure_floor(self, programs: Programs, generator: Generator) -> None:
        names = [name for name in self.options.servers if name in floor.BARE]
        rounds = self.options.rounds or floor.ROUNDS
        try:
            floor.measure(programs, generator, names, rounds, self.floors, self.progress)
        finally:
            self.progress.clear()
            print_lines(*paragraph("Requests/s against a bare loop of accept, fork (or "
                                   "pthread_create), read, write, close."),
                        *text.floors(self.floors), "")

    def reached_floor(self) -> bool:
        """Returns whether each server that was measured against a bare loop is fast enough."""
        return all(found.reached() for found in self.floors)

    # --- files ---

    def write(self) -> None:
        """Writes the files that were asked for. Raises CommandFailed if that fails."""
        for path, content in ((self.options.svg, self._svg), (self.options.csv, self._csv),
                              (self.options.json, self._json)):
            if path is not None:
                write_whole(path, content())
                print(f"{path} written")

    def _svg(self) -> str:
        if self.options.scaling:
            return svg_curves.scaling(self.curves, self.host.words())
        sections = [svg_timelines.Section(workload.title, sentence(workload.details),
                                          contest.traces())
                    for workload, contest in self.results]
        return svg_timelines.timelines(sections, self.host.words())

    def _csv(self) -> str:
        lines: List[Dict[str, Any]] = [export.row_record(workload.name, row)
                                       for workload, contest in self.results
                                       for row in contest.rows(workload)]
        return export.as_csv(lines + [export.point_record(point) for point in self.curves.points])

    def _json(self) -> str:
        return export.as_json(self.host, self.complete,
                              [export.workload_record(*result) for result in self.results],
                              [export.point_record(point) for point in self.curves.points],
                              [export.floor_record(found) for found in self.floors])


def print_lines(*lines: str) -> None:
    """Prints lines at once, even where the output is not a terminal."""
    print("\n".join(lines), flush=True)


def sentence(words: str) -> str:
    """Returns the words with a capital letter and a full stop."""
    return words[:1].upper() + words[1:] + "."


def paragraph(words: str) -> List[str]:
    """Returns words in lines, and an empty line; nothing if there are no words."""
    return [*textwrap.wrap(words, text_timeline.WIDTH), ""] if words else []


def best_possible(rows: Sequence[Row]) -> str:
    """Returns what explains the table's last line, if there is a figure in it."""
    best = next((row for row in rows if row.server == BEST), None)
    if best is None or best.speedup is None:
        return ""
    return ("The best possible speed-up here, measured in the same rounds: "
            f"{text.ratios(best.speedup)}. The last row has it: synchronous servers side by side, "
            "one for each client, without any strategy.")
