"""The command line. One process grades (pytest, and below it the boxes); this one, its parent, reports. So the total and
the result files are written by a process that no submission talks to, after everything of the submission has ended, and
they are written even if the grading process dies."""
import argparse
import errno
import os
import socket
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, NoReturn, Set

TESTS = Path(__file__).resolve().parent.parent
sys.path[0] = str(TESTS)

from checker import proc  # noqa: E402
from checker.build import CannotGrade  # noqa: E402
from checker.containment import TIERS  # noqa: E402
from checker.catalogue import BY_ID, CHECKS, FULL, Check  # noqa: E402
from checker.grading import COULD_NOT_GRADE, channel, grade, prctl, process, received, run_pytest  # noqa: E402
from checker.outcome import FAILED, INCONCLUSIVE, Outcome  # noqa: E402
from checker.report import Terminal, escaped, new_name, score, write_json, write_junit  # noqa: E402
from checker.watch import watch  # noqa: E402

ALL_PASSED, LOST, UNDECIDED = 0, 1, 3
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
LONGEST = 600  # seconds of a whole grading; no submission comes near it


class Interrupted(Exception):
    """Somebody wants the grading to end; args[0] is the signal."""


class Report:
    """What is known of a grading so far. Outcomes arrive in any order; rows are printed in the order of the catalogue."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.selected: Dict[str, List[str]] = {}  # by server
        self.outcomes: Dict[str, Outcome] = {}
        self.printed: Set[str] = set()
        self.cannot = ""
        self.contained = "containment: none was established"

    def take(self, event: Dict[str, Any]) -> None:
        if "selected" in event:
            if not self.selected:
                self.contained = event["contained"]
            self.selected[event["server"]] = event["selected"]
        elif "began" in event:
            self._say_contained()
            self.terminal.began(BY_ID[event["began"]])
        elif "ended" in event:
            outcome = Outcome(**event["ended"])
            self.outcomes[outcome.id] = outcome
            self._print()
        elif "cannot" in event:
            self.cannot = event["cannot"]

    def _say_contained(self) -> None:
        if self.selected and not self.printed:
            self.terminal.say(self.contained)
            self.printed.add("")

    def _print(self) -> None:
        """Prints the rows before which none is missing any more."""
        for check in self._wanted():
            if check.id not in self.outcomes:
                return
            if check.id not in self.printed:
                self.terminal.row(self.outcomes[check.id])
                self.printed.add(check.id)

    def _wanted(self) -> List[Check]:
        """Returns the checks that are or may have been selected."""
        return [check for check in CHECKS if check.id in self.selected.get(check.server, BY_ID)]

    def complete(self, reason: str) -> None:
        """Gives each selected check an outcome."""
        missing = [check.id for check in self._wanted() if check.id not in self.outcomes]
        for id in missing:
            text = f"could not tell: {reason}" if id == missing[0] else f"could not tell: see {missing[0]}"
            self.take({"ended": Outcome(id, INCONCLUSIVE, [text], fault=True).to_dict()})


def follow(report: Report, events: socket.socket) -> None:
    """Takes in what the grading process sends, until it has ended."""
    for event in received(events):
        report.take(event)


def end_all(child: int, patience: float = 15.0) -> None:
    """Waits until the grading process, which is about to end, and all below it have ended."""
    os.waitpid(child, 0)
    deadline = time.monotonic() + patience
    while True:
        try:
            ended = os.waitpid(-1, os.WNOHANG)[0]
        except ChildProcessError:
            return
        if ended == 0:
            if time.monotonic() > deadline:  # the boxes should have ended them: what is left is ours to end
                for pid in proc.tree(os.getpid()):
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            time.sleep(0.005)


def interrupt(number: int, _: object) -> None:
    raise Interrupted(number)


def run(args: argparse.Namespace) -> int:
    """The parent's part. Returns the exit status."""
    began, report = time.monotonic(), Report(Terminal(sys.stdout))
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        os.chmod(folder, 0o755)
        tempfile.tempdir = folder
        log = Path(folder) / "log"
        ours, theirs = channel()
        child = process(lambda: grade(args, theirs, log))
        theirs.close()
        reason, number = "", 0
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
            signal.signal(wanted, interrupt)
        signal.alarm(LONGEST)
        try:
            follow(report, ours)
        except Interrupted as error:
            number = error.args[0]
            reason = f"the grading took more than {LONGEST} s" if number == signal.SIGALRM else "it was interrupted"
            os.kill(child, signal.SIGKILL)
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
            signal.signal(wanted, signal.SIG_IGN)
        end_all(child)
        words = escaped(log.read_text(errors="replace")) if log.exists() else []
    seconds = time.monotonic() - began
    if report.cannot:
        write_files(args, [Outcome(check.id, INCONCLUSIVE, [report.cannot]) for check in CHECKS], seconds, report.cannot)
        raise CannotGrade(report.cannot)
    report.complete(reason or "the grading process ended early: " + " / ".join(words[-3:]))
    status = finish(args, report, seconds)
    return 128 + number if number else status


