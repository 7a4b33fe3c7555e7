"""Grades the attacks of the corpus: each loses what its bugs cost and no more, and nothing of it is left behind. They run
only where they can be contained."""
import os
from pathlib import Path
from typing import Callable, Iterator, Set

import pytest

import corpus
from checker.box import USERS
from checker.build import Build
from checker.containment import at_least
from conftest import eventually

HOSTILE = corpus.submissions(["hostile"])
LONGEST = 60  # seconds of one grading
PUBLIC = ("/dev/shm", "/dev/mqueue", "/var/tmp")


def public_things() -> Set[str]:
    """Returns what lies where everybody may write, and what is mounted."""
    files = {os.path.join(folder, name) for folder in PUBLIC if os.path.isdir(folder) for name in os.listdir(folder)}
    return files | set(Path("/proc/self/mounts").read_text().splitlines())


def boxed_processes() -> Set[str]:
    """Returns the processes of the users that programs in boxes run as."""
    found = set()
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdigit() and entry.stat().st_uid in USERS:
                found.add(entry.name)
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def contained() -> None:
    with Build(corpus.LAB / "support") as build:
        if not at_least(build.containment, "T2"):
            pytest.skip(f"attacks are not run where {build.containment.text}")


@pytest.fixture(scope="module")
def untouched(contained: None) -> Iterator[None]:
    """The machine is as it was when all attacks are over."""
    before = public_things()
    yield
    assert public_things() == before
    left = boxed_processes()  # and those of other gradings, which are there for a moment only
    assert eventually(lambda: not left & boxed_processes(), patience=60)


@pytest.mark.parametrize("submission", HOSTILE, ids=lambda submission: submission.name)
def test_attack(submission: corpus.Submission, untouched: None,
                graded: Callable[[corpus.Submission], corpus.Grade]) -> None:
    grade = graded(submission)
    wrong = grade.wrong(submission)
    assert not wrong, "\n".join([submission.title, *wrong, *(grade.output[line.split()[0]] for line in wrong)])
    assert grade.seconds < LONGEST
