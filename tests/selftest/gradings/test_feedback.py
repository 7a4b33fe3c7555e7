"""What a student is told about the common bugs: every message has the same parts, and names the
symptom of its own bug."""
from __future__ import annotations

import re
from typing import Dict, List, Tuple

import pytest

from checks.advice import advice_for
from checks.catalogue import CHECKS
from grading.message import COLUMNS, INDENT
from selftest import corpus
from selftest.corpus import Grade, Submission
from selftest.gradings.says import EXPLAINED, SAYS
from selftest.pool import GradeOf

KEYS = ["done", "expected", "where", "think"]
NOT_CONCURRENT = "not graded until it serves clients concurrently"
TERMINALS = "by hand:  in support/, with two terminals"


def submission_of(check: str, name: str) -> Submission:
    """Returns a submission of SAYS, by its check and its name there."""
    return corpus.named(f"buggy/{check[:2]}/{name}")


def unwrapped(message: str) -> str:
    """Returns a message with each of its texts in one line again."""
    return re.sub(r"\n {4,}(?=\S)", " ", message)


def lines_of(message: str) -> Dict[str, str]:
    """Returns what a message says, by its keys, in order."""
    pattern = rf"^({'|'.join(KEYS)}): +(.+)$"
    lines: List[Tuple[str, str]] = re.findall(pattern, unwrapped(message), re.MULTILINE)
    return dict(lines)


FAMILIES = [pytest.param(check, submission_of(check, name), id=f"{check}-{name}")
            for check, names in SAYS.items() for name in names]
EXPLANATIONS = [pytest.param(check, submission_of(check, name), id=f"{check}-{name}")
                for check, names in EXPLAINED.items() for name in names]
# Fail at one call, and print what it says: corpus file, check.
WARNING = [pytest.param("mp-robustness", submission_of("mp-robustness", "exits_when_fork_fails"),
                        r"mp_server: Fork error", id="fork"),
           pytest.param("mt-robustness", submission_of("mt-robustness", "create_failure_exits"),
                        r"mt_server: pthread_create: (Resource temporarily|Operation not)",
                        id="pthread_create")]
ONE_AT_A_TIME = [submission_of("mp-concurrency", "wait_at_once"),
                 submission_of("mt-concurrency", "mutex_around_service")]


def words_of(grade: Grade, check: str) -> str:
    """Returns the part of a message that is about what was seen, unwrapped."""
    return unwrapped(grade.output[check]).partition("\nwhere: ")[0]


@pytest.mark.parametrize("check, submission", FAMILIES)
def test_a_message_names_its_own_bug_s_symptom(grade_of: GradeOf, check: str,
                                               submission: Submission) -> None:
    """And no sibling's does. What can be seen depends on the moment, on a busy machine: a second
    look is allowed."""
    symptom, pattern = SAYS[check][submission.path.stem]
    grade = grade_of(submission, check)
    if not re.search(pattern, words_of(grade, check), re.MULTILINE):
        grade = grade_of.again(submission, check)
    assert re.search(pattern, words_of(grade, check), re.MULTILINE), grade.output[check]
    assert grade.symptom[check] == symptom
    siblings = [submission_of(check, name) for name in SAYS[check]]
    assert [sibling.name for sibling in siblings if sibling != submission
            and re.search(pattern, words_of(grade_of(sibling, check), check), re.MULTILINE)] == []


@pytest.mark.parametrize("check, submission", FAMILIES)
def test_a_message_has_all_its_parts(grade_of: GradeOf, check: str,
                                     submission: Submission) -> None:
    """In order, within 80 columns; the commands are those of the symptom."""
    grade = grade_of(submission, check)
    message = grade.output[check]
    assert not message.startswith(tuple(key + ":" for key in KEYS)), "the verdict comes first"
    assert list(lines_of(message)) == KEYS
    advice = advice_for(submission.server, grade.symptom[check])
    assert advice, f"no advice about {grade.symptom[check]}"
    shown, _, commands = message.partition(TERMINALS + "\n")
    assert commands.splitlines() == ["  " + line for line in advice.commands(submission.server)]
    assert all(len(line) <= COLUMNS - INDENT for line in message.splitlines())


@pytest.mark.parametrize("check, submission", EXPLANATIONS)
def test_a_message_explains_itself(grade_of: GradeOf, check: str, submission: Submission) -> None:
    """What was done, what was expected, and what to think about fit this bug."""
    lines = lines_of(grade_of(submission, check).output[check])
    for key, pattern in EXPLAINED[check][submission.path.stem].items():
        assert re.search(pattern, lines[key]), f"{key}: {lines[key]}"


@pytest.mark.parametrize("check, submission, said", WARNING)
def test_the_server_s_own_last_words_follow_what_was_seen(grade_of: GradeOf, check: str,
                                                          submission: Submission,
                                                          said: str) -> None:
    lines = unwrapped(grade_of(submission, check).output[check]).splitlines()
    own = [line for line in lines if line.startswith("| ")]
    assert own and re.search(said, own[-1])
    after = lines.index(own[-1]) + 1
    assert lines[after].startswith("where: "), "what follows is what to do about it"


@pytest.mark.parametrize("submission", ONE_AT_A_TIME, ids=[one.name for one in ONE_AT_A_TIME])
def test_what_needs_concurrency_is_not_graded_without_it(grade_of: GradeOf,
                                                         submission: Submission) -> None:
    messages = grade_of(submission).output
    spared = [check.id for check in CHECKS if check.server == submission.server][2:]
    assert {messages[id] for id in spared} == {NOT_CONCURRENT}
