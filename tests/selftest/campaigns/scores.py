"""MUTANTS.md: the mutation score of each server, what survives, and why it may."""
from __future__ import annotations

from collections import Counter
from typing import Counter as Count, Dict, List, Mapping, Sequence, Tuple

from checks.catalogue import CHECKS
from selftest.campaigns.changes import changes, mutant
from selftest.campaigns.figures import row
from selftest.campaigns.interval import percent
from selftest.campaigns.mutation import (BY_DESIGN, COMPILER, EQUIVALENT, KILLED, SAME, SURVIVES,
                                         UNCLEAR, Result, path_of)

KINDS = (COMPILER, SAME, EQUIVALENT, BY_DESIGN, KILLED, SURVIVES, UNCLEAR)
TITLES = {COMPILER: "do not compile", SAME: "same machine code", EQUIVALENT: "equivalent",
          BY_DESIGN: "not graded by design", KILLED: "killed", SURVIVES: "survive",
          UNCLEAR: "inconclusive"}
SCORE = ("The score is the share of the killed among those that are neither equivalent, nor let "
         "pass by design, nor refused by the compiler. Of order 1: one change, all of them; of "
         "order 2: two at once, a sample of the pairs that are equivalent each, or killed by "
         "different checks.")


def current(names: Sequence[str], results: Mapping[Tuple[str, str], Result]) -> List[Result]:
    """Returns the results that are of these servers as they now are."""
    found = []
    for name in names:
        source = path_of(name).read_text()
        there = {(change.kind, change.place): change for change in changes(source)}
        for (server, code), result in results.items():
            mine = [there.get((kind, place)) for kind, place, _ in result.changes]
            known = [change for change in mine if change]
            if (server == name and len(known) == len(mine)
                    and mutant(name, source, *known).code == code):
                found.append(result)
    return found


def report(names: Sequence[str], results: Sequence[Result], command: str) -> str:
    """Returns MUTANTS.md; `command` has made the last of the results."""
    judges = len({one.judge for one in results})
    by = "one state of the checker" if judges == 1 else f"{judges} states of the checker"
    lines = ["# Mutants", "", f"{len(results)} mutants, by {by}; last by `{command}`.", "", SCORE,
             "", *_scores(names, results)]
    lines += ["", "## Survivors", "", *_list(results, (SURVIVES, UNCLEAR))]
    wronged = [one for one in results if one.kind == KILLED and one.reason]
    if wronged:
        lines += ["", "## Killed, though said to be equivalent", "", "Either the reason is wrong, "
                  "or the verdict is.", "", *_list(wronged, (KILLED,))]
    lines += ["", "## Not graded by design", "", *_list(results, (BY_DESIGN,))]
    lines += ["", "## Killers", "", "How many mutants each check kills, and (in brackets) how many "
              "no other does.", "", *_killers(names, results)]
    for name in names:
        mine = [one for one in results if one.server == name and len(one.changes) == 1]
        if mine:
            lines += ["", f"## Equivalent: {name}", "", *_list(mine, (EQUIVALENT, SAME))]
    pairs = [one for one in results if len(one.changes) > 1]
    if pairs:
        lines += ["", "## Equivalent pairs", "", *_list(pairs, (EQUIVALENT, SAME))]
    return "\n".join(lines) + "\n"


def score(count: Mapping[str, int]) -> str:
    """Returns the share of the killed, by how many there are of each kind."""
    total = count[KILLED] + count[SURVIVES] + count[UNCLEAR]
    return percent(count[KILLED] / total) if total else "-"


def _scores(names: Sequence[str], results: Sequence[Result]) -> List[str]:
    lines = [row(["server", "order", "mutants", *(TITLES[kind] for kind in KINDS), "score"]),
             "|---" * (len(KINDS) + 4) + "|"]
    whole: Dict[int, Count[str]] = {1: Counter(), 2: Counter()}
    for name in names:
        for order in whole:
            count = Counter(one.kind for one in results
                            if one.server == name and len(one.changes) == order)
            whole[order].update(count)
            if count:
                lines.append(_score_row(name, order, count))
    return lines + [_score_row("all", order, count) for order, count in whole.items() if count]


def _score_row(name: str, order: int, count: Count[str]) -> str:
    return row([name, order, sum(count.values()), *(count[kind] for kind in KINDS), score(count)])


def _list(results: Sequence[Result], kinds: Sequence[str]) -> List[str]:
    """Returns the results of some kinds, a line each."""
    lines = []
    for one in sorted(results, key=lambda some: [int(change[2]) for change in some.changes]):
        if one.kind in kinds:
            what = " and ".join(f"{kind} `{place}`, line {line}"
                                for kind, place, line in one.changes)
            lines.append(f"- {one.server}: {what}: {_words(one)}")
    return sorted(lines, key=lambda line: line.partition(":")[0]) or ["None."]


def _words(one: Result) -> str:
    if one.kind == SURVIVES:
        return f"**survives** (`--seed {one.seed}`)"
    if one.kind == UNCLEAR:
        return f"inconclusive: {', '.join(one.unclear)} (`--seed {one.seed}`)"
    if one.kind == KILLED:
        return f"{', '.join(one.killers)} (`--seed {one.seed}`); said: {one.reason}"
    return "the compiler makes the same of it" if one.kind == SAME else one.reason


def _killers(names: Sequence[str], results: Sequence[Result]) -> List[str]:
    shown = [name for name in names if any(one.server == name for one in results)]
    lines = [row(["check", *shown]), "|---" * (len(shown) + 1) + "|"]
    for check in CHECKS:
        cells: List[str] = []
        for name in shown:
            mine = [one.killers for one in results if one.server == name and one.kind == KILLED]
            some = sum(check.id in ids for ids in mine)
            alone = sum(ids == [check.id] for ids in mine)
            cells.append(f"{some} ({alone})" if some else "")
        if any(cells):
            lines.append(row([check.id, *cells]))
    return lines
