"""Moodle's offline grading worksheet: grades and feedback filled in, all else as it was, to the
byte.

Moodle finds the columns by their headings in the user's language, and wants back what it gave: so
a worksheet is only ever filled in, never made. NUMBER of "Participant NUMBER" is what the names of
the submissions have (naming.py)."""
from __future__ import annotations

import html
import re
from typing import Dict, List, Mapping, NamedTuple, NoReturn, Optional, Set, Tuple

from classroom.bounded import shown
from console import CommandFailed

# A cell, and what follows it: a cell that begins with a quotation mark goes to its closing one.
CELL = re.compile(r'("[^"]*(?:""[^"]*)*"|(?!")[^,\r\n]*)(,|\r\n|\n|\r|\Z)')
PARTICIPANT = re.compile(r"(?P<label>.*?)(?P<number>[0-9]{1,18})\Z")
BOM = "\ufeff"
QUOTED = re.compile('[",\r\n\t\\\\ ]')  # PHP, which reads it, quotes cells with these
# In English, German, French, Spanish, Portuguese, Romanian and Italian.
IDENTIFIER = {"identifier", "id", "identifiant", "identificador"}
GRADE = {"grade", "bewertung", "note", "calificación", "nota", "notă", "valutazione"}
FEEDBACK = {"feedback comments", "feedback als kommentar", "feedback par commentaires",
            "comentarios de retroalimentación"}
MAXIMUM = {"maximum grade", "bestwertung"}
NAME = {"full name", "vollständiger name", "nom complet", "nombre completo", "nume complet"}
AS_MOODLE_GIVES_IT = "take it as Moodle gives it, without saving it from a spreadsheet"


class Cell(NamedTuple):
    """A cell as it stands in the file, and what follows it: a comma or the end of the line."""
    raw: str
    end: str

    @property
    def text(self) -> str:
        """What the cell says."""
        return self.raw[1:-1].replace('""', '"') if self.raw.startswith('"') else self.raw


