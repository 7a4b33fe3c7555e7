"""outcome.py: what an exception, or none, means for a check, and what is said about it."""
from __future__ import annotations

import json

import pytest

from checks.catalogue import BY_ID, CHECKS
from checks.verdict import CheckFailed, Inconclusive, NotGraded
from grading.outcome import FAILED, INCONCLUSIVE, PASSED, Outcome, outcome_of

CHECK = BY_ID["mp-zombies"]


def test_no_exception_passes() -> None:
    outcome = outcome_of(CHECK, None, "output", [], 1.5)
    assert outcome == Outcome("mp-zombies", PASSED, [], "", 1.5)
    assert (outcome.score, outcome.message) == (CHECK.points, [])


def test_a_note_is_shown_though_the_check_passes() -> None:
    outcome = outcome_of(CHECK, None, "", ["ThreadSanitizer does not work here"], 0.0)
    assert (outcome.status, outcome.message) == (PASSED, ["ThreadSanitizer does not work here"])


def test_a_failure_is_explained_with_the_check_s_own_words() -> None:
    outcome = outcome_of(CHECK, CheckFailed("did", "wanted", "saw"), "", [], 0.0)
    assert (outcome.status, outcome.score) == (FAILED, 0)
    assert [line.split(":")[0] for line in outcome.lines] == [
        "done", "expected", "seen", "where", "think", "by hand"]
    text = "\n".join(outcome.lines)
    assert CHECK.where in text and CHECK.hint in text
    assert CHECK.by_hand.replace("PID", "$(pgrep -o -x mp_server)") in text


def test_a_failure_s_own_hint_and_commands_win() -> None:
    error = CheckFailed("did", "wanted", "saw", hint="Look there.", by_hand="kill PID")
    text = "\n".join(outcome_of(CHECK, error, "", [], 0.0).lines)
    assert "think:    Look there." in text and CHECK.hint not in text
    assert text.endswith("kill $(pgrep -o -x mp_server)")


def test_a_note_follows_a_failure() -> None:
    outcome = outcome_of(CHECK, CheckFailed("did", "wanted", "saw"), "", ["a note"], 0.0)
    assert outcome.lines[-1] == "a note"


def test_a_check_that_another_one_spares_is_lost() -> None:
    outcome = outcome_of(CHECK, NotGraded("not graded until it compiles"), "", ["a note"], 0.0)
    assert (outcome.status, outcome.spared) == (FAILED, True)
    assert outcome.message == ["not graded until it compiles"]


def test_a_machine_that_does_not_let_a_check_decide() -> None:
    outcome = outcome_of(CHECK, Inconclusive("the machine was too busy"), "", [], 0.0)
    assert (outcome.status, outcome.fault, outcome.score) == (INCONCLUSIVE, False, 0)
    assert outcome.message == ["could not tell: the machine was too busy"]


@pytest.mark.parametrize("error", [KeyError("n"), AssertionError("n"), SystemExit(3)], ids=repr)
def test_any_other_exception_is_a_fault_of_the_checker(error: BaseException) -> None:
    outcome = outcome_of(CHECK, error, "", [], 0.0)
    assert (outcome.status, outcome.fault) == (INCONCLUSIVE, True)
    assert type(error).__name__ in outcome.message[0]


def test_output_is_escaped_and_marked_with_bars() -> None:
    outcome = Outcome("mp-zombies", FAILED, ["seen: \x1b[2J"], "Total: 100/100\n\x07\n")
    assert outcome.message == ["seen: \\x1b[2J", "| Total: 100/100", "| \\x07"]


def test_an_outcome_survives_its_journey() -> None:
    for check in CHECKS:
        outcome = outcome_of(check, CheckFailed("did", "wanted", "\u2028"), "o", ["n"], 2.5)
        assert Outcome.from_dict(json.loads(json.dumps(outcome.to_dict()))) == outcome
