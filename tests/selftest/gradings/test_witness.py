"""A check that passes although one of its witnesses could not be heard says so."""
from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from grading.outcome import PASSED
from selftest import corpus
from selftest.corpus import Submission
from selftest.pool import GradeOf
from selftest.process import run


@pytest.mark.parametrize("check", ["mt-races"])
@pytest.mark.parametrize("submission", [corpus.named("correct/mt/tsan_own_limit")], ids=str)
def test_a_missing_sanitizer_is_named(submission: Submission, check: str,
                                      grade_of: GradeOf) -> None:
    grade = grade_of(submission, only=check)
    assert grade.status[check] == PASSED
    assert "checked without ThreadSanitizer: " in grade.output[check]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"),
                    reason="needs root's right to give rights up")
def test_a_fork_fails_though_no_limit_binds(checkout: Path, tmp_path: Path) -> None:
    """As in a container where root may not become another user: nothing limits how many processes
    root has. The box, whom the kernel asks (seccomp_unotify(2), Linux 5.5), lets it fail."""
    results = tmp_path / "results.json"
    run("setpriv", "--inh-caps=-setuid,-setgid", "--bounding-set=-setuid,-setgid",
        checkout / "checker.sh", "--quick", "-k", "mp-robustness", "--json", results,
        checkout / "solution")
    [test] = json.loads(results.read_text())["tests"]
    assert test["status"] == PASSED and "not tried" not in test["output"]
