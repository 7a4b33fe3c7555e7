"""Grades the corpus many times, on an idle and on a busy machine, and writes VERDICTS.md: how often
a verdict was wrong, and which check killed which bug. `make verdicts` calls this.

Each grading is a line of the log. Whoever interrupts a campaign, or bounds its time, gets a report
over what there is; the same command goes on from there."""
from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import List, Pattern

from selftest import corpus
from selftest.campaigns.crew import INTERRUPTED, command, interruptible, say
from selftest.campaigns.report import report
from selftest.campaigns.runs import Run, recorded, run_all
from selftest.campaigns.states import STATES

FOLDER = Path(__file__).parent


def options() -> argparse.ArgumentParser:
    """Returns what understands the command line."""
    parser = argparse.ArgumentParser(prog="make verdicts", description="Grades the corpus many "
                                     "times and writes VERDICTS.md.")
    parser.add_argument("--rights", metavar="N", type=int, default=4,
                        help="runs of each right submission in each state (4)")
    parser.add_argument("--wrongs", metavar="N", type=int, default=1,
                        help="runs of each wrong submission in each state (1)")
    parser.add_argument("--state", action="append", choices=[state.name for state in STATES],
                        help="only this state (again for more)")
    parser.add_argument("--match", metavar="REGEX", type=regex, default=re.compile(""),
                        help="only submissions whose name (correct/mp/daemon) this is found in")
    parser.add_argument("--jobs", metavar="N", type=int, default=1,
                        help="gradings at the same time, a load of its own (1)")
    parser.add_argument("--seconds", metavar="S", type=float,
                        help="after so long, begin no more gradings (each state gets its share)")
    parser.add_argument("--log", metavar="FILE", type=Path, default=FOLDER / "verdicts.jsonl",
                        help="append each run to this file; those in it count (%(default)s)")
    parser.add_argument("--same-judge", action="store_true",
                        help="runs by another state of the checker do not count")
    parser.add_argument("--mutants", metavar="FILE", type=Path, default=FOLDER / "mutants.jsonl",
                        help="the log of `make mutants`, for the table of sole killers")
    parser.add_argument("--output", metavar="FILE", type=Path, default=FOLDER / "VERDICTS.md")
    return parser


def regex(text: str) -> Pattern[str]:
    """Returns a regular expression, for argparse: raises ArgumentTypeError if it is none."""
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text}: {error}") from None


def main() -> int:
    """Does what the command line says; returns 1 if a verdict was wrong, INTERRUPTED if it was
    interrupted, else 0."""
    parser = options()
    args = parser.parse_args()
    interruptible()
    submissions = [one for one in corpus.submissions() if args.match.search(one.name)]
    if not submissions:
        parser.error(f"--match {args.match.pattern}: no such submission")
    runs: List[Run] = recorded(args.log, submissions, args.same_judge)
    skipped, interrupted = [], False
    try:
        skipped = run_all(args, submissions, runs, say)
    except KeyboardInterrupt:
        interrupted = True
    if not runs:
        parser.error("; ".join(["there is nothing to report", *skipped]))
    before = args.output.read_text() if args.output.exists() else ""
    args.output.write_text(report(runs, skipped, submissions, command("verdicts"),
                                  args.mutants, before))
    by_name = {one.name: one for one in submissions}
    wrong = sum(bool(run.wrong(by_name[run.name])) for run in runs)
    say(f"{len(runs)} runs, {wrong} of them wrong: {args.output}")
    return INTERRUPTED if interrupted else int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
