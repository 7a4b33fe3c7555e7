"""Which submissions --again means."""
from __future__ import annotations

from typing import List, Mapping, Sequence

from classroom.model import INCONCLUSIVE, NOT_GRADED, UNSURE, Graded
from classroom.records import IDS
from console import CommandFailed
from grading import outcome

ALL, FAILED = "all", "failed"
STATUSES = {"inconclusive": INCONCLUSIVE, "unsure": UNSURE, "not-graded": NOT_GRADED}


def selected(what: Sequence[str], known: Mapping[str, Graded]) -> List[str]:
    """Returns the keys of those that any of the words means; `known` is by key. Raises
    CommandFailed if a word is nobody's name, nor anything else that is known."""
    for word in what:
        meant = any(_means(word, graded) for graded in known.values())
        if not meant and word not in (ALL, FAILED, *STATUSES, *IDS):
            raise CommandFailed(f"--again {word}: no such check, and nobody of that name; else: "
                                f"{', '.join((ALL, FAILED, *STATUSES))}")
    return [key for key, graded in known.items() if any(_means(word, graded) for word in what)]


def _means(word: str, graded: Graded) -> bool:
    if word in (graded.key, graded.name, graded.folder, ALL):
        return True
    if word == FAILED:
        return any(row.status == outcome.FAILED for row in graded.rows)
    if word in IDS:
        return any(row.id == word and row.score < row.points for row in graded.rows)
    return word in STATUSES and graded.status == STATUSES[word]
