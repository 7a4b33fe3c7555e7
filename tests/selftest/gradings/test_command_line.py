"""The checker's command line: what it lists, selects and refuses."""
from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Callable, List

import pytest

from checks.catalogue import BY_ID, CHECKS
from grading.outcome import FAILED, PASSED
from selftest.gradings.checker import ONE, Checker, cannot_grade, rows, total

OPTIONS = {"-k", "--list", "--json", "--junit", "--keep", "--quick", "--watch", "--help",
           "--require-contained", "--seed"}
STATUSES = ("0 all points", "1 something lost", "2 could not grade", "3 nothing lost")


def test_help_names_every_option_and_exit_status(checker: Checker) -> None:
    done = checker("--help")
    assert done.returncode == 0
    assert set(re.findall(r"(?<!\S)--?[a-z-]+", done.stdout)) >= OPTIONS
    words = " ".join(done.stdout.split())
    assert all(status in words for status in STATUSES)


def test_list_names_all_checks_and_their_points(checker: Checker) -> None:
    listed = [line.split()[:2] for line in checker("--list").stdout.splitlines()]
    assert listed == [[check.id, str(check.points)] for check in CHECKS]
    assert sum(int(points) for _, points in listed) == 100


REFUSED = [(["no such folder"], "no such folder"), (["--frobnicate"], "--frobnicate"),
           (["support", "solution"], "solution"), (["checker.sh"], "checker.sh"),
           (["-k"], "-k"), (["-k", "mp-nothing"], "mp-nothing"),
           (["-k", "mp and and"], "mp and and"), (["--json"], "--json"),
           (["--json", "/no/such/folder/results.json"], "/no/such/folder"),
           (["--json", "support"], "support"),
           (["--junit", "/no/such/folder/junit.xml"], "/no/such/folder"),
           (["--junit", "support"], "support"),
           (["--json", "/proc/results.json"], "/proc/results.json"),
           (["--keep", "support"], "not empty"), (["--keep", "/proc/kept"], "/proc/kept"),
           (["--keep", "checker.sh"], "checker.sh"), (["--seed", "x"], "--seed")]


@pytest.mark.parametrize("words, word", REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_what_cannot_be_graded_is_one_line_and_status_2(checker: Checker, checkout: Path,
                                                        words: List[str], word: str) -> None:
    assert cannot_grade(checker(*words, cwd=checkout), word)


def test_a_folder_with_neither_file_cannot_be_graded(checker: Checker, tmp_path: Path) -> None:
    assert cannot_grade(checker(tmp_path), "mp_server.c")


@pytest.fixture
def path_without(tmp_path: Path) -> Callable[[str], str]:
    """Returns a PATH on which one program is missing."""
    def without(missing: str) -> str:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in {"sh", "dirname", "id", "sleep", "make", "cc", "as", "ld"} - {missing}:
            (folder / name).symlink_to(shutil.which(name) or name)
        return str(folder)
    return without


@pytest.mark.parametrize("missing", ["cc", "make"])
def test_without_a_compiler_nothing_can_be_graded(
        checker: Checker, path_without: Callable[[str], str], missing: str) -> None:
    done = checker(*ONE, PATH=path_without(missing))
    assert cannot_grade(done, "compiler", "apt-get install")


def test_with_a_compiler_on_that_path_it_can(
        checker: Checker, path_without: Callable[[str], str]) -> None:
    done = checker(*ONE, PATH=path_without("nothing"))
    assert (done.returncode, rows(done)) == (1, {"mp-replies": FAILED})


def test_a_fault_of_the_checker_is_not_called_a_wrong_k(
        checker: Checker, path_without: Callable[[str], str]) -> None:
    done = checker(*ONE, PATH=path_without("sleep"))  # which the checker starts
    assert "no check matches" not in done.stderr


def test_k_selects_a_check_by_its_id(checker: Checker, checkout: Path) -> None:
    done = checker("-k", "mt-replies", checkout / "solution")
    points = BY_ID["mt-replies"].points
    assert (done.returncode, total(done), rows(done)) == (0, points, {"mt-replies": PASSED})
    assert f"1 of {len(CHECKS)} checks" in done.stdout


def test_k_takes_an_expression(checker: Checker) -> None:
    done = checker("-k", "replies or mt-races")
    assert set(rows(done)) == {"mp-replies", "mt-replies", "mt-races"}


def test_a_tier_that_the_machine_does_not_offer_is_refused(checker: Checker,
                                                           checkout: Path) -> None:
    done = checker("--require-contained=T3", *ONE, checkout / "solution", LAB_CONTAINMENT="T1")
    assert cannot_grade(done, "--require-contained=T3", "offers T1 only")


def test_the_tier_that_the_machine_offers_is_enough(checker: Checker, checkout: Path) -> None:
    done = checker("--require-contained=T1", *ONE, checkout / "solution", LAB_CONTAINMENT="T1")
    assert (done.returncode, rows(done)) == (0, {"mp-replies": PASSED})
    assert done.stdout.startswith("containment: T1")
