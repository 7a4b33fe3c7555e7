"""What a class is made of: what was handed in, and what became of it."""
from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional

# What became of a submission. UNSURE: two gradings disagree; the points are the better ones.
GRADED, INCONCLUSIVE, UNSURE, NOT_GRADED = "graded", "inconclusive", "unsure", "not graded"

SERVERS = ("mp_server", "mt_server")


class Submission(NamedTuple):
    """What one student, or group, has handed in."""
    key: str  # unique in the class: the platform's number, else the name as it was found
    name: str  # for a human
    folder: str  # as the platform has named it: feedback goes back under this name
    sources: Dict[str, bytes]  # by server; one that was not handed in is missing
    notes: List[str]  # what a human should know: several files of a name, several attempts
    problem: Optional[str] = None  # why it cannot be graded at all


class Row(NamedTuple):
    """What one check gave, as results.json has it."""
    id: str
    score: int
    points: int
    status: str  # passed, failed, inconclusive (grading.outcome)
    symptom: str  # "" or the key of checks/advice/
    output: str  # the message, as a student reads it


class Graded(NamedTuple):
    """What became of one submission."""
    key: str
    name: str
    folder: str
    status: str
    rows: List[Row]  # none if it was not graded
    seconds: float
    hashes: Dict[str, str]  # sha256 by server; "" for one that was not handed in
    lab: str  # the version of the checker that graded
    notes: List[str]

    @property
    def total(self) -> int:
        """The points of all checks."""
        return sum(row.score for row in self.rows)
