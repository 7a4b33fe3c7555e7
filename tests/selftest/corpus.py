"""The corpus that grades the grader: submissions whose header comment says what each must lose.

    /* Correct: a handler that loops over waitpid(2). */                loses nothing
    /* Buggy: one waitpid(2) a signal.                                  loses just these checks; if mp-concurrency is
     * Loses: mp-zombies                                                among them, also what is not graded without it
     * Either: mp-speedup - on one core nobody can tell                 may lose these
     * Why: merged signals leave seven of eight. */
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, FrozenSet, List, NamedTuple, Sequence

from checker.catalogue import CHECKS
from checker.outcome import FAILED, PASSED

LAB = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).with_name("submissions")
COMPILE = "compile"


class Submission(NamedTuple):
    path: Path
    title: str
    loses: FrozenSet[str]
    either: FrozenSet[str]

    @property
    def name(self) -> str:
        return str(self.path.relative_to(FOLDER))[:-2]

    @property
    def server(self) -> str:
        return self.path.parent.name + "_server"


def submission(path: Path) -> Submission:
    """Reads the header of a submission; raises ValueError if it is not of the form above."""
    header = path.read_text(errors="replace").partition("*/")[0]
    title = re.match(r"/\* (Correct|Buggy|Hostile): (.*)", header)
    if not title:
        raise ValueError(f"{path}: does not begin with /* Correct: or /* Buggy: or /* Hostile:")
    ids = [check.id for check in CHECKS if check.server == path.parent.name + "_server"]
    loses = set(" ".join(re.findall(r"\* Loses:(.*)", header)).split())
    if loses == {"nothing"}:
        loses = set()
    if loses == {COMPILE}:
        loses = set(ids)
    either = {found for found in re.findall(r"\* Either: ([a-z-]+)", header)}
    concurrency = path.parent.name + "-concurrency"
    if concurrency in loses:
        loses |= set(ids) - {path.parent.name + "-replies"}
    if concurrency in either:
        either |= set(ids)
    if "mt-races" in loses:
        either.add("mt-robustness")  # three hundred at once may race, or may not
    unknown = (loses | either) - set(ids)
    if unknown or (title[1] == "Correct" and loses | either) or (title[1] == "Buggy" and not loses):
        raise ValueError(f"{path}: a wrong list of checks that it loses: {', '.join(sorted(unknown or loses)) or 'none'}")
    return Submission(path, title[2].rstrip("* "), frozenset(loses), frozenset(either - loses))


def submissions(kinds: Sequence[str] = ("correct", "buggy")) -> List[Submission]:
    """Returns the corpus, in the same order each time."""
    return [submission(path) for kind in kinds for path in sorted((FOLDER / kind).glob("*/*.c"))]


class Grade(NamedTuple):
    """What the checker said of one submission, by check id."""
    status: Dict[str, str]
    output: Dict[str, str]
    seconds: float

    def wrong(self, wanted: Submission) -> List[str]:
        """Returns what is wrong with the verdicts, in words; nothing if all are as they must be."""
        found = []
        for id, status in sorted(self.status.items()):
            must = FAILED if id in wanted.loses else PASSED
            if status != must and not (id in wanted.either and status in (PASSED, FAILED)):
                found.append(f"{id} {status}")
        return found


def grade(path: Path, server: str, prefix: Sequence[str] = (), timeout: float = 300, only: str = "") -> Grade:
    """Grades one file as the given server with ./checker.sh; `prefix` are words before it, as taskset's; `only` is the one
    check that is wanted."""
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        (Path(folder) / f"{server}.c").write_bytes(path.read_bytes())
        result = Path(folder) / "results.json"
        done = subprocess.run([*prefix, str(LAB / "checker.sh"), "--quick", "-k", only or server, "--json", str(result), folder],
                              env={**os.environ, "PYTHON": sys.executable}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        if not result.exists():
            raise RuntimeError(f"no results for {path}: {done.stdout.decode(errors='replace')[-500:]}")
        document = json.loads(result.read_text())
    return Grade({test["name"]: test["status"] for test in document["tests"]},
                 {test["name"]: test["output"] for test in document["tests"]}, document["execution_time"])


