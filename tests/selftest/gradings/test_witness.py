"""A check that passes although one of its witnesses could not be heard says so."""
from __future__ import annotations

import pytest

from grading.outcome import PASSED
from selftest import corpus
from selftest.corpus import Submission
from selftest.pool import GradeOf


@pytest.mark.parametrize("check", ["mt-races"])
@pytest.mark.parametrize("submission", [corpus.named("correct/mt/c11_detach")], ids=str)
def test_a_missing_sanitizer_is_named(submission: Submission, check: str,
                                      grade_of: GradeOf) -> None:
    grade = grade_of(submission, only=check)
    assert grade.status[check] == PASSED
    assert "checked without ThreadSanitizer: it does not know C11 threads" in grade.output[check]
