"""Grades a part of the corpus, the same each time: every check is lost by somebody, and each
submission loses just what it must. With --whole, all of the corpus; `make verdicts` grades all of
it many times, and on a busy machine."""
from __future__ import annotations

from typing import List, Tuple

import pytest

from checks.catalogue import CHECKS
from selftest import corpus
from selftest.corpus import Submission
from selftest.gradings.says import SAYS
from selftest.pool import GradeOf

EVERY = 6
LOSERS = 1  # of each check


def worth(one: Submission) -> Tuple[bool, int]:
    """Returns what sorts submissions that lose a check: first those which are graded anyhow, for
    their message, and those which lose little else."""
    said = any(one.path.stem in SAYS.get(check, {}) for check in one.loses)
    return not said, len(one.loses)


def part_of(submissions: List[Submission]) -> List[Submission]:
    """Returns every sixth correct submission, and one that loses each check."""
    correct = [one for one in submissions if not one.loses]
    chosen = correct[::EVERY]
    for check in CHECKS:
        losers = sorted((one for one in submissions if check.id in one.loses), key=worth)
        chosen += [one for one in losers[:LOSERS] if one not in chosen]
    return chosen


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "submission" in metafunc.fixturenames:
        submissions = corpus.submissions()
        if not metafunc.config.getoption("whole"):
            submissions = part_of(submissions)
        metafunc.parametrize("submission", submissions, ids=str)


def test_verdict(submission: Submission, grade_of: GradeOf) -> None:
    grade = grade_of(submission)
    assert not grade.wrong(submission), grade.explained(submission)
