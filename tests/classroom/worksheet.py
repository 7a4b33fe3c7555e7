"""The grades of a class into Moodle's worksheet: who gets which, and who is missing on either
side."""
from __future__ import annotations

from pathlib import Path
from typing import List, Sequence, Tuple

from checks.catalogue import FULL
from classroom.bounded import shown
from classroom.model import GRADED, UNSURE, Graded
from classroom.sheet import Worksheet, as_html
from console import CommandFailed

NAMED = 20  # people in a line: larger -> a line that nobody reads


def read(path: Path, grade: str = "", feedback: str = "") -> Worksheet:
    """Returns the worksheet in a file; the headings are those of its columns, if they are in a
    language that is not known. Raises CommandFailed if it cannot be filled in: worth to know before
    a class is graded."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{path} cannot be read: {error.strerror}") from None
    try:
        worksheet = Worksheet(content, grade, feedback)
    except CommandFailed as error:
        raise CommandFailed(f"{path}: {error}") from None
    if worksheet.maximum is not None and worksheet.maximum < FULL:
        raise CommandFailed(f"{path}: Moodle takes grades up to {worksheet.maximum:g}: set the "
                            f"assignment's maximum grade to {FULL}, and take the worksheet again")
    return worksheet


def fill(source: Path, path: Path, graded: Sequence[Graded], grade: str = "",
         feedback: str = "") -> List[str]:
    """Writes the worksheet that is in a file to another, with the grades of a class. Returns lines:
    who is missing on either side, and whose row was left as it was. Raises CommandFailed, as read()
    does, and if it cannot be written."""
    worksheet = read(source, grade, feedback)
    grades = {one.key: (one.total, as_html(summary(one))) for one in graded if _has_grade(one)}
    content, _, unknown = worksheet.fill(grades)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandFailed(f"{path} cannot be written: {error.strerror}") from None
    by_key = {one.key: one for one in graded}
    names = worksheet.names
    without = [one for one in graded if not _has_grade(one)]
    lines = {
        "of the worksheet handed in nothing": [
            (key, name) for key, name in names.items() if key not in by_key],
        "were graded and are not in the worksheet": [(key, by_key[key].name) for key in unknown],
        "were not graded, and their rows left as they were": [
            (one.key, one.name) for one in without if one.key in names],
        "were not graded, and are not in the worksheet either": [
            (one.key, one.name) for one in without if one.key not in names]}
    said = [_line(what, people) for what, people in lines.items() if people]
    return said + ([] if worksheet.has_feedback else ["the worksheet has no column for feedback"])


def summary(one: Graded) -> str:
    """Returns what a student reads beside the grade, in a few lines: the points that were lost."""
    lost = [f"{row.id}: {row.score} of {row.points}" for row in one.rows if row.score < row.points]
    total = f"{one.total} of {sum(row.points for row in one.rows)} points"
    return "\n".join([total, *lost])


def _has_grade(one: Graded) -> bool:
    return one.status in (GRADED, UNSURE)


def _line(what: str, people: List[Tuple[str, str]]) -> str:
    """Returns how many they are, and who."""
    named = ", ".join(f"{key} {shown(name)}" if name and name != key else shown(key)
                      for key, name in people[:NAMED])
    more = f" and {len(people) - NAMED} more" if len(people) > NAMED else ""
    return f"{len(people)} {what}: {named}{more}"
