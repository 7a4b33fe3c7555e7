"""What a class gets: the files of the whole class, made in a folder of their own, and put in their
place when all of them are there."""
from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from classroom import feedback, pages, similar, worksheet
from classroom.gradebook import gradebook, look_at
from classroom.model import Graded, Submission
from classroom.places import Places
from classroom.records import writing
from console import CommandFailed, write_whole

GRADEBOOK, LOOK_AT, WORKSHEET, FEEDBACK = ("gradebook.csv", "look-at.txt", "worksheet.csv",
                                           "feedback.zip")


# Submissions that are compared with one another: 10 000 took 7 GB, and minutes. Fewer, and large
# courses have no similar.html; more, and a machine may run out of memory when all is graded.
MOST_COMPARED = 3000


class Extras(NamedTuple):
    """What is made of a class besides, if it is complete."""
    worksheet: Optional[Path] = None
    grade_column: str = ""  # of the worksheet, where its language is not known
    feedback_column: str = ""
    old: Sequence[Submission] = ()  # of earlier years
    anonymous: bool = False

    def compared(self, submissions: Sequence[Submission]) -> bool:
        """Returns whether these are few enough to be compared with one another."""
        return len(submissions) + len(self.old) <= MOST_COMPARED


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
        if extras.worksheet:
            said = worksheet.fill(extras.worksheet, new.out / WORKSHEET, graded,
                                  extras.grade_column, extras.feedback_column)
        if not extras.compared(submissions):
            said.append(f"no {similar.PAGE}: more than {MOST_COMPARED} submissions, of this and "
                        "earlier years, take too much memory")
    broken = _pages(new.out, graded, submissions, extras)
    with writing(places.out):
        _move(new.out, places.out)
    if broken:
        raise CommandFailed(f"{' '.join(broken)}; all else is in {places.out}")
    return said


def _pages(out: Path, graded: Sequence[Graded], submissions: Sequence[Submission],
           extras: Optional[Extras]) -> List[str]:
    """Writes the pages. Returns what could not be made of strangers' sources, by a fault of ours:
    that is to cost nobody a grade. Raises CommandFailed if something cannot be written."""
    writers: List[Tuple[str, Callable[[], None]]] = [
        (pages.INDEX, partial(pages.write, out, graded, submissions))]
    if extras is not None and extras.compared(submissions):
        (out / similar.PAGE).touch()  # it and the pages link to each other
        writers.append((similar.PAGE, partial(similar.write, out, submissions, extras.old,
                                              extras.anonymous)))
    broken = []
    for name, write_page in writers:
        try:
            with writing(out / name):
                write_page()
        except CommandFailed:
            raise
        except Exception as error:
            (out / name).unlink(missing_ok=True)
            broken.append(f"{name} could not be made: {error!r:.200}")
    return broken


def _move(source: Path, target: Path) -> None:
    """Puts each file of a folder in its place in another."""
    for folder, _, names in os.walk(source):
        place = target / Path(folder).relative_to(source)
        place.mkdir(parents=True, exist_ok=True)
        for name in names:
            os.replace(Path(folder) / name, place / name)
    shutil.rmtree(source)
