"""What a student is told about the common bugs: every message has the same six lines, and names the
symptom of its own bug."""
from __future__ import annotations

import re
from typing import Dict, List, Tuple

import pytest

from checks.catalogue import BY_ID, CHECKS
from selftest import corpus
from selftest.corpus import Submission
from selftest.gradings.says import EXPLAINED, SAYS
from selftest.pool import GradeOf

KEYS = ["done", "expected", "seen", "where", "think", "by hand"]
NOT_CONCURRENT = "not graded until it serves clients concurrently"


def submission_of(check: str, name: str) -> Submission:
    """Returns a submission of SAYS, by its check and its name there."""
    return corpus.named(f"buggy/{check[:2]}/{name}")


def lines_of(message: str) -> Dict[str, str]:
    """Returns what a message says, by its keys, in order."""
    lines: List[Tuple[str, str]] = re.findall(r"^([a-z ]+): +(.+)$", message, re.MULTILINE)
    return dict(lines[:len(KEYS)])


FAMILIES = [pytest.param(check, submission_of(check, name), id=f"{check}-{name}")
            for check, names in SAYS.items() for name in names]
EXPLANATIONS = [pytest.param(check, submission_of(check, name), id=f"{check}-{name}")
                for check, names in EXPLAINED.items() for name in names]
# Fail at one call, and print what it says: corpus file, check.
WARNING = [pytest.param("mp-robustness", submission_of("mp-robustness", "exits_when_fork_fails"),
                        r"mp_server: Fork error", id="fork"),
           pytest.param("mt-robustness", submission_of("mt-robustness", "create_failure_exits"),
                        r"mt_server: .*Resource temporarily unavailable", id="pthread_create")]
ONE_AT_A_TIME = [submission_of("mp-concurrency", "wait_at_once"),
                 submission_of("mt-concurrency", "mutex_around_service")]


@pytest.mark.parametrize("check, submission", FAMILIES)
def test_a_message_names_its_own_bug_s_symptom(grade_of: GradeOf, check: str,
                                               submission: Submission) -> None:
    """And no sibling's does. What can be seen depends on the moment, on a busy machine: a second
    look is allowed."""
    pattern = re.compile(SAYS[check][submission.path.stem], re.MULTILINE)
    message = grade_of(submission, check).output[check]
    if not pattern.search(message):
        message = grade_of.again(submission, check).output[check]
    assert pattern.search(message), message
    siblings = [submission_of(check, name) for name in SAYS[check]]
    assert [sibling.name for sibling in siblings if sibling != submission
            and pattern.search(grade_of(sibling, check).output[check])] == []


@pytest.mark.parametrize("check, submission", FAMILIES)
def test_a_message_has_its_six_lines(grade_of: GradeOf, check: str,
                                     submission: Submission) -> None:
    lines = lines_of(grade_of(submission, check).output[check])
    assert list(lines) == KEYS
    assert lines["where"] == BY_ID[check].where
    assert lines["by hand"].startswith(f"./{BY_ID[check].server} 2999; then")
    assert "PID" not in lines["by hand"]


@pytest.mark.parametrize("check, submission", EXPLANATIONS)
def test_a_message_explains_itself(grade_of: GradeOf, check: str, submission: Submission) -> None:
    """What was done, what was expected, and what to think about fit this bug."""
    lines = lines_of(grade_of(submission, check).output[check])
    for key, pattern in EXPLAINED[check][submission.path.stem].items():
        assert re.search(pattern, lines[key]), f"{key}: {lines[key]}"


@pytest.mark.parametrize("check, submission, said", WARNING)
def test_the_server_s_own_last_words_come_last(grade_of: GradeOf, check: str,
                                               submission: Submission, said: str) -> None:
    lines = grade_of(submission, check).output[check].splitlines()
    assert len(lines) > len(KEYS)
    assert all(line.startswith("| ") for line in lines[len(KEYS):])
    assert re.search(said, lines[-1])


@pytest.mark.parametrize("submission", ONE_AT_A_TIME, ids=[one.name for one in ONE_AT_A_TIME])
def test_what_needs_concurrency_is_not_graded_without_it(grade_of: GradeOf,
                                                         submission: Submission) -> None:
    messages = grade_of(submission).output
    spared = [check.id for check in CHECKS if check.server == submission.server][2:]
    assert {messages[id] for id in spared} == {NOT_CONCURRENT}
