"""Changes right servers mechanically, and lets the checker look for the change: a mutant that keeps
all points is either equivalent, with a reason (equivalent.py), or shows a hole in the checks.
`make mutants` calls this, and writes MUTANTS.md.

Of the first order: one change each, all of them. Of the second: two at once, a sample of the pairs
of first-order mutants that are equivalent, or killed by different checks. Each grading is a line of
the log, from which an interrupted campaign goes on."""
from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from classroom.crew import Crew
from grading import tools
from grading.build import SERVERS
from selftest.campaigns import log, scores
from selftest.campaigns.changes import Mutant, compiled
from selftest.campaigns.crew import INTERRUPTED, command, interruptible, say, shares
from selftest.campaigns.mutation import (SURVIVES, UNCLEAR, Result, first_order, grade, path_of,
                                         second_order)

FOLDER = Path(__file__).parent
# The right servers of the corpus that call the most functions: two of each kind.
OTHERS = ("correct/mp/stdio_service", "correct/mp/handler_frees_while_unblocked",
          "correct/mt/stacks_used_again", "correct/mt/tsan_c11_everything")


def recorded(path: Path) -> Dict[Tuple[str, str], Result]:
    """Returns the last result of each mutant in a log, by server and code."""
    found = [Result(**record) for record in log.read(path)]
    return {(one.server, one.code): one for one in found}


def todo_of(args: argparse.Namespace, results: Dict[Tuple[str, str], Result]) -> List[Mutant]:
    """Returns the mutants that are asked for and have no result yet, all servers in turn."""
    lists: List[List[Mutant]] = []
    for name in args.server:
        some = (first_order(name)[:args.limit] if args.order == 1 else
                second_order(name, results, args.size, args.seed))
        lists.append([one for one in some if _wanted(results.get((name, one.code)), args.again)])
    return [one for turn in itertools.zip_longest(*lists) for one in turn if one]


def _wanted(result: Optional[Result], again: bool) -> bool:
    return result is None or again and result.kind in (SURVIVES, UNCLEAR)


def run(args: argparse.Namespace, results: Dict[Tuple[str, str], Result]) -> None:
    """Grades what is to do, and adds it to the results and to the log. Raises KeyboardInterrupt if
    it is interrupted."""
    todo = todo_of(args, results)
    unchanged = {name: compiled(path_of(name).read_text()) for name in args.server}

    def note(result: Result) -> None:
        results[result.server, result.code] = result
        log.append(args.log, result._asdict())
        if result.kind in (SURVIVES, UNCLEAR):
            what = " and ".join(f"{kind} {place}" for kind, place, _ in result.changes)
            say(f"{result.server}: {result.kind}: {what} (--seed {result.seed})")
    slots: List[List[str]] = [[] for _ in range(args.jobs)]
    crew: Crew[Mutant, Result] = Crew(
        slots, lambda one, prefix, started: grade(one, unchanged[one.name], prefix, started), note,
        f"order {args.order}")
    with tempfile.TemporaryDirectory(prefix="tools-") as kept:
        os.environ.setdefault(tools.ENVIRONMENT, kept)  # the lab's own files are compiled once
        crew.do(todo, shares(args.seconds, 1, time.monotonic()))


def options() -> argparse.ArgumentParser:
    """Returns what understands the command line."""
    parser = argparse.ArgumentParser(prog="make mutants", description="Changes right servers a "
                                     "statement or two at a time, grades each change, and writes "
                                     "MUTANTS.md.")
    parser.add_argument("--server", metavar="NAME", action="append", type=server,
                        help="only this server: mp_server, mt_server, or a right one of the corpus "
                        f"(again for more; else these two and {', '.join(OTHERS)})")
    parser.add_argument("--order", type=int, choices=(1, 2), default=1,
                        help="changes in a mutant (1); 2 needs the results of 1 in the log")
    parser.add_argument("--size", metavar="N", type=int, default=25,
                        help="mutants of the second order of each server (25)")
    parser.add_argument("--seed", metavar="N", type=int, default=1,
                        help="of the sample of those (1)")
    parser.add_argument("--limit", metavar="N", type=int,
                        help="of each server, only so many of the first order")
    parser.add_argument("--jobs", metavar="N", type=int, default=1,
                        help="gradings at the same time (1)")
    parser.add_argument("--seconds", metavar="S", type=float,
                        help="after so long, begin no more gradings")
    parser.add_argument("--again", action="store_true",
                        help="grade again what survives without a reason, or was inconclusive")
    parser.add_argument("--log", metavar="FILE", type=Path, default=FOLDER / "mutants.jsonl",
                        help="append each result to this file; those in it count (%(default)s)")
    parser.add_argument("--output", metavar="FILE", type=Path, default=FOLDER / "MUTANTS.md")
    return parser


def server(name: str) -> str:
    """Returns the name of a server, for argparse: raises ArgumentTypeError if there is none."""
    if not path_of(name).is_file():
        raise argparse.ArgumentTypeError(f"there is no {path_of(name)}")
    return name


def main() -> int:
    """Does what the command line says; returns 1 if a mutant survives without a reason, INTERRUPTED
    if it was interrupted, else 0."""
    args = options().parse_args()
    args.server = args.server or [*SERVERS, *OTHERS]
    interruptible()
    results = recorded(args.log)
    interrupted = False
    try:
        run(args, results)
    except KeyboardInterrupt:
        interrupted = True
    names = list(dict.fromkeys([*SERVERS, *OTHERS, *args.server]))
    current = scores.current(names, results)
    args.output.write_text(scores.report(names, current, command("mutants")))
    survivors = sum(one.kind == SURVIVES for one in current)
    say(f"{len(current)} mutants, {survivors} survive without a reason: {args.output}")
    return INTERRUPTED if interrupted else int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main())
