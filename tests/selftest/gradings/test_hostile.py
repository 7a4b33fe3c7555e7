"""Grades the attacks of the corpus: each loses what its bugs cost and no more, and nothing of it is left behind. They run
only where they can be contained."""
import os
import tempfile
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
    """Returns what lies where everybody may write, what is mounted, and what System V IPC holds (key and number)."""
    files = {os.path.join(folder, name) for folder in PUBLIC if os.path.isdir(folder) for name in os.listdir(folder)}
    ipc = {f"{kind} {line.split()[:2]}" for kind in ("shm", "sem", "msg")
           for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()}
    return files | ipc | set(Path("/proc/self/mounts").read_text().splitlines())


def boxed_things() -> Set[str]:
    """Returns the processes, temporary files and listening sockets of the users that programs in boxes run as."""
    found = set()
    for entry in (*os.scandir("/proc"), *os.scandir(tempfile.gettempdir())):
        try:
            if entry.stat(follow_symlinks=False).st_uid in USERS:
                found.add(entry.path)
        except OSError:
            continue
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return found | {f"port {words[1]}" for words in sockets if words[3] == "0A" and int(words[7]) in USERS}


@pytest.fixture(scope="module")
def contained() -> None:
    with Build(corpus.LAB / "support") as build:
        if not at_least(build.containment, "T2"):
            pytest.skip(f"attacks are not run where {build.containment.text}")


@pytest.fixture(scope="module")
def untouched(contained: None) -> Iterator[None]:
    """The machine is as it was when all attacks are over."""
    public, boxed = public_things(), boxed_things()
    yield
    assert public_things() == public
    left = boxed_things() - boxed  # and those of other gradings, which are there for a moment only
    assert eventually(lambda: not left & boxed_things(), patience=60)


@pytest.mark.parametrize("submission", HOSTILE, ids=lambda submission: submission.name)
def test_attack(submission: corpus.Submission, untouched: None,
                graded: Callable[[corpus.Submission], corpus.Grade]) -> None:
    grade = graded(submission)
    if grade.seconds >= LONGEST:  # while others were graded, too: is it so alone?
        grade = corpus.grade(submission.path, submission.server)
    wrong = grade.wrong(submission)
    assert not wrong, "\n".join([submission.title, *wrong, *(grade.output[line.split()[0]] for line in wrong)])
    assert grade.seconds < LONGEST
