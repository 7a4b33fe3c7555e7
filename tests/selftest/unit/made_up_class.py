"""A class whose submissions say how they are to be graded, and a checker that does what they say.

A source is what becomes of each grading of it, one after the other, such as "inconclusive mt-races;
pass": pass, fail ID... [SYMPTOM], inconclusive ID..., crash, hang."""
from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import List, Optional

import pytest

from checks.catalogue import BY_ID, CHECKS
from classroom import run
from classroom.attempt import Attempt
from classroom.crew import Started
from classroom.model import Graded, Row, Submission
from classroom.queue import Sources
from classroom.run import Run, Wanted
from grading.outcome import FAILED, INCONCLUSIVE, PASSED

FAKE = """
import json, os, signal, sys, time
folder, points = sys.argv[-1], %(points)s
if "-k" in sys.argv:
    sys.exit(1)  # as any submission that does not compile
kind = open(os.path.join(folder, "mp_server.c")).read()
if kind == "hang":
    time.sleep(60)
if kind == "die":
    os.kill(os.getpid(), signal.SIGKILL)
tests = [{"name": id, "max_score": points[id], "status": "passed", "score": points[id],
          "output": "", "extra_data": {"status": "passed", "symptom": ""}} for id in points]
if kind == "short":
    del tests[0]
if kind != "nothing":
    with open(sys.argv[sys.argv.index("--json") + 1], "w") as file:
        file.write("{" if kind == "garbage" else json.dumps({"tests": tests}))
print("Total: 100/100")
if kind == "crash":
    print("checker.sh: it broke\\x1b", file=sys.stderr)
sys.exit(2 if kind == "crash" else 0)
"""
STATUS = {"fail": FAILED, "inconclusive": INCONCLUSIVE}


def command(folder: Path) -> List[str]:
    """Writes a program that behaves like the checker, or as the source says, and returns what
    starts it."""
    fake = folder / "fake.py"
    fake.write_text(FAKE % {"points": json.dumps({check.id: check.points for check in CHECKS})})
    return [sys.executable, "-S", "-E", str(fake)]


class MadeUp:
    """Grades as the sources say, without a process."""

    def __init__(self, folder: Path, began: List[str]) -> None:
        self._folder, self._began = folder, began

    def prepare(self) -> None:
        """Finds that this machine can grade."""

    def __call__(self, sources: Sources, started: Started) -> Attempt:
        """Grades once, after those gradings of the same that were before."""
        source = sources["mp_server"].decode()
        steps = source.split("; ")
        kind, *ids = steps[min(self._began.count(source), len(steps) - 1)].split()
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        self._began.append(source)
        if kind in ("crash", "hang"):
            return Attempt((), 1.0, folder, f"it did {kind}", kind == "hang")
        rows = tuple(row(check.id, STATUS[kind], ids[-1]) if check.id in ids else row(check.id)
                     for check in CHECKS)
        (folder / "report.txt").write_text(f"Total: {sum(one.score for one in rows)}/100\n")
        return Attempt(rows, 1.0, folder)


def row(id: str, status: str = PASSED, symptom: str = "") -> Row:
    """Returns what one check gave."""
    points = BY_ID[id].points
    return Row(id, points if status == PASSED else 0, points, status, symptom, "a message")


class Class:
    """A class in a folder for tests."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.out = folder / "out"
        self.began: List[str] = []  # the sources of the gradings so far, in order
        monkeypatch.setattr(run, "Checker", lambda folder, tier: MadeUp(folder, self.began))
        self.lab("a lab", monkeypatch)

    def lab(self, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on, another state of the lab grades."""
        monkeypatch.setattr("classroom.lab.version", lambda: version)

    def run(self, everything: List[Submission], *again: str, part: str = "1/1",
            out: Optional[Path] = None) -> List[Graded]:
        """Grades a class, and returns what became of it."""
        first, last = map(int, part.split("/"))
        with Run(everything, Wanted(out or self.out, 2, "T1", (first, last), again)) as one:
            one.grade()
            return one.graded()


def submission(name: str, source: Optional[str], *notes: str) -> Submission:
    """Returns a submission whose two files are the same."""
    sources = {} if source is None else {server: source.encode()
                                         for server in ("mp_server", "mt_server")}
    return Submission(name, f"Name {name}", f"{name}_1_x", sources, list(notes))
