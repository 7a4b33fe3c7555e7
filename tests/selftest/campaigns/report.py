"""VERDICTS.md: how often a verdict was wrong, and which check failed which submission how often."""
from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import List, Mapping, Sequence

from selftest.campaigns import kills, log
from selftest.campaigns.figures import judge, rates, summary, times
from selftest.campaigns.runs import Run
from selftest.corpus import Submission

# What stands from here on is written by hand, and kept.
BY_HAND = "## What was wrong"
SAID = 160  # characters of a wrong verdict's message. Fewer do not tell; more: see the log
INTERVALS = ("Intervals are exact ones of Clopper and Pearson (95 %, two-sided; `interval.py`). "
             "They take gradings as independent; those of one submission have its code in common.")
KILLS = ("Percent of the gradings in which the check failed; blank: never. Not graded, as another "
         "check was lost: `c` concurrency, `r` replies, `x` it does not compile. `?`: "
         "inconclusive.")
SOLE = ("What only one check finds, over all gradings of a submission together. Without that "
        "check, these would keep all points. Mutants: those of `make mutants`, of both orders.")


def report(runs: Sequence[Run], skipped: Sequence[str], submissions: Sequence[Submission],
           command: str, mutants: Path, before: str) -> str:
    """Returns VERDICTS.md; `command` has made the last runs, `mutants` is the log of the mutants,
    `before` what the file held, of which what was written by hand is kept."""
    by_name = {one.name: one for one in submissions}
    judged = judge(runs, by_name)
    lines = ["# Verdicts", "", *_made_by(runs, command), "", *summary(judged)]
    lines += [f"- Left out: {text}." for text in skipped]
    lines += ["", INTERVALS, "", "## Right submissions by state", "", *rates(judged, False)]
    lines += ["", "## Wrong submissions by state", "", *rates(judged, True)]
    lines += ["", "## Wrong verdicts", "", *_wrong(runs, by_name)]
    lines += ["", "## Times", "", "Seconds of one grading.", "", *times(judged)]
    lines += ["", "## Sole killers", "", SOLE, "", *kills.sole(runs, log.read(mutants))]
    for server in ("mp", "mt"):
        lines += ["", f"## Kills: {server}", "", KILLS, "", *kills.table(server, runs, submissions)]
    lines += ["", "## Symptoms", "", "The keys that the advice hangs on.", ""]
    lines += kills.symptoms(runs)
    found = before.find(BY_HAND)
    by_hand = "\n" + before[found:].rstrip("\n") + "\n" if found >= 0 else ""
    return "\n".join(lines) + "\n" + by_hand


def _made_by(runs: Sequence[Run], command: str) -> List[str]:
    cores, linux = len(os.sched_getaffinity(0)), platform.release().split("-")[0]
    times = sorted(run.at for run in runs)
    jobs = sorted({run.jobs for run in runs})
    judges = len({run.judge for run in runs})
    by = "one state of the checker" if judges == 1 else f"{judges} states of the checker"
    return [f"{len(runs)} gradings of {len({run.name for run in runs})} submissions, made from "
            f"{times[0]} to {times[-1]} UTC by {by}, {' or '.join(map(str, jobs))} at a time; last "
            f"by `{command}`. {platform.machine()}, {cores} cores, Linux {linux}, Python "
            f"{platform.python_version()}.", "",
            "A grading is one `./checker.sh`, with a seed drawn for it. A verdict is wrong when a "
            "check passes that must fail, fails that must pass, or is inconclusive."]


def _wrong(runs: Sequence[Run], by_name: Mapping[str, Submission]) -> List[str]:
    """Returns each wrong verdict, with the seed that repeats it and the first that was said."""
    lines = []
    for run in runs:
        wrong = run.wrong(by_name[run.name])
        if wrong:
            lines.append(f"- {run.state}: {run.name}: {'; '.join(wrong)} (`--seed {run.seed}`)")
            said = (text.strip().partition("\n")[0][:SAID] for text in run.said.values())
            lines += [f"  - {text}" for text in said if text]
    return lines or ["None."]
