"""The corpus that grades the grader: submissions whose header comment says what each must lose.

    /* Correct: a handler that loops over waitpid(2). */         loses nothing
    /* Buggy: one waitpid(2) a signal.                           loses just these checks; if
     * Loses: mp-zombies                                         mp-concurrency is among them, also
     *                                                           what is not graded without it
     * Either: mp-speedup - on one core nobody can tell          may lose these
     * Why: merged signals leave seven of eight. */
"""
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable, Dict, FrozenSet, List, NamedTuple, Sequence, Set, Tuple

from checks.catalogue import CHECKS
from grading.outcome import FAILED, PASSED
from grading.results import status_of
from sandbox import tiers
from selftest.process import LAB

FOLDER = Path(__file__).with_name("submissions")
COMPILE, EVERYTHING = "compile", "everything"  # all checks: it does not compile; it serves nobody
LEAST_TIER = "T2"  # of containment, for what is hostile
LONGEST = 300.0  # seconds of one grading
CHECKER = (str(LAB / "checker.sh"),)
WITH_THIS_PYTHON = (sys.executable, "-E", "-B", str(LAB / "tests"), "grade")  # which has pytest


class Submission(NamedTuple):
    """One file of the corpus, and the ids of the checks that it loses, or may lose."""
    path: Path
    title: str
    loses: FrozenSet[str]
    either: FrozenSet[str]

    @property
    def name(self) -> str:
        """As buggy/mp/if_in_handler."""
        return str(self.path.relative_to(FOLDER))[:-len(".c")]

    def __str__(self) -> str:
        return self.name

    @property
    def server(self) -> str:
        """What it is graded as: mp_server or mt_server."""
        return self.path.parent.name + "_server"

    @property
    def hostile(self) -> bool:
        """Whether it may run only where it is contained."""
        return self.path.parent.parent.name == "hostile"


def submission(path: Path) -> Submission:
    """Reads the header of a submission; raises ValueError if it is not of the form above."""
    header = path.read_text(errors="replace").partition("*/")[0]
    title = re.match(r"/\* (Correct|Buggy|Hostile): (.*)", header)
    if not title:
        raise ValueError(f"{path}: begins with none of /* Correct: and /* Buggy: and /* Hostile:")
    prefix = path.parent.name
    ids = {check.id for check in CHECKS if check.server == prefix + "_server"}
    loses, either = _declared(header, prefix, ids)
    unknown = (loses | either) - ids
    if unknown:
        raise ValueError(f"{path}: there are no checks {', '.join(sorted(unknown))}")
    if title[1] == "Correct" and loses | either:
        raise ValueError(f"{path}: is correct, and loses {', '.join(sorted(loses | either))}")
    if title[1] == "Buggy" and not loses:
        raise ValueError(f"{path}: is buggy, and loses nothing")
    return Submission(path, title[2].rstrip("* "), frozenset(loses), frozenset(either - loses))


def _declared(header: str, prefix: str, ids: Set[str]) -> Tuple[Set[str], Set[str]]:
    """Returns the checks that a header says are lost, and those that may be."""
    loses = set(" ".join(re.findall(r"\* Loses:(.*)", header)).split()) - {"nothing"}
    either = set(re.findall(r"\* Either: ([a-z-]+)", header))
    if loses & {COMPILE, EVERYTHING}:
        loses = set(ids)
    # Without concurrency, only the replies are graded.
    if f"{prefix}-concurrency" in loses:
        loses |= ids - {f"{prefix}-replies"}
    if f"{prefix}-concurrency" in either:
        either |= ids
    if "mt-races" in loses:
        either.add("mt-robustness")  # a thousand clients at once may race, or may not
    return loses, either


def submissions(kinds: Sequence[str] = ("correct", "buggy")) -> List[Submission]:
    """Returns the corpus, in the same order each time."""
    return [submission(path) for kind in kinds for path in sorted((FOLDER / kind).glob("*/*.c"))]


def named(name: str) -> Submission:
    """Returns one submission by its name, as buggy/mp/if_in_handler."""
    return submission(FOLDER / f"{name}.c")


class Grade(NamedTuple):
    """What the checker said of one submission, by check id."""
    status: Dict[str, str]
    output: Dict[str, str]
    seconds: float
    symptom: Dict[str, str] = {}  # the keys of advice (checks/advice/); "": none

    def wrong(self, wanted: Submission) -> List[str]:
        """Returns the verdicts that are not as they must be, as `mp-zombies passed`."""
        found = []
        for id, status in sorted(self.status.items()):
            must = FAILED if id in wanted.loses else PASSED
            allowed = id in wanted.either and status in (PASSED, FAILED)
            if status != must and not allowed:
                found.append(f"{id} {status}")
        return found

    def explained(self, wanted: Submission) -> str:
        """Returns what a test shows of wrong verdicts: what was wanted, and the messages."""
        wrong = self.wrong(wanted)
        return "\n".join([wanted.title, *wrong, *(self.output[line.split()[0]] for line in wrong)])


def no_notice(_: subprocess.Popen[bytes]) -> None:
    """Does nothing with a process that has started."""


def grade(path: Path, server: str, command: Sequence[str] = CHECKER, only: str = "",
          tier: str = "", started: Callable[[subprocess.Popen[bytes]], None] = no_notice) -> Grade:
    """Grades one file as the given server. `command` is what grades, without its options; `only`
    is an expression for -k; `tier` bounds the containment from above and below; `started` is told
    the process. Raises RuntimeError if there are no results."""
    environment = {**os.environ, "PYTHON": sys.executable}
    options = ["--quick", "-k", only or server]
    if tier:
        environment[tiers.ENVIRONMENT] = tier
        options.append(f"--require-contained={tier}")
    elif FOLDER / "hostile" in path.parents:
        options.append(f"--require-contained={LEAST_TIER}")
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        (Path(folder) / f"{server}.c").write_bytes(path.read_bytes())
        result = Path(folder) / "results.json"
        words = [*command, *options, "--json", str(result), folder]
        printed = _printed(words, environment, started)
        if not result.exists():
            raise RuntimeError(f"no results for {path}: {printed[-500:]}")
        document = json.loads(result.read_text())
    return Grade({test["name"]: status_of(test) for test in document["tests"]},
                 {test["name"]: test["output"] for test in document["tests"]},
                 document["execution_time"],
                 {test["name"]: test["extra_data"]["symptom"] for test in document["tests"]})


def _printed(command: List[str], environment: Dict[str, str],
             started: Callable[[subprocess.Popen[bytes]], None]) -> str:
    """Runs a command to its end, and returns what it printed; RuntimeError after LONGEST."""
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        started(process)
        try:
            return process.communicate(timeout=LONGEST)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{' '.join(command)}: still running after {LONGEST} s") from None
        finally:
            process.kill()
