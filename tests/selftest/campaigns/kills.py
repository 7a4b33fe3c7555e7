"""Which checks fail which submissions: the table of kills, what only one check finds, and the
symptoms that were seen."""
from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, Counter as Count, Dict, List, Mapping, Sequence, Set, Tuple

from checks.advice import ADVICE
from checks.catalogue import CHECKS
from grading.outcome import INCONCLUSIVE
from selftest.campaigns.figures import row
from selftest.campaigns.runs import Run
from selftest.corpus import Submission

NAMED = 12  # submissions in one cell. More: nobody reads them. Fewer: too few to look one up
IDS = [check.id for check in CHECKS]


def by_submission(runs: Sequence[Run]) -> Dict[str, List[Run]]:
    """Returns the runs of each submission that has a grade, by its name."""
    found: Dict[str, List[Run]] = defaultdict(list)
    for run in runs:
        if run.status:
            found[run.name].append(run)
    return found


def table(server: str, runs: Sequence[Run], submissions: Sequence[Submission]) -> List[str]:
    """Returns the table of kills of one server, mp or mt: a line for each wrong submission, and
    one for all right ones in which nothing was ever seen."""
    ids = [id for id in IDS if id.startswith(server)]
    graded, clean, rows = by_submission(runs), [], []
    for one in submissions:
        if graded[one.name] and one.server.startswith(server):
            cells = [cell(graded[one.name], id) for id in ids]
            if not one.loses and not any(cells):
                clean.append(one.name)
            else:
                rows.append(row([one.name, len(graded[one.name]), *cells]))
    lines = [row(["submission", "gradings", *(id[3:] for id in ids)]),
             "|---" * (len(ids) + 2) + "|"]
    if clean:
        number = sum(len(graded[name]) for name in clean)
        lines.append(row([f"{len(clean)} right ones", number, *("" for _ in ids)]))
    return lines + rows


def cell(runs: Sequence[Run], id: str) -> str:
    """Returns how often a check failed in some runs, as the table of kills has it."""
    marks = Counter(run.spared[id] for run in runs if id in run.spared)
    failed = sum(id in run.all_killers() for run in runs)
    unclear = sum(run.status.get(id) == INCONCLUSIVE for run in runs)
    parts = [_percent(failed, len(runs))] if failed else []
    parts += [mark if number == len(runs) else f"{_percent(number, len(runs))}{mark}"
              for mark, number in sorted(marks.items())]
    parts += [f"{_percent(unclear, len(runs))}?"] if unclear else []
    return " ".join(parts)


def _percent(number: int, total: int) -> str:
    return str(max(1, round(100 * number / total)))


def sole(runs: Sequence[Run], mutants: Sequence[Mapping[str, Any]]) -> List[str]:
    """Returns the table of what only one check finds: the submissions that it alone failed in all
    their runs together, and so the mutants. What was not graded has not failed."""
    alone: Dict[str, List[str]] = defaultdict(list)
    some: Count[str] = Counter()
    for name, mine in by_submission(runs).items():
        found: Set[str] = {id for run in mine for id in run.all_killers()}
        some.update(found)
        if len(found) == 1:
            alone[found.pop()].append(name)
    killed = [one["killers"] for one in mutants if one.get("killers")]
    lines = [row(["check", "submissions that fail it", "no other", "mutants that fail it",
                  "no other", "submissions that fail no other"]), "|---|---|---|---|---|---|"]
    for id in IDS:
        lines.append(row([id, some[id], len(alone[id]), sum(id in ids for ids in killed),
                          sum(ids == [id] for ids in killed), _names(alone[id])]))
    return lines


def _names(names: Sequence[str]) -> str:
    """Returns some names without their folders."""
    shown = [name.rpartition("/")[2] for name in sorted(names)[:NAMED]]
    more = len(names) - NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def symptoms(runs: Sequence[Run]) -> List[str]:
    """Returns the table of symptom keys by check, and which keys of advice were not seen."""
    gradings: Count[Tuple[str, str]] = Counter()
    names: Dict[Tuple[str, str], Set[str]] = defaultdict(set)
    for run in runs:
        for id in run.all_killers():
            key = id, run.symptoms.get(id, "")
            gradings[key] += 1
            names[key].add(run.name)
    lines = [row(["check", "symptom", "gradings", "submissions", "for example"]),
             "|---" * 5 + "|"]
    for id, symptom in sorted(gradings, key=lambda key: (IDS.index(key[0]), -gradings[key], key)):
        key = id, symptom
        lines.append(row([id, symptom or "**none**", gradings[key], len(names[key]),
                          min(names[key]).rpartition("/")[2]]))
    unseen = sorted(set(ADVICE) - {symptom for _, symptom in gradings})
    return lines + ["", f"Advice whose key was not seen: {', '.join(unseen) or 'none'}."]
