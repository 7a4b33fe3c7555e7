"""The command line of the bench: measures, prints, writes. What was measured so far is printed even after Ctrl-C."""
import argparse
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, NoReturn, Optional, Sequence, Tuple

TESTS = Path(__file__).resolve().parent.parent
sys.path[0] = str(TESTS)

from checker.build import Build, CannotGrade  # noqa: E402
from checker.machine import Machine, this_machine  # noqa: E402
from checker.report import escaped  # noqa: E402

from bench import draw, export, floor, scaling, svg  # noqa: E402
from bench.load import Generator, Workload, built, compiled, cpu_bound, slow_clients  # noqa: E402
from bench.measure import ALL, BEST, SYNCHRONOUS, Field, default_n, rows, run, scaled_n, watch  # noqa: E402

DONE, BELOW, CANNOT = 0, 1, 2
CLIENTS, ROUNDS = 8, 3
MOST_CLIENTS, MOST_ROUNDS, LARGEST_N = 256, 1000, 40
SLOW_SHARE = 0.25  # of the work of a CPU-bound client: what a quick client among slow ones asks for


class Interrupted(BaseException):
    """Somebody wants the bench to end; args[0] is the signal."""


def interrupt(number: int, _: object) -> None:
    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, signal.SIG_IGN)  # once is enough: what follows is cleaning up
    raise Interrupted(number)


class Teller:
    """Says on a terminal what is going on, in one line that is written over; says nothing elsewhere."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()

    def __call__(self, words: str) -> None:
        if self._on:
            sys.stderr.write(f"\r\x1b[K{words} ..."[:draw.width_of(sys.stderr) + 3])
            sys.stderr.flush()

    def clear(self) -> None:
        if self._on:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


class Session:
    """Everything that was measured so far."""

    def __init__(self, args: argparse.Namespace, machine: Machine) -> None:
        self.args, self.machine, self.tell = args, machine, Teller()
        self.results: List[Tuple[Workload, Field]] = []
        self.curves = scaling.Curves([], machine.usable)
        self.floors: List[floor.Floor] = []
        self.problems: Dict[str, str] = {}
        self.complete = False
        self._width, self._coloured = draw.width_of(sys.stdout), draw.coloured(sys.stdout)

    def measure(self) -> None:
        self.tell("compiling")
        with built(self.args.dir) as build:
            for name, words in build.errors.items():
                build.errors[name] = (escaped(words) or ["make failed"])[0].strip()
            generator = Generator(compiled(build))
            if self.args.floor:
                self._floor(build, generator)
            elif self.args.scaling:
                self._scaling(build, generator)
            else:
                self._workloads(build, generator)
        self.complete = True

    def _workloads(self, build: Build, generator: Generator) -> None:
        clients, rounds = self.args.clients or CLIENTS, self.args.rounds or ROUNDS
        self.tell("calibrating")
        n = self.args.n[0] if self.args.n else default_n(build, clients)
        wanted = {"cpu": cpu_bound(clients, n),
                  "slow": slow_clients(clients, n if self.args.n else scaled_n(n, SLOW_SHARE))}
        for name in self.args.workload:
            best = [BEST] if name == "cpu" and SYNCHRONOUS in self.args.servers else []
            with self._shown(wanted[name], Field(build, self.args.servers + best)) as field:
                field.begin(clients)
                run(field, generator, wanted[name], rounds, self.tell)
                watch(field, wanted[name], self.tell)

    @contextlib.contextmanager
    def _shown(self, workload: Workload, field: Field) -> Iterator[Field]:
        """Ends a field's servers and shows what it has done, however the body ends."""
        self.results.append((workload, field))
        try:
            with field:
                yield field
        finally:
            self.tell.clear()
            self._show(workload, field)

    def _show(self, workload: Workload, field: Field) -> None:
        found = rows(field, workload)
        print(workload.title + ".")
        if workload.name == "slow":
            print("Latencies are those of the quick clients; the turnaround is everybody's, the slow one's included.")
        print("\n".join(["", *draw.table(found), ""]))
        best = next((row for row in found if row.server == BEST and row.speedup), None)
        if best and best.speedup:
            words = draw.figure(best.speedup, "times")
            print(f"The best possible speed-up here, measured in the same rounds: {words}. The last\n"
                  "row has it: synchronous servers side by side, one for each client, with no strategy around them.")
        recordings = [entrant.recording for entrant in field.entrants if entrant.recording]
        print("\n".join(["", *draw.timeline(recordings, self._width, self._coloured), ""]), flush=True)

    def _scaling(self, build: Build, generator: Generator) -> None:
        most = self.args.clients or MOST_CLIENTS
        counts = [count for count in scaling.CLIENTS if count <= most]
        self.tell("calibrating")
        numbers = self.args.n or scaling.default_numbers(build, generator)
        try:
            scaling.sweep(build, generator, self.args.servers, counts, numbers, self.args.rounds or scaling.ROUNDS, self.curves,
                          self.problems, self.tell)
        finally:
            self.tell.clear()
            problems = [f"{name}: {why}" for name, why in self.problems.items()]
            print("\n".join(["So many clients at once, each asks for fib(n): turnaround and requests/s.", "",
                             *draw.curves(self.curves), *problems, ""]), flush=True)

    def _floor(self, build: Build, generator: Generator) -> None:
        names = [name for name in self.args.servers if name in floor.BARE]
        try:
            floor.measure(build, generator, names, self.args.rounds or floor.ROUNDS, self.floors, self.tell)
        finally:
            self.tell.clear()
            print("\n".join(["Requests/s against a bare loop of accept + fork (or pthread_create) + read + write + close.", "",
                             *draw.floors(self.floors), ""]), flush=True)

    def write(self) -> None:
        """Writes the files that were asked for. Raises CannotGrade if that fails."""
        texts = {"svg": self._svg, "csv": self._csv, "json": self._json}
        for kind, make in texts.items():
            path: Optional[Path] = getattr(self.args, kind)
            if path:
                try:
                    export.write(path, make())
                    print(f"{path} written")
                except OSError as error:
                    raise CannotGrade(f"{path} cannot be written: {error.strerror}") from None

    def _svg(self) -> str:
        if self.args.scaling:
            return svg.scaling(self.curves, self.machine.words())
        sections = []
        for workload, field in self.results:
            title, _, rest = workload.title.partition(": ")
            recordings = [entrant.recording for entrant in field.entrants if entrant.recording]
            sections.append(svg.Section(title, rest[:1].upper() + rest[1:] + ".", recordings))
        return svg.timelines(sections, self.machine.words())

    def _csv(self) -> str:
        records: List[Dict[str, Any]] = [export.row_record(workload.name, row) for workload, field in self.results
                                         for row in rows(field, workload)]
        return export.as_csv(records + [export.point_record(point) for point in self.curves.points])

    def _json(self) -> str:
        return export.as_json(self.machine, self.complete, [export.workload_record(*result) for result in self.results],
                              [export.point_record(point) for point in self.curves.points],
                              [export.floor_record(found) for found in self.floors])


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(CANNOT, f"bench: {message}; see --help\n")


