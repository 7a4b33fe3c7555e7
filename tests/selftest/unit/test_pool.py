"""Which gradings serve the needs of the tests: each file once, all checks only where needed."""
from __future__ import annotations

from pathlib import Path

from checks.catalogue import BY_ID
from selftest.corpus import Submission
from selftest.pool import Job, Need, needs_of, planned


def made_up(name: str) -> Submission:
    return Submission(Path(f"/corpus/buggy/mp/{name}.c"), "title", frozenset(), frozenset())


ONE, TWO = made_up("one"), made_up("two")


def test_parameters_say_what_a_test_needs() -> None:
    assert list(needs_of({"submission": ONE})) == [Need(ONE)]
    assert list(needs_of({"name": "x", "n": 3})) == []
    assert list(needs_of({"check": "mp-zombies", "a": ONE, "b": TWO})) == [
        Need(ONE, "", "mp-zombies"), Need(TWO, "", "mp-zombies")]
    assert list(needs_of({"check": BY_ID["mp-zombies"], "one": ONE, "tier": "T2"})) == [
        Need(ONE, "T2", "mp-zombies")]


def test_each_file_is_graded_once_in_the_order_of_its_first_need() -> None:
    needs = [Need(TWO, "", "mp-zombies"), Need(ONE, "", "mp-replies"), Need(TWO, "", "mp-memory")]
    assert planned(needs, whole=False) == [Job(TWO, "", ("mp-memory", "mp-zombies")),
                                           Job(ONE, "", ("mp-replies",))]


def test_all_checks_are_graded_where_one_test_needs_them() -> None:
    assert planned([Need(ONE, "", "mp-zombies"), Need(ONE)], whole=False) == [Job(ONE, "", ())]
    assert planned([Need(ONE, "", "mp-zombies")], whole=True) == [Job(ONE, "", ())]


def test_each_tier_is_a_grading_of_its_own() -> None:
    jobs = planned([Need(ONE, "T2"), Need(ONE, "T3")], whole=False)
    assert jobs == [Job(ONE, "T2", ()), Job(ONE, "T3", ())]


def test_what_a_grading_covers() -> None:
    assert Job(ONE, "", ()).covers("mp-zombies") and Job(ONE, "", ()).covers("")
    assert Job(ONE, "", ("mp-zombies",)).covers("mp-zombies")
    assert not Job(ONE, "", ("mp-zombies",)).covers("")
    assert not Job(ONE, "", ("mp-zombies",)).covers("mp-replies")
