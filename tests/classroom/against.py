"""What would change if the grades of one run took the place of another's."""
from __future__ import annotations

from collections import Counter
from typing import Dict, Iterator, List, Sequence

from classroom.gradebook import checks_of, shown
from classroom.model import GRADED, NOT_GRADED, Graded
from grading import outcome


def changes(old: Sequence[Graded], new: Sequence[Graded]) -> List[str]:
    """Returns a line for each submission that would get something else, then one for each check
    that this is about; nothing if nothing would change."""
    before, after = _by_key(old), _by_key(new)
    lines: List[str] = []
    lost: Counter[str] = Counter()
    won: Counter[str] = Counter()
    ids = checks_of([*old, *new])
    for key in [*before, *(key for key in after if key not in before)]:
        name = shown((after.get(key) or before[key]).name)
        if key not in before or key not in after:
            lines.append(f"- {name}: only in the {'old' if key in before else 'new'} run")
            continue
        parts = list(_status(before[key], after[key]))
        for id in ids:
            was, now = _points(before[key], id), _points(after[key], id)
            if was != now:
                parts.append(f"{id} {was} -> {now}")
                (won if _number(now) > _number(was) else lost)[id] += 1
        if parts:
            total = f"(total {before[key].total} -> {after[key].total})"
            lines.append(f"- {name}: {', '.join(parts)} {total if len(parts) > 1 else ''}".rstrip())
    return lines + [f"{id}: {won[id] + lost[id]} would change: {won[id]} better, {lost[id]} worse"
                    for id in ids if won[id] + lost[id]]


def _by_key(graded: Sequence[Graded]) -> Dict[str, Graded]:
    return {one.key: one for one in graded}


def _status(was: Graded, now: Graded) -> Iterator[str]:
    """Yields the change of status, unless the checks say it."""
    if was.status != now.status and (NOT_GRADED in (was.status, now.status)
                                     or GRADED in (was.status, now.status)):
        yield f"{was.status} -> {now.status}"


def _points(one: Graded, id: str) -> str:
    for row in one.rows:
        if row.id == id:
            return "?" if row.status == outcome.INCONCLUSIVE else str(row.score)
    return "nothing"


def _number(points: str) -> int:
    return int(points) if points.isdigit() else -1
