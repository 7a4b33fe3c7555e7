"""Grades a part of the corpus, the same each time: every check is lost by somebody, and each submission loses just what it
must. `make verdicts` grades all of it, many times and on a busy machine."""
from typing import Callable, List

import pytest

import corpus

Graded = Callable[[corpus.Submission], corpus.Grade]

ALL = corpus.submissions()
EVERY = 5


def part_of(submissions: List[corpus.Submission]) -> List[corpus.Submission]:
    """Returns every fifth submission of a kind, and more until each check is lost by two."""
    chosen = [one for number, one in enumerate(submissions) if number % EVERY == 0]
    for check in sorted({id for one in submissions for id in one.loses}):
        losers = [one for one in submissions if check in one.loses and len(one.loses) < 4]
        chosen += [one for one in losers[:2] if one not in chosen]
    return chosen


@pytest.mark.parametrize("submission", part_of(ALL), ids=lambda submission: submission.name)
def test_verdict(submission: corpus.Submission, graded: Graded) -> None:
    grade = graded(submission)
    wrong = grade.wrong(submission)
    assert not wrong, "\n".join([submission.title, *wrong, *(grade.output[line.split()[0]] for line in wrong)])


def test_every_check_is_lost_by_some_submission() -> None:
    """A check that no submission loses is not shown to find anything."""
    lost = {id for one in part_of(ALL) for id in one.loses}
    assert lost == {check.id for check in corpus.CHECKS}


@pytest.mark.parametrize("server", ["mp_server", "mt_server"])
@pytest.mark.parametrize("kind, least", [("correct", 25), ("buggy", 35)])
def test_corpus_is_large_enough(server: str, kind: str, least: int) -> None:
    assert sum(one.server == server for one in corpus.submissions([kind])) >= least