def finish(args: argparse.Namespace, report: Report, seconds: float) -> int:
    """Writes the files and, last, the total. Returns the exit status."""
    outcomes = [report.outcomes[check.id] for check in CHECKS if check.id in report.outcomes]
    total = sum(map(score, outcomes))
    undecided = [outcome.id for outcome in outcomes if outcome.status == INCONCLUSIVE]
    notes: List[str] = []
    if undecided:
        points = sum(BY_ID[id].points for id in undecided)
        notes.append(f"Inconclusive, {points} points not in the total: {', '.join(undecided)}. Grade again.")
    if args.k:
        points = sum(BY_ID[outcome.id].points for outcome in outcomes)
        notes.append(f"Selected by -k: {len(outcomes)} of {len(CHECKS)} checks, {points} of {FULL} points.")
    write_files(args, outcomes, seconds, "\n".join([report.contained, *notes]))
    for note in notes:
        report.terminal.say(note)
    report.terminal.say(f"Total: {total}/{FULL}")
    if any(outcome.fault for outcome in outcomes):
        return COULD_NOT_GRADE
    if any(outcome.status == FAILED for outcome in outcomes):
        return LOST
    return UNDECIDED if undecided else ALL_PASSED


def write_files(args: argparse.Namespace, outcomes: List[Outcome], seconds: float, note: str) -> None:
    if args.json:
        write_json(args.json, outcomes, seconds, note)
    if args.junit:
        write_junit(args.junit, outcomes, seconds)


def selftest(words: List[str]) -> int:
    """Runs the lab's tests of itself."""
    folder = TESTS / "selftest"
    if not folder.is_dir():
        raise CannotGrade("there are no tests of the lab itself here: this is a handout")
    named = [word for word in words if not word.startswith("-") and (folder / word.partition("::")[0]).exists()]
    return run_pytest([*([] if named else [str(folder)]), *(str(folder / word) if word in named else word for word in words)])


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(COULD_NOT_GRADE, f"checker.sh: {message}; see ./checker.sh --help\n")


def file_to_write(text: str) -> Path:
    path = Path(text)
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():
            return path  # a pipe or a terminal: it shows when it is written
        new = new_name(path)
        new.touch()
        new.unlink()
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text} cannot be written: {error.strerror}") from None
    return path


def parse(words: List[str]) -> argparse.Namespace:
    parser = Parser(prog="checker.sh", description="Grades mp_server.c and mt_server.c of a folder.", epilog="Exit status: "
                    "0 all points; 1 something lost; 2 could not grade; 3 nothing lost, something inconclusive.")
    parser.add_argument("dir", metavar="DIR", nargs="?", type=Path, default=TESTS.parent / "support",
                        help="the folder to grade (default: support/)")
    parser.add_argument("-k", metavar="EXPR", default="", help="only the checks that match, as mp-zombies or 'mp and not speedup'")
    parser.add_argument("--list", action="store_true", help="list the checks, with their points, and end")
    parser.add_argument("--require-contained", metavar="TIER", default=TIERS[0], choices=TIERS,
                        help=f"refuse to grade where the machine contains submissions less well: {', '.join(TIERS)}; "
                        "T2 without =TIER")
    parser.add_argument("--quick", action="store_true", help="do not measure the speed-up by the clock, which decides nothing")
    parser.add_argument("--watch", action="store_true", help="grade again whenever a file changes; q or Ctrl-C quits")
    parser.add_argument("--json", metavar="FILE", type=file_to_write, help="write results.json, in Gradescope's shape")
    parser.add_argument("--junit", metavar="FILE", type=file_to_write, help="write junit.xml")
    # The tier is optional, but only behind an =: what stands alone behind the option is the folder.
    return parser.parse_args(["--require-contained=T2" if word == "--require-contained" else word for word in words])


def main(words: List[str]) -> int:
    try:
        if words[:1] == ["--selftest"]:
            return selftest(words[1:])
        args = parse(words)
        if args.list:
            for check in CHECKS:
                print(f"{check.id:15} {check.points:2d}  {check.title}")
            return 0
        if args.watch:
            command = [sys.executable, "-E", "-B", str(Path(__file__).resolve()), *(["-k", args.k] if args.k else [])]
            return watch(command, args.dir)
        return run(args)
    except CannotGrade as error:
        print(f"checker.sh: {error}", file=sys.stderr)
        return COULD_NOT_GRADE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
