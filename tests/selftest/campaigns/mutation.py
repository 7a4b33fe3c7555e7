"""What becomes of a mutant: which there are, what the checker says of one, and what that counts."""
from __future__ import annotations

import itertools
import secrets
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from grading.build import SERVERS
from grading.options import LARGEST_SEED
from grading.outcome import FAILED, INCONCLUSIVE
from selftest import corpus
from selftest.campaigns import log
from selftest.campaigns.changes import Mutant, changes, compiled, mutant
from selftest.campaigns.crew import CHECKER
from selftest.campaigns.equivalent import NOT_GRADED, reason_for
from selftest.campaigns.runs import marks_of
from selftest.process import LAB

KILLED, SURVIVES, EQUIVALENT, BY_DESIGN = "killed", "survives", "equivalent", "not graded"
SAME, COMPILER, UNCLEAR = "same code", "compiler", "inconclusive"


class Result(NamedTuple):
    """What came of one mutant: a line of the log."""
    server: str
    code: str  # Mutant.code
    changes: List[List[str]]  # of each: kind, place, line
    judge: str = ""  # the digest of the checker
    seed: int = 0  # for --seed
    at: str = ""
    seconds: float = 0.0
    compiles: bool = True
    same: bool = False  # the compiler makes the same of it as of the server
    killers: List[str] = []  # checks that failed, without those that were not graded
    unclear: List[str] = []  # checks that were inconclusive
    symptoms: Dict[str, str] = {}

    @property
    def reason(self) -> str:
        """Why it may keep all points; "" if nobody has said so."""
        return reason_for(self.server, [(kind, place) for kind, place, _ in self.changes])

    @property
    def kind(self) -> str:
        """What counts of it in the score."""
        if not self.compiles:
            return COMPILER
        if self.same:
            return SAME
        if self.killers:
            return KILLED
        if self.unclear:
            return UNCLEAR
        if not self.reason:
            return SURVIVES
        return BY_DESIGN if self.reason.startswith(NOT_GRADED) else EQUIVALENT


def path_of(name: str) -> Path:
    """Returns the file of a server by its name: mp_server, mt_server, or one of the corpus."""
    return LAB / "solution" / f"{name}.c" if name in SERVERS else corpus.FOLDER / f"{name}.c"


def graded_as(name: str) -> str:
    """Returns mp_server or mt_server."""
    return name if name in SERVERS else corpus.named(name).server


def first_order(name: str) -> List[Mutant]:
    """Returns all mutants of one change of a server."""
    source = path_of(name).read_text()
    return [mutant(name, source, change) for change in changes(source)]


def second_order(name: str, results: Dict[Tuple[str, str], Result], size: int,
                 seed: int) -> List[Mutant]:
    """Returns a sample of the mutants of two changes; `results` are those of the first order. Each
    pair's place in the sample hangs on itself and the seed alone, so that a sample stays mostly the
    same when a result changes."""
    source = path_of(name).read_text()
    found = []
    for one, other in itertools.combinations(first_order(name), 2):
        both = [results.get((name, some.code)) for some in (one, other)]
        if _worth_a_pair(both) and one.changes[0].apart(other.changes[0]):
            found.append(mutant(name, source, one.changes[0], other.changes[0]))
    return sorted(found, key=lambda pair: log.digest(f"{seed} {pair.code}"))[:size]


def _worth_a_pair(both: Sequence[Optional[Result]]) -> bool:
    """Returns whether two results of the first order are known, and are equivalent or killed by
    different checks."""
    kinds = [one.kind if one else "" for one in both]
    killers = [one.killers for one in both if one]
    return (all(kind in (KILLED, EQUIVALENT, BY_DESIGN) for kind in kinds)
            and (kinds != [KILLED, KILLED] or set(killers[0]) != set(killers[1])))


def grade(one: Mutant, unchanged: Optional[bytes], prefix: Sequence[str],
          started: Callable[[subprocess.Popen[bytes]], None]) -> Result:
    """Grades a mutant, if it is worth it; `unchanged` is what the compiler makes of the server."""
    words = [[change.kind, change.place, str(change.line)] for change in one.changes]
    result = Result(one.name, one.code, words, log.judge(), 1 + secrets.randbelow(LARGEST_SEED))
    code = compiled(one.source)
    if code is None or code == unchanged:
        return result._replace(at=log.now(), compiles=code is not None, same=code is not None)
    began, server = time.monotonic(), graded_as(one.name)
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        path = Path(folder) / f"{server}.c"
        path.write_text(one.source)
        try:
            got = corpus.grade(path, server, [*prefix, *CHECKER, f"--seed={result.seed}"],
                               started=started)
        except RuntimeError:
            return result._replace(at=log.now(), seconds=round(time.monotonic() - began, 1),
                                   unclear=["no grade"])
    marks = marks_of(got)
    failed = [id for id, status in got.status.items() if status == FAILED and id not in marks]
    return result._replace(
        at=log.now(), seconds=got.seconds, killers=failed, compiles="x" not in marks.values(),
        unclear=[id for id, status in got.status.items() if status == INCONCLUSIVE],
        symptoms={id: key for id, key in got.symptom.items() if key})