def whole(least: int, most: int, text: str) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")
    return int(text)


def chosen(allowed: Sequence[str], text: str) -> List[str]:
    """Returns the names of a list with commas, in the order in which they are allowed, each once; mp is mp_server."""
    words = [word + "_server" if word + "_server" in allowed else word for word in text.split(",")]
    for word in words:
        if word not in allowed:
            raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(allowed)}")
    return [name for name in allowed if name in words]


def file_to_write(text: str) -> Path:
    path = Path(text)
    if not path.parent.is_dir() or path.is_dir() or not os.access(path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text} cannot be written")
    return path


def parse(words: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog="bench", description="Measures the synchronous, the multiprocess and the multithreaded server, and "
                    "shows who waited when. Without options: two workloads, about 30 s.", epilog="Exit status: 0 measured; "
                    f"1 --floor: a server below {floor.WANTED}; 2 could not measure; 128 + signal if interrupted.")
    parser.add_argument("dir", metavar="DIR", nargs="?", type=Path, default=TESTS.parent / "support",
                        help="the folder with mp_server.c and mt_server.c (default: support/)")
    parser.add_argument("--servers", metavar="LIST", type=lambda text: chosen(ALL, text), default=list(ALL),
                        help="some of server,mp,mt (default: all)")
    parser.add_argument("--clients", metavar="N", type=lambda text: whole(1, MOST_CLIENTS, text),
                        help=f"clients at once (default: {CLIENTS}); with --scaling, at most (default: {MOST_CLIENTS})")
    parser.add_argument("--n", metavar="N", type=lambda text: [whole(0, LARGEST_N, word) for word in text.split(",")],
                        help="each client asks for fib(N) (default: about a second of work for all); with --scaling, a list")
    parser.add_argument("--rounds", metavar="N", type=lambda text: whole(1, MOST_ROUNDS, text), help="how often everything is "
                        f"measured (default: {ROUNDS}; with --scaling {scaling.ROUNDS}, with --floor {floor.ROUNDS})")
    parser.add_argument("--workload", metavar="LIST", type=lambda text: chosen(("cpu", "slow"), text), default=["cpu", "slow"],
                        help="cpu: work for the processor; slow: a slow client among quick ones (default: cpu,slow)")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--scaling", action="store_true", help="instead: 1, 2, 4 ... 256 clients, no, some and much work")
    kinds.add_argument("--floor", action="store_true", help="instead: requests/s against a bare loop of the system calls alone")
    parser.add_argument("--svg", metavar="FILE", type=file_to_write, help="draw the timelines, or with --scaling the curves")
    parser.add_argument("--csv", metavar="FILE", type=file_to_write, help="write the tables")
    parser.add_argument("--json", metavar="FILE", type=file_to_write, help="write everything")
    args = parser.parse_args(words)
    if args.n and len(args.n) > 1 and not args.scaling:
        parser.error("argument --n: a list is for --scaling")
    if args.floor and (args.svg or args.csv or args.clients or args.n):
        parser.error("--floor goes with --servers, --rounds and --json only")
    if args.floor and args.servers == [SYNCHRONOUS]:
        parser.error("--floor is for mp_server and mt_server")
    return args


def main(words: Sequence[str]) -> int:
    args = parse(words)
    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, interrupt)
    session = Session(args, this_machine())
    status = DONE
    try:
        print(f"Machine: {session.machine.words()}.\n", flush=True)
        session.measure()
    except Interrupted as error:
        session.tell.clear()
        print(f"Interrupted by {signal.Signals(error.args[0]).name}: the above is what was measured so far.")
        status = 128 + error.args[0]
    except CannotGrade as error:
        session.tell.clear()
        print(f"bench: {error}", file=sys.stderr)
        return CANNOT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    try:
        session.write()
    except CannotGrade as error:
        print(f"bench: {error}", file=sys.stderr)
        return status or CANNOT
    below = [found for found in session.floors if found.problem or not found.ratios() or found.quartiles()[1] < floor.WANTED]
    return status or (BELOW if below else DONE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
