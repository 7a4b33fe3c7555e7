"""The command line of checker.sh."""
from __future__ import annotations

import argparse
from pathlib import Path
from typing import List, Sequence

from checks.catalogue import CHECKS
from console import Parser, file_to_write
from grading import CLASS, NAME, SUPPORT, TESTS, run_selftest, supervisor, watch
from grading.options import LARGEST_SEED, Options
from sandbox.tiers import TIERS

STATUSES = """exit status:
  0  all points
  1  something lost
  2  could not grade: one line says why; or the checker itself failed in a
     check: that check is inconclusive, and the total is printed
  3  nothing lost, but something inconclusive: grade again
  128 + N  ended by signal N; 141: nobody read the output to its end; 142: the
     grading took too long
"""


def main(words: Sequence[str]) -> int:
    """Does what the words ask for; returns the exit status. Raises CommandFailed if it cannot."""
    if list(words[:1]) == ["--selftest"]:
        return run_selftest.run(words[1:])
    args = parse(words)
    if args.list:
        for check in CHECKS:
            print(f"{check.id:15} {check.points:2d}  {check.title}")
        return 0
    options = Options(args.dir, args.k, args.require_contained, args.quick, args.json, args.junit,
                      args.html, args.keep, args.seed)
    return watch.watch(options) if args.watch else supervisor.run(options.drawn())


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Returns the options that the words set. Ends the process, with status 2 after one line, if
    they are wrong."""
    parser = _parser()
    args = parser.parse_args(with_tier(words))
    if args.watch and (args.json or args.junit or args.html or args.keep):
        parser.error("--watch does not go with --json, --junit, --html or --keep")
    return args


def with_tier(words: Sequence[str]) -> List[str]:
    """Returns the words, with the tier that --require-contained means if it names none. One is
    optional, but only behind an =: a word by itself is the folder."""
    return ["--require-contained=T2" if word == "--require-contained" else word for word in words]


def _parser() -> Parser:
    parser = Parser(prog=NAME, usage="./checker.sh [OPTIONS] [DIR]" + _usage_of_a_class(),
                    description="Grades mp_server.c and mt_server.c of a folder.",
                    epilog=STATUSES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", metavar="DIR", nargs="?", type=Path, default=SUPPORT,
                        help="the folder to grade (default: support/)")
    parser.add_argument("-k", metavar="EXPR", default="",
                        help="only the checks that match, such as mp-zombies or 'mp and not "
                        "speedup'")
    parser.add_argument("--list", action="store_true",
                        help="list the checks and their points, and exit")
    parser.add_argument("--watch", action="store_true",
                        help="grade again whenever a file changes; q or Ctrl-C quits")
    parser.add_argument("--quick", action="store_true",
                        help="do not measure the speed-up by the clock, which decides nothing")
    parser.add_argument("--require-contained", metavar="[=TIER]", default=TIERS[0], choices=TIERS,
                        help="refuse to grade where this machine cannot contain submissions as "
                        f"well as TIER says: {', '.join(TIERS)}; without =TIER: T2")
    _add_files(parser)
    parser.add_argument("--keep", metavar="DIR", type=Path,
                        help="keep the log, the programs, and each server's command and output in "
                        "a new or empty folder, to find out why a check failed")
    parser.add_argument("--seed", metavar="N", type=seed, default=0,
                        help="draw the same numbers and pauses as the grading that has named this "
                        f"seed (1 to {LARGEST_SEED}; default: another one each time)")
    return parser


def _usage_of_a_class() -> str:
    """Returns what is shown besides where there is more than one folder to grade."""
    if not (TESTS / "classroom").is_dir():
        return ""
    return f"\n       ./checker.sh {CLASS} SUBMISSIONS [OPTIONS]  ({CLASS} --help)"


def _add_files(parser: Parser) -> None:
    """Adds the options for the files of results."""
    parser.add_argument("--json", metavar="FILE", type=file_to_write,
                        help="write the results as Gradescope takes them")
    parser.add_argument("--junit", metavar="FILE", type=file_to_write,
                        help="write the results as JUnit does (xunit1)")
    parser.add_argument("--html", metavar="FILE", type=file_to_write,
                        help="write a page with the results, the messages and the sources")


def seed(text: str) -> int:
    """Returns a seed, for argparse: raises ArgumentTypeError if it is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 0 < number <= LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"not a number from 1 to {LARGEST_SEED}: {text[:40]!r}")
    return number
