"""What several checks need to know of a server, and find out once."""
from __future__ import annotations

import os
from typing import List, Union

import pytest

from checks.verdict import CheckFailed, Inconclusive
from grading.ipc import start_process
from grading.lanes import Known


def test_what_is_known_is_not_found_out_again() -> None:
    known: Known[int] = Known()
    tries: List[int] = []

    def find() -> int:
        tries.append(1)
        return len(tries)

    assert [known(find) for _ in range(3)] == [1, 1, 1] and tries == [1]


def test_none_is_known_too() -> None:
    known: Known[None] = Known()
    tries: List[int] = []
    for _ in range(3):
        known(lambda: tries.append(1))
    assert tries == [1]


@pytest.mark.parametrize("error", [CheckFailed("done", "expected", "seen", "symptom"),
                                   Inconclusive("too busy")], ids=["failed", "inconclusive"])
def test_a_failure_is_raised_each_time_and_is_the_same(
        error: Union[CheckFailed, Inconclusive]) -> None:
    known: Known[int] = Known()
    tries: List[int] = []

    def find() -> int:
        tries.append(1)
        raise error

    for _ in range(3):
        with pytest.raises(type(error)) as caught:
            known(find)
        assert caught.value is error
    assert tries == [1]


def test_a_bug_of_the_checker_s_is_not_kept() -> None:
    known: Known[int] = Known()

    def broken() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        known(broken)
    assert known(lambda: 7) == 7


def test_what_another_process_has_found_out_is_known_here() -> None:
    known: Known[int] = Known()
    _, status = os.waitpid(start_process(lambda: known(lambda: 7)), 0)
    assert os.WEXITSTATUS(status) == 7
    assert known(lambda: 8) == 7


def test_a_failure_in_another_process_is_raised_here_with_all_its_words() -> None:
    known: Known[int] = Known()

    def fails() -> int:
        raise CheckFailed("done", "expected", ["seen", "more"], "symptom")

    os.waitpid(start_process(lambda: known(fails)), 0)
    with pytest.raises(CheckFailed) as caught:
        known(lambda: 8)
    error = caught.value
    assert (error.done, error.expected, error.seen) == ("done", "expected", ["seen", "more"])
    assert error.symptom == "symptom"
