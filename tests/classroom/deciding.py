"""What several gradings of one submission mean: whether to grade it once more, and its status."""
from __future__ import annotations

from typing import Dict, List, NamedTuple, Sequence

from checks.catalogue import CHECKS
from classroom.attempt import Attempt
from classroom.model import GRADED, INCONCLUSIVE, NOT_GRADED, UNSURE, Row
from grading import outcome

# What a check is about that the machine's scheduler has a part in: lost by chance, it would be
# passed the next time.
SCHEDULING = frozenset(check.id for check in CHECKS if check.id.endswith("-speedup"))
# Symptoms (checks/advice/) that right servers have shown on a machine with far too much to do.
# Fewer, and such a machine costs a student points; more, and a class takes longer.
DOUBTFUL = frozenset(("no-announcement", "flood-lost"))
# Gradings of one submission. Fewer, and what a busy machine has spoiled stays inconclusive; more,
# and what never can be decided holds up the class.
MOST = 3


class Decision(NamedTuple):
    """What became of a submission."""
    status: str
    rows: List[Row]  # of each check the better one
    notes: List[str]  # why a human should look
    best: int  # which grading's files show it


def again(attempts: Sequence[Attempt]) -> bool:
    """Returns whether a submission should be graded once more, by itself."""
    last = attempts[-1]
    if len(attempts) >= MOST or last.hung:
        return False
    if not last.rows or any(row.status == outcome.INCONCLUSIVE for row in last.rows):
        return True
    return _may_be_the_machine(last) and sum(bool(attempt.rows) for attempt in attempts) == 1


def _may_be_the_machine(attempt: Attempt) -> bool:
    """Returns whether nothing failed but what depends on the machine's scheduling, or something by
    a symptom that may be the machine's."""
    failed = [row for row in attempt.rows if row.status == outcome.FAILED]
    only_scheduling = bool(failed) and {row.id for row in failed} <= SCHEDULING
    return only_scheduling or any(row.symptom in DOUBTFUL for row in failed)


def decided(attempts: Sequence[Attempt]) -> Decision:
    """Returns what the gradings of one submission, at least one, say together."""
    gave = [attempt for attempt in attempts if attempt.rows]
    if not gave:
        return Decision(NOT_GRADED, [], [attempts[-1].problem], len(attempts) - 1)
    rows = [_better([attempt.rows[number] for attempt in gave])
            for number in range(len(gave[0].rows))]
    best = max(gave, key=lambda attempt: sum(row.score for row in attempt.rows))
    changed = _changed(gave)
    undecided = [row.id for row in rows if row.status == outcome.INCONCLUSIVE]
    notes = [f"graded {len(attempts)} times: {id} {', '.join(statuses)}"
             for id, statuses in changed.items()]
    if undecided:
        notes.append(f"inconclusive: {', '.join(undecided)}")
    status = INCONCLUSIVE if undecided else UNSURE if changed else GRADED
    if again(attempts):  # but it was not
        notes.append("to be graded once more")
        status = INCONCLUSIVE if undecided else UNSURE
    return Decision(status, rows, notes, list(attempts).index(best))


def _better(rows: Sequence[Row]) -> Row:
    order = (outcome.PASSED, outcome.FAILED, outcome.INCONCLUSIVE)
    return min(rows, key=lambda row: order.index(row.status))


def _changed(attempts: Sequence[Attempt]) -> Dict[str, List[str]]:
    """Returns the checks that have both passed and failed, with the status of each time."""
    found = {}
    for rows in zip(*(attempt.rows for attempt in attempts)):
        statuses = [row.status for row in rows]
        if outcome.PASSED in statuses and outcome.FAILED in statuses:
            found[rows[0].id] = statuses
    return found
