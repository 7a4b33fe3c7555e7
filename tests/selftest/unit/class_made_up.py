"""A made-up class, graded."""
from __future__ import annotations

from typing import Dict, List, Tuple

from checks.catalogue import CHECKS
from classroom.model import GRADED, NOT_GRADED, UNSURE, Graded, Row, Submission
from grading.outcome import FAILED, INCONCLUSIVE, PASSED
from selftest.unit.pages import HOSTILE

Class = Tuple[List[Graded], List[Submission]]
UNTIL = "not graded until it serves clients concurrently"
HOSTILE_KEY = f"../{HOSTILE}"


def rows(**lost: str) -> List[Row]:
    """Returns a row for each check; `lost` has messages, by id with _ for -."""
    found = []
    for check in CHECKS:
        output = lost.get(check.id.replace("-", "_"))
        status = PASSED if output is None else INCONCLUSIVE if output == "?" else FAILED
        symptom = "merged" if output and output.endswith("of 8") else ""
        found.append(Row(check.id, check.points if output is None else 0, check.points, status,
                         symptom, output or ""))
    return found


def graded(key: str, name: str, status: str = GRADED, notes: Tuple[str, ...] = (),
           **lost: str) -> Graded:
    given = rows(**lost) if status != NOT_GRADED else []
    hashes = {"mp_server": "a" * 64, "mt_server": "b" * 64}
    return Graded(key, name, name, status, given, 12.3, hashes, "lab", list(notes))


def a_class() -> Class:
    """Returns a class of seven, the last of them hostile in all that it says."""
    found = [graded("1", "Ada"), graded("2", "Ben", mp_zombies="7 zombies of 8"),
             graded("3", "Cem", mp_zombies="3 zombies of 8", mt_memory="4 KiB more"),
             graded("4", "Dan", mp_concurrency="nobody", mp_zombies=UNTIL),
             graded("5", "Eva", UNSURE, ("graded 2 times",), mt_speedup="?"),
             graded("6", "Fee", NOT_GRADED, ("the archive is truncated",)),
             graded(HOSTILE_KEY, HOSTILE, UNSURE, (HOSTILE,), mt_races=HOSTILE)]
    hostile = HOSTILE.encode("utf-8", "surrogatepass")
    sources: Dict[str, bytes] = {"mp_server": hostile, "mt_server": b"\xff\n" * 1100}
    return found, [Submission(one.key, one.name, one.folder, sources, []) for one in found]
