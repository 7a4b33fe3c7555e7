"""Headers of submissions: what they declare, and which are refused; what a wrong verdict is."""
from __future__ import annotations

from pathlib import Path

import pytest

from grading.outcome import FAILED, INCONCLUSIVE, PASSED
from selftest import corpus
from selftest.corpus import Grade, Submission

MP = {"mp-replies", "mp-concurrency", "mp-processes", "mp-zombies", "mp-descriptors",
      "mp-robustness", "mp-speedup"}


def read(folder: Path, header: str, server: str = "mp") -> Submission:
    """Returns the submission that has this header."""
    path = folder / server / "a.c"
    path.parent.mkdir()
    path.write_text(f"/* {header} */\nint a;\n")
    return corpus.submission(path)


@pytest.mark.parametrize("header, loses, either", [
    ("Correct: x.", set(), set()),
    ("Buggy: x.\n * Loses: mp-zombies", {"mp-zombies"}, set()),
    ("Buggy: x.\n * Loses: mp-zombies\n * Either: mp-speedup - why", {"mp-zombies"},
     {"mp-speedup"}),
    ("Buggy: x.\n * Loses: mp-concurrency", MP - {"mp-replies"}, set()),
    ("Buggy: x.\n * Loses: mp-zombies\n * Either: mp-concurrency - why", {"mp-zombies"},
     MP - {"mp-zombies"}),
    ("Buggy: x.\n * Loses: compile", MP, set()),
    ("Hostile: x.\n * Loses: nothing", set(), set())])
def test_what_a_header_declares(tmp_path: Path, header: str, loses: object,
                                either: object) -> None:
    found = read(tmp_path, header)
    assert (found.title, found.loses, found.either) == ("x.", loses, either)


def test_a_race_may_cost_robustness_too(tmp_path: Path) -> None:
    assert read(tmp_path, "Buggy: x.\n * Loses: mt-races", "mt").either == {"mt-robustness"}


@pytest.mark.parametrize("header, word", [
    ("Broken: x.", "begins with none"), ("Buggy: x.", "loses nothing"),
    ("Correct: x.\n * Loses: mp-zombies", "is correct"),
    ("Buggy: x.\n * Loses: mp-zombis", "no checks mp-zombis"),
    ("Buggy: x.\n * Loses: mt-memory", "no checks mt-memory")])
def test_a_wrong_header_is_refused(tmp_path: Path, header: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        read(tmp_path, header)


def test_every_submission_has_a_header_that_says_what_it_loses() -> None:
    found = corpus.submissions(["correct", "buggy", "hostile"])
    assert len({one.name for one in found}) == len(found)
    assert {one.server for one in found} == {"mp_server", "mt_server"}
    assert corpus.named(found[-1].name) == found[-1] and found[-1].hostile


def test_which_verdicts_are_wrong(tmp_path: Path) -> None:
    wanted = Submission(tmp_path, "x", frozenset({"a", "b"}), frozenset({"c", "d"}))
    status = {"a": FAILED, "b": PASSED, "c": FAILED, "d": INCONCLUSIVE, "e": FAILED, "f": PASSED}
    grade = Grade(status, {id: f"{id} says" for id in status}, 1.0)
    assert grade.wrong(wanted) == [f"b {PASSED}", f"d {INCONCLUSIVE}", f"e {FAILED}"]
    assert grade.explained(wanted).splitlines()[-3:] == ["b says", "d says", "e says"]
