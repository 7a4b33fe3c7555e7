"""VERDICTS.md: how often a verdict was wrong, and which check failed which submission how often."""
from __future__ import annotations

import os
import platform
import time
from collections import Counter, defaultdict
from typing import Counter as Count, Dict, List, Mapping, Sequence

from checks.catalogue import CHECKS
from selftest.campaigns.runs import Run
from selftest.campaigns.states import STATES
from selftest.corpus import Submission


def report(runs: Sequence[Run], skipped: Sequence[str], submissions: Sequence[Submission],
           words: str) -> str:
    """Returns VERDICTS.md; `words` is the command that made the runs."""
    by_name = {one.name: one for one in submissions}
    wrong = [run for run in runs if run.wrong]
    lines = ["# Verdicts", "", _made_by(words), "", *_figures(runs, by_name)]
    lines += [f"- Left out: {text}." for text in skipped]
    lines += ["", "## Flakes: machine state by submission", "", *_states(runs, by_name)]
    lines += ["", "Each wrong verdict:", ""] if wrong else ["", "No wrong verdict.", ""]
    lines += [f"- {run.state}: {run.name}: {'; '.join(run.wrong)}" for run in wrong]
    for server in ("mp", "mt"):
        lines += kills(server, runs, [one for one in submissions if one.server.startswith(server)])
    return "\n".join(lines) + "\n"


def _made_by(words: str) -> str:
    cores, linux = len(os.sched_getaffinity(0)), platform.release().split("-")[0]
    return (f"Made by `{words}` on {time.strftime('%Y-%m-%d')}, {platform.machine()}, {cores} "
            f"cores, Linux {linux}, Python {platform.python_version()}. A run grades one "
            "submission with `./checker.sh`. A verdict is wrong when a check passes that must "
            "fail, fails that must pass, or is inconclusive.")


def _figures(runs: Sequence[Run], by_name: Mapping[str, Submission]) -> List[str]:
    """Returns the figures over all runs, a line each."""
    right_runs = [run for run in runs if not by_name[run.name].loses]
    wrong = [run for run in runs if run.wrong]
    of_right = sum(not by_name[run.name].loses for run in wrong)
    longest = max(run.seconds for run in runs)
    longest_right = max((run.seconds for run in right_runs), default=0)
    return [f"- Runs: {len(runs)}, of {len(by_name)} submissions; {len(right_runs)} of right ones, "
            f"{len(runs) - len(right_runs)} of wrong ones.",
            f"- Runs with a wrong verdict: {len(wrong)}; of right submissions: {of_right}.",
            f"- Longest run: {longest:.1f} s; of right submissions: {longest_right:.1f} s."]


def _states(runs: Sequence[Run], by_name: Mapping[str, Submission]) -> List[str]:
    """Returns the table of states: how many runs, and how many of them had a wrong verdict."""
    lines = ["| state | runs of right ones | wrong verdicts | runs of wrong ones | wrong verdicts "
             "| median s | longest s |", "|---|---|---|---|---|---|---|"]
    for state in STATES:
        here = [run for run in runs if run.state == state.name]
        if not here:
            continue
        rights = [run for run in here if not by_name[run.name].loses]
        others = [run for run in here if by_name[run.name].loses]
        seconds = sorted(run.seconds for run in here)
        cells: List[object] = [state.name]
        for some in (rights, others):
            cells += [len(some), sum(bool(run.wrong) for run in some)]
        cells += [f"{seconds[len(seconds) // 2]:.1f}", f"{seconds[-1]:.1f}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def kills(server: str, runs: Sequence[Run], submissions: Sequence[Submission]) -> List[str]:
    """Returns the table of submissions of one server by check: in how many of its runs each check
    failed, in percent; blank for never."""
    ids = [check.id for check in CHECKS if check.id.startswith(server)]
    times: Dict[str, Count[str]] = defaultdict(Counter)
    total: Count[str] = Counter()
    for run in runs:
        total[run.name] += 1
        times[run.name].update(run.failed)
    lines = ["", f"## Kills: {server} submission by check", "",
             "Percent of the runs in which the check failed; `c` marks what is not graded because "
             "concurrency failed.", "",
             "| submission | runs | " + " | ".join(id[3:] for id in ids) + " |",
             "|---" * (len(ids) + 2) + "|"]
    for one in submissions:
        if total[one.name]:
            cells = [_cell(one, id, times[one.name][id], total[one.name]) for id in ids]
            lines.append(f"| {one.name} | {total[one.name]} | " + " | ".join(cells) + " |")
    return lines


def _cell(one: Submission, id: str, failed: int, total: int) -> str:
    """Returns how often a check failed, as the table of kills has it."""
    prefix, _, topic = id.partition("-")
    if f"{prefix}-concurrency" in one.loses and topic not in ("replies", "concurrency"):
        return "c"
    return str(round(100 * failed / total)) if failed else ""
