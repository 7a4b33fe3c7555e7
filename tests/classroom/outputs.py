"""What a class gets: the files of the whole class, made in a folder of their own, and put in their
place when all of them are there."""
from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
from pathlib import Path
from typing import Any, List, NamedTuple, Optional, Sequence

from classroom import feedback, pages, worksheet
from classroom.gradebook import gradebook, look_at
from classroom.model import Graded, Submission
from classroom.places import Places
from classroom.records import writing
from console import write_whole

GRADEBOOK, LOOK_AT, WORKSHEET, FEEDBACK = ("gradebook.csv", "look-at.txt", "worksheet.csv",
                                           "feedback.zip")


class Extras(NamedTuple):
    """What is made of a class besides, if it is complete."""
    worksheet: Optional[Path] = None
    grade_column: str = ""  # of the worksheet, where its language is not known
    feedback_column: str = ""
    old: Sequence[Submission] = ()  # of earlier years
    anonymous: bool = False


def write(places: Places, graded: Sequence[Graded], submissions: Sequence[Submission],
          extras: Optional[Extras]) -> List[str]:
    """Writes the files of the class; `extras` is None if it is only a part, or not complete: then
    nothing is written that goes to others. Returns what should be said about it. Raises
    CommandFailed if something cannot be written: then nothing has been replaced."""
    with writing(places.staging):
        shutil.rmtree(places.staging, ignore_errors=True)
        places.staging.mkdir(parents=True)
    new = Places(places.staging)
    write_whole(new.out / GRADEBOOK, gradebook(graded))
    write_whole(new.out / LOOK_AT, look_at(graded))
    said: List[str] = []
    if extras is not None:
        feedback.write(new.out / FEEDBACK, places, graded)
        said += _extras(new, graded, submissions, extras)
    with writing(new.out):
        pages.write(new.out, graded, submissions)  # which names what else is there
    with writing(places.out):
        _move(new.out, places.out)
    return said


def _extras(new: Places, graded: Sequence[Graded], submissions: Sequence[Submission],
            extras: Extras) -> List[str]:
    similar = _room("similar")
    if similar:
        similar.write(new.out, submissions, old=extras.old, anonymous=extras.anonymous)
    if extras.worksheet:
        return worksheet.fill(extras.worksheet, new.out / WORKSHEET, graded,
                              extras.grade_column, extras.feedback_column)
    return []


def _room(name: str) -> Any:
    name = f"classroom.{name}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def _move(source: Path, target: Path) -> None:
    """Puts each file of a folder in its place in another."""
    for folder, _, names in os.walk(source):
        place = target / Path(folder).relative_to(source)
        place.mkdir(parents=True, exist_ok=True)
        for name in names:
            os.replace(Path(folder) / name, place / name)
    shutil.rmtree(source)