class Worksheet:
    """A worksheet that can be filled in."""

    def __init__(self, content: bytes, grade: str = "", feedback: str = "") -> None:
        """Reads it, and finds its columns: those of the grade and the feedback by these headings if
        they are given. Raises CommandFailed if one cannot be found, or there is nothing to fill."""
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            raise _unusable(f"is not in UTF-8: {AS_MOODLE_GIVES_IT}") from None
        self._mark = BOM if text.startswith(BOM) else ""
        self._lines = _lines(text[len(self._mark):])
        self._heads = [cell.text.strip() for cell in self._lines[0]]
        self._lower = [head.lower() for head in self._heads]
        self._rows = [line for line in self._lines[1:] if len(line) > 1 or line[0].raw]
        self._check_lines()
        self._identifier = self._find_identifier()
        self._grade = self._find("grade", grade, GRADE)
        if self._grade is None:
            self._ask("grade")
        self._feedback = self._find("feedback", feedback, FEEDBACK)
        self.has_feedback = self._feedback is not None

    @property
    def names(self) -> Dict[str, str]:
        """The full name of each participant by number; "" where the worksheet does not tell."""
        column = self._only(NAME)
        return {self._number(row): "" if column is None else row[column].text for row in self._rows}

    @property
    def maximum(self) -> Optional[float]:
        """The highest grade that Moodle takes, if the worksheet tells."""
        column = self._only(MAXIMUM)
        try:
            return (None if column is None
                    else min(float(row[column].text.replace(",", ".")) for row in self._rows))
        except ValueError:
            return None  # a scale of words

    def fill(self, grades: Mapping[str, Tuple[int, str]]) -> Tuple[bytes, List[str], List[str]]:
        """Returns the worksheet with grades and feedback (in HTML) filled in, given both by number;
        the numbers that it has and the grades do not; and those that it does not have."""
        numbers = [self._number(row) for row in self._rows]
        filled = {id(row): self._filled(row, *grades[number])
                  for row, number in zip(self._rows, numbers) if number in grades}
        text = "".join(cell.raw + cell.end for line in self._lines
                       for cell in filled.get(id(line), line))
        return ((self._mark + text).encode("utf-8"),
                [number for number in numbers if number not in grades],
                [number for number in grades if number not in set(numbers)])

    def _filled(self, row: List[Cell], grade: int, feedback: str) -> List[Cell]:
        new = list(row)
        assert self._grade is not None
        new[self._grade] = row[self._grade]._replace(raw=_raw(str(grade)))
        if self._feedback is not None:
            new[self._feedback] = row[self._feedback]._replace(raw=_raw(feedback))
        return new

    def _number(self, row: List[Cell]) -> str:
        match = PARTICIPANT.match(row[self._identifier].text.strip())
        assert match  # see _labels()
        return str(match["number"])

    # --- finding columns ---

    def _check_lines(self) -> None:
        if len(self._heads) < 3 and self._heads[0].count(";") > 1:
            raise _unusable(f"has semicolons between its columns: {AS_MOODLE_GIVES_IT}")
        if not self._rows:
            raise _unusable("has no participants")
        for row in self._rows:
            if len(row) != len(self._heads):
                raise _unusable(f"has {len(row)} columns instead of {len(self._heads)} in the line "
                                f"of {shown(row[0].text)}: {AS_MOODLE_GIVES_IT}")

    def _find_identifier(self) -> int:
        """Moodle puts it first, but columns can be moved: then it is known by its heading, or by
        the same word, with another number, in all rows."""
        known = [place for place, head in enumerate(self._lower) if head in IDENTIFIER]
        places: List[int] = known + list(range(len(self._heads)))
        for place in places:
            numbered = self._labels(place)
            sure = place in known or place == 0 or len(self._rows) > 1 and numbered != {""}
            if numbered is not None and len(numbered) == 1 and sure:
                return place
        raise _unusable("has no column of Identifiers, such as 'Participant 12': is it Moodle's "
                        "offline grading worksheet of this assignment?")

    def _labels(self, place: int) -> Optional[Set[str]]:
        """Returns what stands before the numbers of a column; None if these are not the numbers of
        different participants."""
        matches = [PARTICIPANT.match(row[place].text.strip()) for row in self._rows]
        found = [match for match in matches if match]
        different = {match["number"] for match in found}
        if not len(matches) == len(found) == len(different):
            return None
        return {match["label"].strip() for match in found}

    def _find(self, what: str, heading: str, known: Set[str]) -> Optional[int]:
        """Returns the place of the column with this heading, or else with one of those known."""
        wanted = {heading.strip().lower()} if heading else known
        place = self._only(wanted)
        if place is None and (heading or not wanted.isdisjoint(self._lower)):
            self._ask(what)
        return place

    def _only(self, headings: Set[str]) -> Optional[int]:
        """Returns the place of the only column with one of these headings."""
        places = [place for place, head in enumerate(self._lower) if head in headings]
        return places[0] if len(places) == 1 else None

    def _ask(self, what: str) -> NoReturn:
        heads = ", ".join(shown(head, 40) for head in self._heads)
        raise _unusable(f"has no column, or several, that is known to be the {what}: say which "
                        f"with --{what}-column HEADING; it has {heads}")


def as_html(text: str) -> str:
    """Returns a text as Moodle takes feedback: in HTML, on one line."""
    return "<br>".join(html.escape(line, quote=False) for line in text.splitlines())


def _unusable(reason: str) -> CommandFailed:
    return CommandFailed(f"the worksheet {reason}")


def _raw(text: str) -> str:
    """Returns how a cell is written. PHP takes a backslash before a quotation mark for more than it
    is: in HTML there is another way to write it."""
    text = text.replace("\\", "&#92;")
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text


def _lines(text: str) -> List[List[Cell]]:
    lines: List[List[Cell]] = [[]]
    at = 0
    while at < len(text) or lines[-1]:
        match = CELL.match(text, at)
        if not match:
            raise _unusable(f"has an open quotation mark in line {len(lines)}: "
                            f"{AS_MOODLE_GIVES_IT}")
        lines[-1].append(Cell(match[1], match[2]))
        at = match.end()
        if match[2] != ",":
            if at == len(text):
                break
            lines.append([])
    return lines if lines[0] else [[Cell("", "")]]
