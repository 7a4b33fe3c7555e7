"""outcome.py: what an exception, or none, means for a check, and what is known of it."""
from __future__ import annotations

import json

import pytest

from checks.advice import ADVICE, GENERAL
from checks.advice.kinds import Advice, ByHand
from checks.catalogue import BY_ID, CHECKS
from checks.check import Check
from checks.verdict import CheckFailed, Inconclusive, NotGraded
from grading.outcome import (FAILED, INCONCLUSIVE, PASSED, Failure, Outcome, outcome_of,
                             referring)

CHECK = BY_ID["mp-zombies"]


def test_no_exception_passes() -> None:
    outcome = outcome_of(CHECK, None, "output", [], 1.5)
    assert outcome == Outcome("mp-zombies", PASSED, [], "", 1.5)
    assert (outcome.score, outcome.lines) == (CHECK.points, [])


def test_a_note_is_kept_though_the_check_passes() -> None:
    outcome = outcome_of(CHECK, None, "", ["ThreadSanitizer does not work here"], 0.0)
    assert (outcome.status, outcome.lines) == (PASSED, ["ThreadSanitizer does not work here"])


def failure_of(error: CheckFailed, check: Check = CHECK) -> Failure:
    outcome = outcome_of(check, error, "", [], 0.0)
    assert (outcome.status, outcome.score) == (FAILED, 0)
    assert outcome.failure
    return outcome.failure


def test_a_failure_gets_the_advice_about_its_symptom(monkeypatch: pytest.MonkeyPatch) -> None:
    advice = Advice("Who reaps?", ByHand(["ps -C NAME"], "Z"), mp="TODO 1 and 2")
    monkeypatch.setitem(ADVICE, "made-up", advice)
    assert failure_of(CheckFailed("did", "wanted", ["saw", "more"], "made-up")) == Failure(
        ["saw", "more"], "did", "wanted", "made-up", "TODO 1 and 2 of mp_server.c", "Who reaps?",
        ["server$ make mp_server && ./mp_server 2999", "client$ ps -C mp_server"])


@pytest.mark.parametrize("symptom", ["", "unheard-of", "made-up"])
def test_without_advice_a_failure_gets_general_words(
        monkeypatch: pytest.MonkeyPatch, symptom: str) -> None:
    monkeypatch.setitem(ADVICE, "made-up", Advice("Why?", ByHand(["ls"], "Z"), mt="TODO 1"))
    failure = failure_of(CheckFailed("did", "wanted", "saw", symptom))
    assert failure.where == "TODO 1 to 4 of mp_server.c"
    assert failure.think == GENERAL.think and failure.symptom == symptom
    assert "client$ P=$(pgrep -ofx './mp_server 2999')" in failure.commands


def refers(outcome: Outcome, *earlier: Outcome) -> str:
    return referring(outcome, earlier).same_as


def test_two_failures_of_one_cause() -> None:
    def lost(id: str, seen: str, symptom: str) -> Outcome:
        return outcome_of(BY_ID[id], CheckFailed("did", "wanted", seen, symptom), "", [], 0.0)

    first, second = lost("mp-zombies", "9 zombies", "k"), lost("mp-robustness", "7 zombies", "k")
    assert refers(second, first) == "mp-zombies", "numbers may differ"
    assert refers(second, first, lost("mp-speedup", "7 zombies", "k")) == "mp-zombies"
    assert refers(second) == "" and refers(lost("mp-speedup", "7 zombies", "l"), first) == ""
    assert refers(lost("mt-memory", "9 zombies", "k"), first) == "", "another file"
    assert refers(lost("mp-robustness", "9 children", "k"), first) == ""
    unnamed = lost("mp-zombies", "9 zombies", "")
    assert refers(unnamed, unnamed) == "", "nothing is known of their cause"


def test_a_note_follows_a_failure() -> None:
    outcome = outcome_of(CHECK, CheckFailed("did", "wanted", "saw"), "", ["a note"], 0.0)
    assert outcome.failure and outcome.lines == ["a note"]


def test_a_check_that_another_one_spares_is_lost() -> None:
    outcome = outcome_of(CHECK, NotGraded("not graded until it compiles"), "", ["a note"], 0.0)
    assert (outcome.status, outcome.spared) == (FAILED, True)
    assert outcome.lines == ["not graded until it compiles"]


def test_a_machine_that_does_not_let_a_check_decide() -> None:
    outcome = outcome_of(CHECK, Inconclusive("the machine was too busy"), "", [], 0.0)
    assert (outcome.status, outcome.fault, outcome.score) == (INCONCLUSIVE, False, 0)
    assert outcome.lines == ["could not tell: the machine was too busy"]


@pytest.mark.parametrize("error", [KeyError("n"), AssertionError("n"), SystemExit(3)], ids=repr)
def test_any_other_exception_is_a_fault_of_the_checker(error: BaseException) -> None:
    outcome = outcome_of(CHECK, error, "", [], 0.0)
    assert (outcome.status, outcome.fault) == (INCONCLUSIVE, True)
    assert type(error).__name__ in outcome.lines[0]


def test_an_outcome_survives_its_journey() -> None:
    for check in CHECKS:
        outcome = outcome_of(check, CheckFailed("did", "wanted", "\u2028"), "o", ["n"], 2.5)
        assert Outcome.from_dict(json.loads(json.dumps(outcome.to_dict()))) == outcome
