"""gradebook.csv, a row a submission, and look-at.txt, what needs a human."""
from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Dict, List, Optional, Sequence

from classroom.model import GRADED, NOT_GRADED, SERVERS, Graded, Row
from classroom.records import IDS
from grading import outcome

# What a spreadsheet takes for a formula, or hides one behind.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"  # by which a spreadsheet knows that it is UTF-8
MISSING = "%s.c was not handed in"


def checks_of(graded: Sequence[Graded]) -> List[str]:
    """Returns the ids of the checks, in order: those of the catalogue, then what else was seen."""
    others = dict.fromkeys(row.id for one in graded for row in one.rows if row.id not in IDS)
    return [*IDS, *others]


def gradebook(graded: Sequence[Graded]) -> str:
    """Returns gradebook.csv. A cell is empty where nothing is known: that is not 0 points."""
    ids = checks_of(graded)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["key", "name", "total", "status", *ids, "seconds",
                    *(f"{server}.c sha256" for server in SERVERS), "lab"])
    for one in graded:
        rows: Dict[str, Row] = {row.id: row for row in one.rows}
        total = "" if one.status == NOT_GRADED else str(one.total)
        cells = [one.key, one.name, total, one.status, *(_points(rows.get(id)) for id in ids),
                 f"{one.seconds:.1f}", *(one.hashes.get(server, "") for server in SERVERS), one.lab]
        table.writerow(map(cell, cells))
    return BOM + text.getvalue()


def _points(row: Optional[Row]) -> str:
    return "" if row is None or row.status == outcome.INCONCLUSIVE else str(row.score)


def cell(text: str) -> str:
    """Returns a cell that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(FORMULAS) else text


def look_at(graded: Sequence[Graded]) -> str:
    """Returns look-at.txt: a line for each reason why a human should look at a submission; nothing
    if there is none."""
    return "".join(f"{shown(one.name)} [{shown(one.key)}]: {shown(why)}\n"
                   for one in graded for why in _reasons(one))


def _reasons(one: Graded) -> List[str]:
    status = [] if one.status == GRADED else [one.status]
    missing = [MISSING % server for server in SERVERS if not one.hashes.get(server)
               and not any(f"{server}.c" in note for note in one.notes)]
    notes = list(one.notes)
    if one.status != NOT_GRADED:  # else its notes say so
        notes += missing
    if status:
        notes[:1] = [": ".join([*status, *notes[:1]])]
    return notes


def shown(text: str) -> str:
    """Returns a stranger's text in one line that cannot be taken for something else."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def summary(graded: Sequence[Graded]) -> str:
    """Returns in one line how many there are of each status."""
    counted = Counter(one.status for one in graded)
    return ", ".join(f"{number} {status}" for status, number in counted.most_common()) or "none"
