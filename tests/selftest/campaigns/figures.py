"""The figures of a campaign: how often a verdict was wrong, with exact intervals, and how long a
grading took."""
from __future__ import annotations

import math
from typing import Callable, Iterable, List, Mapping, NamedTuple, Sequence, Tuple

from grading.outcome import FAILED, INCONCLUSIVE, PASSED
from selftest.campaigns import interval
from selftest.campaigns.runs import Run
from selftest.campaigns.states import STATES
from selftest.corpus import Submission


class Rate(NamedTuple):
    """One way in which a grading of a right or of a wrong submission can be wrong."""
    of_wrong: bool
    kind: str  # of Run.kinds()
    title: str  # of its column
    words: str

    def of(self, judged: Sequence[Judged]) -> Tuple[int, int]:
        """Returns in how many gradings it was so, and of how many."""
        mine = [kinds for run, wrong, kinds in judged if wrong == self.of_wrong]
        return sum(self.kind in kinds for kinds in mine), len(mine)


RATES = [Rate(False, FAILED, "false fails", "right ones that lose a point"),
         Rate(False, INCONCLUSIVE, "inconclusive", "right ones with a check that is inconclusive"),
         Rate(True, PASSED, "false passes", "wrong ones that keep a point that they must lose"),
         Rate(True, FAILED, "lose too much", "wrong ones that lose a point that they must keep"),
         Rate(True, INCONCLUSIVE, "inconclusive", "wrong ones with a check that is inconclusive")]


class Judged(NamedTuple):
    """A run, whether its submission is wrong, and in which ways the verdict is."""
    run: Run
    of_wrong: bool
    kinds: Sequence[str]


def judge(runs: Iterable[Run], by_name: Mapping[str, Submission]) -> List[Judged]:
    """Holds each run against what the submission's header says."""
    return [Judged(run, bool(by_name[run.name].loses), run.kinds(by_name[run.name]))
            for run in runs]


def row(cells: Iterable[object]) -> str:
    """Returns a line of a table in Markdown."""
    return f"| {' | '.join(map(str, cells))} |"


def summary(judged: Sequence[Judged]) -> List[str]:
    """Returns each rate over all states, with its interval, a line each."""
    lines = []
    for rate in RATES:
        k, n = rate.of(judged)
        share = f" = {interval.percent(k / n)}" if n else ""
        lines.append(f"- {rate.title[0].upper()}{rate.title[1:]} ({rate.words}): "
                     f"**{k} of {n}**{share}; 95 %: {interval.words(k, n)}.")
    return lines


def by_state(judged: Sequence[Judged]) -> List[Tuple[str, List[Judged]]]:
    """Returns the runs of each state in which there are any, and at last all of them."""
    parts = [(state.name, [one for one in judged if one.run.state == state.name])
             for state in STATES]
    return [(name, some) for name, some in parts if some] + [("all", list(judged))]


def rates(judged: Sequence[Judged], of_wrong: bool) -> List[str]:
    """Returns the table of rates by state, of right or of wrong submissions."""
    mine = [rate for rate in RATES if rate.of_wrong == of_wrong]
    titles = ["state", "gradings"]
    for rate in mine:
        titles += [rate.title, "95 %"]
    lines = [row(titles), "|---" * len(titles) + "|"]
    for name, some in by_state(judged):
        cells: List[object] = [name, mine[0].of(some)[1]]
        for rate in mine:
            k, n = rate.of(some)
            cells += [k, interval.words(k, n)]
        lines.append(row(cells))
    return lines


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """Returns the smallest value that is not exceeded by that share of them (nearest rank)."""
    return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


def times(judged: Sequence[Judged]) -> List[str]:
    """Returns the table of seconds by state, of right and of wrong submissions."""
    each: List[Callable[[Sequence[float]], float]] = [
        lambda values: percentile(values, 0.5), lambda values: percentile(values, 0.95),
        lambda values: values[-1]]
    titles = ["state", *("right: median", "95th percentile", "longest"),
              *("wrong: median", "95th percentile", "longest")]
    lines = [row(titles), "|---" * len(titles) + "|"]
    for name, some in by_state(judged):
        cells = [name]
        for of_wrong in (False, True):
            seconds = sorted(one.run.seconds for one in some if one.of_wrong == of_wrong)
            cells += [f"{figure(seconds):.1f}" if seconds else "" for figure in each]
        lines.append(row(cells))
    return lines
