"""Grades the corpus many times, on an idle and on a busy machine, and writes VERDICTS.md: which
check killed which bug, and how often a verdict was wrong. `make verdicts` calls this."""
from __future__ import annotations

import argparse
import shlex
import signal
import sys
from pathlib import Path

from selftest import corpus
from selftest.campaigns.report import report
from selftest.campaigns.runs import recorded, run_all
from selftest.campaigns.states import STATES

REPORT = Path(__file__).with_name("VERDICTS.md")


def options() -> argparse.ArgumentParser:
    """Returns what understands the command line."""
    parser = argparse.ArgumentParser(prog="make verdicts", description="Grades the corpus many "
                                     "times and writes VERDICTS.md.")
    parser.add_argument("--rights", type=int, default=4,
                        help="runs of each right submission in each state (4)")
    parser.add_argument("--wrongs", type=int, default=1,
                        help="runs of each wrong submission in each state (1)")
    parser.add_argument("--state", action="append", choices=[state.name for state in STATES],
                        help="only this state")
    parser.add_argument("--only", default="", help="only submissions whose name contains this")
    parser.add_argument("--jobs", type=int, default=1,
                        help="gradings at the same time, a load of its own (1)")
    parser.add_argument("--seed", type=int, default=1, help="of the order (1)")
    parser.add_argument("--log", type=Path, help="append each run to this file, a line of JSON "
                        "each; those that it holds already count")
    parser.add_argument("--output", type=Path, default=REPORT)
    return parser


def main() -> int:
    """Does what the command line says; returns 1 if a verdict was wrong, else 0."""
    parser = options()
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the busy loops end, too
    submissions = [one for one in corpus.submissions() if args.only in one.name]
    if not submissions:
        parser.error(f"--only {args.only}: no such submission")
    runs = recorded(args.log, submissions)
    skipped = run_all(args, submissions, runs)
    if not runs:
        parser.error("there was nothing to run: " + "; ".join(skipped or ["see --rights"]))
    words = shlex.quote(" ".join(map(shlex.quote, sys.argv[1:])))
    args.output.write_text(report(runs, skipped, submissions, f"make verdicts ARGS={words}"))
    return int(any(run.wrong for run in runs))


if __name__ == "__main__":
    sys.exit(main())
