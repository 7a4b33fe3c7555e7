"""Runs of the checker over the corpus: one run is one ./checker.sh, as a student's."""
from __future__ import annotations

import argparse
import concurrent.futures
import json
import queue
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Counter as Count, List, NamedTuple, Optional, Sequence

from grading.outcome import FAILED
from selftest import corpus
from selftest.campaigns.states import STATES, State, prefixes
from selftest.corpus import Submission


class Run(NamedTuple):
    """What came of grading one submission once."""
    state: str
    name: str
    wrong: List[str]  # verdicts, in words
    failed: List[str]  # checks
    seconds: float
    said: List[str]  # the messages of the wrong ones


def recorded(log: Optional[Path], submissions: Sequence[Submission]) -> List[Run]:
    """Returns the runs of these submissions that a log holds; none if there is no log."""
    if log is None or not log.exists():
        return []
    names = {one.name for one in submissions}
    runs = [Run(**json.loads(line)) for line in log.read_text().splitlines()]
    return [run for run in runs if run.name in names]


def run_once(state: State, prefix: Sequence[str], one: Submission) -> Run:
    """Grades a submission once; `prefix` are the words before the command."""
    try:
        grade = corpus.grade(one.path, one.server, [*prefix, *corpus.CHECKER])
    except RuntimeError as error:
        return Run(state.name, one.name, [f"no grade: {error}"], [], 0.0, [])
    either = one.either
    if state.one_core and "pinned" in one.name:  # where there is one CPU, nobody has fewer
        either |= {id for id in one.loses if id.endswith("-speedup")}
    wrong = grade.wrong(one._replace(either=either))
    failed = [id for id, status in grade.status.items() if status == FAILED]
    said = [grade.output[line.split()[0]] for line in wrong]
    return Run(state.name, one.name, wrong, failed, grade.seconds, said)


def to_do(submissions: Sequence[Submission], args: argparse.Namespace, seed: int,
          done: Count[str]) -> List[Submission]:
    """Returns each submission as often as it is still to be run in one state, in a random order."""
    todo = []
    for one in submissions:
        wanted = args.wrongs if one.loses else args.rights
        todo += [one] * (wanted - done[one.name])
    random.Random(seed).shuffle(todo)
    return todo


def run_all(args: argparse.Namespace, submissions: Sequence[Submission],
            runs: List[Run]) -> List[str]:
    """Adds to the runs what is missing. Returns in words the states that are left out."""
    skipped: List[str] = []
    for number, state in enumerate(STATES):
        done = Counter(run.name for run in runs if run.state == state.name)
        todo = to_do(submissions, args, args.seed + number, done)
        if not todo or args.state and state.name not in args.state:
            continue
        try:
            with prefixes(state, args.jobs) as words:
                _run_state(args, state, words, todo, runs)
        except OSError as error:
            skipped.append(f"{state.name}: no quota can be set here ({error.strerror})")
    return skipped


def _run_state(args: argparse.Namespace, state: State, words: List[List[str]],
               todo: List[Submission], runs: List[Run]) -> None:
    """Runs what is to do in one state, as many at a time as there are first words of a command:
    each run has those that no other has at that time."""
    free: queue.Queue[List[str]] = queue.Queue()
    for prefix in words:
        free.put(prefix)

    def run(one: Submission) -> Run:
        prefix = free.get()
        try:
            return run_once(state, prefix, one)
        finally:
            free.put(prefix)
    with concurrent.futures.ThreadPoolExecutor(len(words)) as pool:
        for made in pool.map(run, todo):
            runs.append(made)
            _note(args.log, made, len(runs))


def _note(log: Optional[Path], made: Run, number: int) -> None:
    """Writes a run to the log, and says what is wrong with it, if anything is."""
    if log:
        with log.open("a") as file:
            file.write(json.dumps(made._asdict()) + "\n")
    if made.wrong:
        print(f"{made.state}: {made.name}: {'; '.join(made.wrong)}", flush=True)
    elif sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{made.state}: {number} runs")
