"""Runs of the checker over the corpus: one run is one ./checker.sh, as a student's."""
from __future__ import annotations

import argparse
import contextlib
import random
import re
import secrets
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Counter as Count, Dict, Iterable, List, NamedTuple, Sequence

from classroom.crew import Crew
from grading.options import LARGEST_SEED
from grading.outcome import FAILED, INCONCLUSIVE, PASSED
from selftest import corpus
from selftest.campaigns import log
from selftest.campaigns.crew import CHECKER, shares
from selftest.campaigns.states import STATES, State, prefixes
from selftest.corpus import Submission

# What a check that was not graded waited for, by its words, and its mark in the tables.
SPARED = (("c", re.compile("not graded until it serves clients concurrently")),
          ("r", re.compile("not graded until a single client gets")),
          ("x", re.compile("not graded until .* compiles")))


class Run(NamedTuple):
    """What came of grading one submission once: a line of the log."""
    state: str
    name: str
    code: str  # the digest of the submission, without its header
    judge: str  # the digest of the checker
    seed: int  # for --seed
    jobs: int  # gradings at the same time
    at: str  # when it ended
    seconds: float
    status: Dict[str, str]  # by check; none if there was no grade at all
    spared: Dict[str, str] = {}  # marks of SPARED, by check
    symptoms: Dict[str, str] = {}  # of advice, by check
    said: Dict[str, str] = {}  # of wrong verdicts, by check; of no check if there was no grade

    def all_killers(self) -> List[str]:
        """Returns the checks that failed by themselves, in the order of the catalogue."""
        return [id for id, status in self.status.items()
                if status == FAILED and id not in self.spared]

    def wrong(self, one: Submission) -> List[str]:
        """Returns the verdicts that are not as the submission's header says, as `mp-zombies
        passed`."""
        if not self.status:
            return ["no grade"]
        either = one.either
        if self.state == ONE_CORE and "pinned" in one.name:  # there, nobody has fewer CPUs
            either |= {id for id in one.loses if id.endswith("-speedup")}
        return corpus.Grade(self.status, {}, self.seconds).wrong(one._replace(either=either))

    def kinds(self, one: Submission) -> List[str]:
        """Returns in which ways it is wrong: FAILED (loses what it must keep), PASSED (keeps what
        it must lose), INCONCLUSIVE."""
        words = {line.split()[1] for line in self.wrong(one)}
        return [kind for kind in (FAILED, PASSED, INCONCLUSIVE)
                if kind in words or kind == INCONCLUSIVE and "grade" in words]


ONE_CORE = next(state.name for state in STATES if state.one_core)


def code_of(one: Submission) -> str:
    """Returns the digest of what is graded; a header may be amended without grading again."""
    return log.digest(one.path.read_text(errors="replace").partition("*/")[2])


def recorded(path: Path, submissions: Iterable[Submission], same_judge: bool) -> List[Run]:
    """Returns the runs that a log holds of these submissions, as they now are; only those by this
    checker if `same_judge` is true."""
    codes = {one.name: code_of(one) for one in submissions}
    found = [Run(**record) for record in log.read(path)]
    return [run for run in found if codes.get(run.name) == run.code
            and (not same_judge or run.judge == log.judge())]


def marks_of(grade: corpus.Grade) -> Dict[str, str]:
    """Returns which checks of a grade were not graded: by id, the mark of what they wait for."""
    return {id: mark for id, status in grade.status.items() if status == FAILED
            for mark, words in SPARED if words.search(grade.output[id])}


def run_once(state: State, jobs: int, one: Submission, prefix: Sequence[str],
             started: Callable[[subprocess.Popen[bytes]], None]) -> Run:
    """Grades a submission once; `prefix` are the words before the command."""
    seed = 1 + secrets.randbelow(LARGEST_SEED)
    run = Run(state.name, one.name, code_of(one), log.judge(), seed, jobs, log.now(), 0.0, {})
    began = time.monotonic()
    try:
        grade = corpus.grade(one.path, one.server, [*prefix, *CHECKER, f"--seed={seed}"],
                             started=started)
    except RuntimeError as error:
        seconds = round(time.monotonic() - began, 1)
        return run._replace(at=log.now(), seconds=seconds, said={"": str(error)})
    run = run._replace(at=log.now(), seconds=grade.seconds, status=grade.status,
                       spared=marks_of(grade),
                       symptoms={id: key for id, key in grade.symptom.items() if key})
    wrong = [line.split()[0] for line in run.wrong(one)]
    return run._replace(said={id: grade.output[id] for id in wrong})


def to_do(submissions: Sequence[Submission], args: argparse.Namespace,
          done: Count[str]) -> List[Submission]:
    """Returns each submission as often as it is still to be run in one state, in rounds, each in a
    random order, so that whenever the time is over, all have been run about as often."""
    todo: List[Submission] = []
    for number in range(max(args.rights, args.wrongs)):
        some = [one for one in submissions
                if done[one.name] <= number < (args.wrongs if one.loses else args.rights)]
        random.shuffle(some)
        todo += some
    return todo


def run_all(args: argparse.Namespace, submissions: Sequence[Submission], runs: List[Run],
            say: Callable[[str], None]) -> List[str]:
    """Adds to the runs what is missing, in one state after the other; says what is wrong. Returns
    in words the states that are left out. Raises KeyboardInterrupt if it is interrupted."""
    skipped: List[str] = []
    began = time.monotonic()
    by_name = {one.name: one for one in submissions}

    def note(run: Run) -> None:
        runs.append(run)
        log.append(args.log, run._asdict())
        wrong = run.wrong(by_name[run.name])
        if wrong:
            say(f"{run.state}: {run.name}: {'; '.join(wrong)} (--seed {run.seed})")
    states = [state for state in STATES if not args.state or state.name in args.state]
    for number, state in enumerate(states):
        done = Counter(run.name for run in runs if run.state == state.name)
        todo = to_do(submissions, args, done)
        seconds = shares(args.seconds, len(states) - number, began)
        if not todo or seconds <= 0:
            continue
        with contextlib.ExitStack() as stack:
            try:
                slots = stack.enter_context(prefixes(state, args.jobs))
            except OSError as error:
                skipped.append(f"{state.name}: it cannot be brought about here ({error.strerror})")
                continue
            crew: Crew[Submission, Run] = Crew(slots, _work(state, args.jobs), note, state.name)
            crew.do(todo, seconds)
    return skipped


def _work(state: State, jobs: int) -> Callable[[Submission, List[str], Any], Run]:
    return lambda one, prefix, started: run_once(state, jobs, one, prefix, started)
