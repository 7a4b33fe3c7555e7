"""All gradings of the corpus that one run of the tests needs: each file once, in the background
from the start, several at a time, as a grading waits more than it computes."""
from __future__ import annotations

import concurrent.futures
import os
import threading
import time
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Set, Tuple

from checks.check import Check
from classroom.crew import Processes
from selftest import corpus
from selftest.corpus import Grade, Submission

# Gradings at a time, for each CPU. More, and the tests that run meanwhile wait for a CPU; fewer,
# and all wait for the last gradings. Where everything is graded, there is hardly anything else.
PER_CPU, PER_CPU_WHOLE = 2, 4
MOST = 32  # at a time, on whatever machine: attacks take memory


class Need(NamedTuple):
    """What a test needs: a file's grade (in a tier, "" for the best), of one check or ("") all."""
    submission: Submission
    tier: str = ""
    check: str = ""


class Job(NamedTuple):
    """One grading: a file, a tier, and the checks; all of them if there are none."""
    submission: Submission
    tier: str
    checks: Tuple[str, ...]

    def covers(self, check: str) -> bool:
        """Returns whether it grades a check, or ("") all of them."""
        return not self.checks or check in self.checks


def needs_of(parameters: Mapping[str, object]) -> Iterator[Need]:
    """Yields what a test needs, by its parameters: those whose value is a Submission, and those
    that are called `check` and `tier`."""
    check, tier = parameters.get("check", ""), parameters.get("tier", "")
    for value in parameters.values():
        if isinstance(value, Submission):
            yield Need(value, str(tier), check.id if isinstance(check, Check) else str(check))


def planned(needs: Iterable[Need], whole: bool) -> List[Job]:
    """Returns the gradings that serve all needs: each file (in each tier) once, in the order of its
    first need; with all checks if a test needs them or `whole` is true."""
    checks: Dict[Tuple[Submission, str], Set[str]] = {}
    for need in needs:
        checks.setdefault((need.submission, need.tier), set()).add(need.check)
    jobs = []
    for (submission, tier), needed in checks.items():
        everything = whole or "" in needed
        jobs.append(Job(submission, tier, () if everything else tuple(sorted(needed))))
    return jobs


class GradeOf:
    """Grades. Call it for the grade of a submission; close it to end what is still under way."""

    def __init__(self, jobs: Iterable[Job] = (), per_cpu: int = PER_CPU) -> None:
        """Begins to grade; `per_cpu` gradings at a time for each CPU."""
        workers = min(per_cpu * len(os.sched_getaffinity(0)), MOST)
        self.began = time.time()
        self.ran: Dict[str, Tuple[float, float]] = {}  # by job: wall time (seconds), from and to
        self._lock = threading.Lock()
        self._processes = Processes()
        self._pool = concurrent.futures.ThreadPoolExecutor(workers)
        self._unplanned: Dict[Need, Grade] = {}
        self._jobs = {(job.submission, job.tier): job for job in jobs}
        self._grades = {key: self._pool.submit(self._graded, job)
                        for key, job in self._jobs.items()}

    def __call__(self, submission: Submission, only: str = "", tier: str = "") -> Grade:
        """Returns the grade of a submission, or at least of the one check `only`. What was not
        planned is graded now. Raises RuntimeError if it could not be graded."""
        job = self._jobs.get((submission, tier))
        if job is not None and job.covers(only):
            return self._grades[submission, tier].result()
        need = Need(submission, tier, only)
        if need not in self._unplanned:
            self._unplanned[need] = self.again(submission, only, tier)
        return self._unplanned[need]

    def again(self, submission: Submission, only: str = "", tier: str = "") -> Grade:
        """Grades a submission now, whether it has been graded or not."""
        return self._graded(Job(submission, tier, (only,) if only else ()))

    def running_at(self, moment: float) -> List[str]:
        """Returns what was being graded at a moment (time.time())."""
        with self._lock:
            return [name for name, (begin, end) in self.ran.items() if begin <= moment <= end]

    def close(self) -> None:
        """Cancels what has not begun, ends what has, and waits for it."""
        for grade in self._grades.values():
            grade.cancel()
        self._processes.end()
        self._pool.shutdown()

    def _graded(self, job: Job) -> Grade:
        began = time.time()
        try:
            return corpus.grade(job.submission.path, job.submission.server,
                                corpus.WITH_THIS_PYTHON, " or ".join(job.checks), job.tier,
                                self._processes.started)
        finally:
            with self._lock:
                self.ran[f"{job.submission.name} {job.tier}".strip()] = (began, time.time())
