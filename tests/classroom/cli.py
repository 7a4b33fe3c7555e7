"""The command line of ./checker.sh --class."""
from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from classroom import intake, manifest, merge, worksheet
from classroom.against import changes
from classroom.gradebook import look_at, summary
from classroom.model import Graded, Submission
from classroom.outputs import LOOK_AT, Extras, write
from classroom.places import Places
from classroom.queue import default_jobs
from classroom.run import Run, Wanted, locked
from console import CommandFailed, Interrupted, Parser, raise_on_signals
from grading import CLASS, NAME
from grading.cli import with_tier
from sandbox.tiers import TIERS

DONE, WOULD_CHANGE = 0, 1  # exit statuses, besides those of console.run_command
OUT = Path("build/class")
MOST_JOBS = 1000
EPILOG = """exit status:
  0  done; look-at.txt names what needs a human
  1  --against: something would change
  2  could not: one line says why
  128 + N  ended by signal N; the same command goes on where it was
"""


def main(words: Sequence[str]) -> int:
    """Does what the words behind --class ask for; returns the exit status. Raises CommandFailed if
    it cannot."""
    args = parse(words)
    raise_on_signals(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        return _merge(args) if args.merge else _grade(args)
    except Interrupted as error:
        return 128 + error.signal


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Returns the options that the words set. Ends the process, with status 2 after one line, if
    they are wrong."""
    parser = _parser()
    args = parser.parse_args(with_tier(words))
    if bool(args.submissions) == bool(args.merge):
        parser.error("either SUBMISSIONS or --merge DIR...")
    if args.merge and (args.against or args.again or args.shard != (1, 1)):
        parser.error("--merge does not go with --against, --again or --shard")
    if args.worksheet and args.shard != (1, 1):
        parser.error("--worksheet goes with --merge, when all parts are graded")
    for path, option in ((args.against, "--against"), *((one, "--merge") for one in args.merge)):
        if path and path.resolve() == args.out.resolve():
            parser.error(f"{option} {path}: is where the results go; name another --out")
    if args.submissions and args.submissions.resolve() in (args.out.resolve(),
                                                           *args.out.resolve().parents):
        parser.error(f"--out {args.out}: is among the submissions; name another folder")
    return args


def _parser() -> Parser:
    parser = Parser(prog=NAME, usage=f"./checker.sh {CLASS} SUBMISSIONS [OPTIONS]\n"
                    f"       ./checker.sh {CLASS} --merge DIR... --out DIR",
                    description="Grades a class: a folder or an archive with a folder or an "
                    "archive a student, such as Moodle's.", epilog=EPILOG,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("submissions", metavar="SUBMISSIONS", nargs="?", type=Path,
                        help="what was handed in")
    _add_output(parser)
    _add_selection(parser)
    parser.add_argument("--jobs", metavar="N", type=_jobs, default=0,
                        help="how many gradings at a time (default: 4 for each core that may be "
                        "used, if there is memory for them)")
    parser.add_argument("--require-contained", metavar="[=TIER]", default="T2", choices=TIERS,
                        help="how well this machine must contain submissions: "
                        f"{', '.join(TIERS)} (default: T2)")
    return parser


def _add_output(parser: Parser) -> None:
    parser.add_argument("--out", metavar="DIR", type=Path, default=OUT,
                        help=f"where the results go (default: {OUT})")
    parser.add_argument("--worksheet", metavar="FILE", type=_file,
                        help="Moodle's grading worksheet, to be filled in")
    for column in ("grade", "feedback"):
        parser.add_argument(f"--{column}-column", metavar="HEADING", default="",
                            help=f"of its {column}, where the worksheet's language is not known")
    parser.add_argument("--old", metavar="SUBMISSIONS", type=Path, action="append", default=[],
                        help="of earlier years, for similar.html")
    parser.add_argument("--anonymous", action="store_true", help="no names in similar.html")


def _add_selection(parser: Parser) -> None:
    parser.add_argument("--again", metavar="WHAT", action="append", default=[],
                        help="grade these anew: inconclusive, unsure, failed, not-graded, all, who "
                        "lost points of a CHECK, or somebody's NAME")
    parser.add_argument("--against", metavar="DIR", type=Path,
                        help="print only what would change of the results there")
    parser.add_argument("--shard", metavar="I/N", type=_part, default=(1, 1),
                        help="grade the I-th of N parts only")
    parser.add_argument("--merge", metavar="DIR", nargs="+", type=Path, default=[],
                        help="put together what --shard has graded")


def _jobs(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if not 0 < number <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"not a number from 1 to {MOST_JOBS}: {text[:40]!r}")
    return number


def _part(text: str) -> Tuple[int, int]:
    first, _, last = text.partition("/")
    for number in (first, last):
        if not (number.isascii() and number.isdigit() and len(number) < 9):
            raise argparse.ArgumentTypeError(f"not I/N, such as 2/10: {text[:40]!r}")
    if not 1 <= int(first) <= int(last):
        raise argparse.ArgumentTypeError(f"there is no part {text}")
    return int(first), int(last)


def _file(text: str) -> Path:
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"{text}: no such file")
    return Path(text)


def _grade(args: argparse.Namespace) -> int:
    old = merge.part(args.against).graded if args.against else None
    everything = intake.read(args.submissions)
    jobs = args.jobs or default_jobs()
    wanted = Wanted(args.out, jobs, args.require_contained, args.shard, args.again)
    extras = None if args.shard != (1, 1) else _extras(args)
    with Run(everything, wanted) as run:
        began, status = time.monotonic(), DONE
        try:
            run.grade()
        except Interrupted as error:
            extras, status = None, 128 + error.signal
            run.read()
        said = write(run.places, run.graded(), run.submissions, extras)
        _say(run, time.monotonic() - began, said, quiet=old is not None or bool(status))
        if status:
            print(f"{NAME}: interrupted; the same command goes on: {summary(run.graded())}",
                  file=sys.stderr)
        return status or _compare(old, run.graded())


def _extras(args: argparse.Namespace) -> Extras:
    """Reads what is needed at the end, so that what is wrong with it is said at the beginning."""
    columns = (args.grade_column, args.feedback_column)
    if args.worksheet:
        worksheet.read(args.worksheet, *columns)
    return Extras(args.worksheet, *columns, [one for path in args.old for one in intake.read(path)],
                  args.anonymous)


def _say(run: Run, seconds: float, said: Sequence[str], quiet: bool) -> None:
    """Prints what came of it, and where it is."""
    for line in said:
        print(line, file=sys.stderr)
    if quiet:
        return
    rate = f"; {run.graded_now / seconds * 60:.0f} a minute" if run.graded_now else ""
    print(f"{len(run.submissions)} submissions: {summary(run.graded())}. Graded now: "
          f"{run.graded_now}, in {seconds / 60:.1f} min{rate}.")
    _point(run.places, run.graded())


def _point(places: Places, graded: Sequence[Graded]) -> None:
    lines = look_at(graded).count("\n")
    todo = f"; {places.out / LOOK_AT}: {lines} lines for a human" if lines else ""
    print(f"Results: {places.out}{todo}")


def _compare(old: Optional[Sequence[Graded]], new: Sequence[Graded]) -> int:
    if old is None:
        return DONE
    lines = changes(old, new)
    print(*lines or ["Nothing would change."], sep="\n")
    return WOULD_CHANGE if lines else DONE


def _merge(args: argparse.Namespace) -> int:
    parts = merge.fitting([merge.part(folder) for folder in args.merge])
    places = Places(args.out)
    old, first = manifest.read(places), parts[0].manifest
    if old and (old.lab != first.lab or old.of != first.of):
        raise CommandFailed(f"--out {args.out}: holds the results of another class, or of another "
                            "state of the lab; name another folder")
    graded: List[Graded] = [one for part in parts for one in part.graded]
    submissions: List[Submission] = [one for part in parts for one in part.submissions()]
    entries = [entry for part in parts for entry in part.manifest.submissions]
    with locked(places):
        manifest.write(places, first._replace(part=(1, 1), submissions=entries, again=[], left=[]))
        merge.copy(parts, places)
        for line in write(places, graded, submissions, _extras(args)):
            print(line, file=sys.stderr)
    print(f"{len(graded)} submissions of {len(parts)} parts: {summary(graded)}.")
    _point(places, graded)
    return DONE
