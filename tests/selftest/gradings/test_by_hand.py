"""What a message tells a student to try shows the fault: the commands of each advice are typed, by
an ordinary user, on the terminals of a server that has the fault, and on those of the solution."""
from __future__ import annotations

import concurrent.futures
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Tuple

import pytest

from checks.advice import ADVICE, advice_for
from checks.advice.kinds import Advice
from selftest import corpus
from selftest.gradings.shown import HOSTILE, SHOWN, SLOW
from selftest.gradings.terminals import typed
from selftest.process import LAB

# Runs at a time. More, and a busy machine is too slow for what has a time limit; fewer take longer.
AT_A_TIME = 6
RIGHT = "solution"
# How often it is tried: what a race shows depends on the moment, and so does what a clock shows on
# a busy machine. More would hide commands that seldom show anything.
ATTEMPTS = 2


class Case(NamedTuple):
    """Commands to be typed: a symptom's, on a file of the corpus that has it."""
    symptom: str
    name: str

    @property
    def server(self) -> str:
        """The server that the file is."""
        return self.name.split("/")[1] + "_server"

    @property
    def advice(self) -> Advice:
        """What is told about the symptom."""
        advice = advice_for(self.server, self.symptom)
        assert advice, f"there is no advice about {self.symptom} for {self.server}"
        return advice

    def __str__(self) -> str:
        return f"{self.symptom}-{self.name.replace('/', '-')}"


CASES = [Case(symptom, name) for symptom, names in SHOWN.items() for name in names]
Results = Callable[[Case], Tuple[str, str]]


class Typist:
    """Types what each case says, several at a time, and knows what was printed then."""

    def __init__(self, folder: Path, before: List[str]) -> None:
        """`folder` is for copies of support/; `before` is put before commands, to become an
        ordinary user."""
        self._folder, self._before = folder, before
        self._built = folder / "built"
        self._pool = concurrent.futures.ThreadPoolExecutor(AT_A_TIME)
        self._printed: Dict[Tuple[Case, str], concurrent.futures.Future[str]] = {}
        shutil.copytree(LAB / "support", self._built, ignore=shutil.ignore_patterns("*.[od]"))
        for server in ("mp_server", "mt_server"):
            shutil.copy(LAB / "solution" / f"{server}.c", self._built)
        # Compiled once: what each run has to compile is its own file.
        subprocess.run(["make", "-s", "clean", "all"], cwd=self._built, check=True)

    def begin(self, case: Case, which: str) -> None:
        """Begins to type the commands of a case on its own file, or (RIGHT) on the solution's."""
        self._printed[case, which] = self._pool.submit(self._type, case, which)

    def printed(self, case: Case, which: str) -> str:
        """Returns what was printed."""
        if (case, which) not in self._printed:
            self.begin(case, which)
        return self._printed.pop((case, which)).result()

    def close(self) -> None:
        """Leaves out what has not begun, and waits for the rest."""
        for future in self._printed.values():
            future.cancel()
        self._pool.shutdown()

    def _type(self, case: Case, which: str) -> str:
        folder = self._folder / f"{case}-{which}"
        shutil.copytree(self._built, folder)
        try:
            if which != RIGHT:
                path = corpus.named(case.name).path
                shutil.copyfile(path, folder / f"{case.server}.c")
            if os.geteuid() == 0:
                subprocess.run(["chown", "-R", "65534:65534", str(folder)], check=True)
            return typed(case.advice.commands(case.server), folder, self._before)
        finally:
            shutil.rmtree(folder)


@pytest.fixture(scope="module")
def typist(request: pytest.FixtureRequest, public_folder: Path,
           unprivileged: List[str]) -> Iterator[Typist]:
    """Types the commands of all cases that were selected, from now on."""
    folder = public_folder / "by-hand"
    folder.mkdir()
    typist = Typist(folder, unprivileged)
    for item in request.session.items:
        callspec = getattr(item, "callspec", None)
        case = callspec.params.get("case") if callspec else None
        if isinstance(case, Case):
            for which in ("fault", RIGHT):
                typist.begin(case, which)
    yield typist
    typist.close()


def part_of(cases: List[Case]) -> List[Case]:
    """Returns one case for each symptom that does not take long."""
    first = {case.symptom: case for case in reversed(cases) if case.symptom not in SLOW}
    return [case for case in cases if first.get(case.symptom) == case]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = CASES if metafunc.config.getoption("whole") else part_of(CASES)
        metafunc.parametrize("case", cases, ids=str)


def shows(case: Case, printed: str) -> bool:
    """Returns whether what was printed shows the fault."""
    pattern = case.advice.by_hand.shows.replace("NAME", case.server)
    return bool(re.search(pattern, printed, re.MULTILINE))


def test_by_hand(case: Case, typist: Typist) -> None:
    """Shows the fault, and does not show it on the solution."""
    if case.symptom == "pinned" and len(os.sched_getaffinity(0)) == 1:
        pytest.skip("one CPU: everything is bound to it")
    for attempt in range(ATTEMPTS):
        faulty, right = typist.printed(case, "fault"), typist.printed(case, RIGHT)
        if shows(case, faulty) and not shows(case, right):
            return
    assert shows(case, faulty), f"{case} shows nothing:\n{faulty}"
    assert not shows(case, right), f"{case} shows the same on the solution:\n{right}"


def test_each_advice_is_tried() -> None:
    assert {case.symptom for case in CASES} == set(ADVICE)


def test_what_is_hostile_is_harmless_here() -> None:
    """Run without a box, as a student would."""
    assert {case.name for case in CASES if case.name.startswith("hostile")} == HOSTILE
