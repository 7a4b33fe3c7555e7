"""What a class has lost: for each check, how many submissions by which symptom, each with a letter
that stands for it in the matrix."""
from __future__ import annotations

import re
from collections import Counter
from typing import Dict, List, NamedTuple, Sequence, Tuple

from checks.catalogue import BY_ID
from classroom.gradebook import checks_of
from classroom.model import Graded, Row
from grading.outcome import FAILED, INCONCLUSIVE, PASSED
from grading.page import UNTIL, Entry
from grading.told import told_in

# Of the symptoms of a check; what comes after that shares one.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REST = "*"
PASS, WAIT, UNDECIDED = "\u00b7", "\u2013", "?"
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class Fault(NamedTuple):
    """What several submissions have in common that have lost a check."""
    letter: str
    words: str  # the first line of their messages; numbers that differ are ranges
    number: int  # of submissions


class Tally(NamedTuple):
    """What became of one check in a class."""
    id: str
    title: str
    graded: int  # submissions
    faults: Sequence[Fault]  # the most frequent first
    waits: int  # submissions whose check was not run, as another one was lost
    undecided: int

    @property
    def lost(self) -> int:
        """How many have lost it."""
        return sum(one.number for one in self.faults) + self.waits


class Class(NamedTuple):
    """A class, and what it has lost."""
    graded: Sequence[Graded]
    tallies: Sequence[Tally]  # a check each, in the order of the catalogue
    letters: Dict[Tuple[str, str], str]  # by check and cause

    def letter(self, row: Row) -> str:
        """Returns what stands for a row."""
        if row.status == PASSED:
            return PASS
        if row.status == INCONCLUSIVE:
            return UNDECIDED
        return WAIT if waits(row) else self.letters.get((row.id, cause(row)), REST)


def entry(row: Row) -> Entry:
    """Returns a row with its message in parts."""
    told = told_in(row.output, row.status == FAILED and not waits(row))
    return Entry(row.id, row.status, row.score, row.points, told)


def waits(row: Row) -> bool:
    """Returns whether a check was not run, as another one was lost."""
    return row.status == FAILED and row.output.startswith(UNTIL)


def cause(row: Row) -> str:
    """Returns what failures of one kind have in common: the symptom, or the words."""
    return row.symptom or NUMBER.sub("N", entry(row).told.first)


def tallied(graded: Sequence[Graded]) -> Class:
    """Returns a class with what it has lost."""
    rows: Dict[str, List[Row]] = {id: [] for id in checks_of(graded)}
    for one in graded:
        for row in one.rows:
            rows[row.id].append(row)
    letters: Dict[Tuple[str, str], str] = {}
    tallies = [_tally(id, ours, letters) for id, ours in rows.items()]
    return Class(graded, tallies, letters)


def _tally(id: str, rows: Sequence[Row], letters: Dict[Tuple[str, str], str]) -> Tally:
    groups: Dict[str, List[str]] = {}
    for row in rows:
        if row.status == FAILED and not waits(row):
            groups.setdefault(cause(row), []).append(entry(row).told.first)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    faults = []
    for at, (key, lines) in enumerate(ordered):
        letters[id, key] = LETTERS[at] if at < len(LETTERS) else REST
        faults.append(Fault(letters[id, key], phrase(lines), len(lines)))
    return Tally(id, BY_ID[id].title if id in BY_ID else "", len(rows), faults,
                 sum(map(waits, rows)), sum(row.status == INCONCLUSIVE for row in rows))


def phrase(lines: Sequence[str]) -> str:
    """Returns what several lines, at least one, say: the most frequent wording, and in the place of
    numbers that differ their range."""
    wordings = Counter(NUMBER.sub("\0", line) for line in lines)
    wording = wordings.most_common(1)[0][0]
    same = [NUMBER.findall(line) for line in lines if NUMBER.sub("\0", line) == wording]
    ranges = []
    for numbers in zip(*same):
        least, most = min(numbers, key=float), max(numbers, key=float)
        ranges.append(least if least == most else f"{least}\u2013{most}")
    pieces = wording.split("\0")
    return "".join(text + number for text, number in zip(pieces, [*ranges, ""]))
