"""What whole submissions score, and what a file that cannot be compiled costs."""
from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Callable, Dict

import pytest

from checks.catalogue import BY_ID, CHECKS
from grading.outcome import FAILED, PASSED
from selftest.gradings.checker import Checker, edit, rows, total


def test_the_skeleton_scores_nothing(checker: Checker) -> None:
    done = checker()
    assert (done.returncode, total(done), done.stderr) == (1, 0, "")
    assert rows(done) == {check.id: FAILED for check in CHECKS}


def test_the_solution_scores_all(checker: Checker, checkout: Path) -> None:
    done = checker(checkout / "solution")
    assert (done.returncode, total(done), done.stderr) == (0, 100, ""), done.stdout
    assert rows(done) == {check.id: PASSED for check in CHECKS}
    assert len(re.findall(r"^    measured: ", done.stdout, re.MULTILINE)) == 2


def test_a_file_that_does_not_compile_costs_its_server_alone(checker: Checker,
                                                             submission: Path) -> None:
    edit(submission / "mp_server.c", "tcp_accept(", "tcp_accept((")
    done = checker("-k", "mp or mt-replies", submission)
    assert (done.returncode, total(done)) == (1, BY_ID["mt-replies"].points)
    wanted = {check.id: FAILED for check in CHECKS if check.server == "mp_server"}
    assert rows(done) == {**wanted, "mt-replies": PASSED}
    messages = re.findall(r"^    \| (.*)$", done.stdout, re.MULTILINE)
    assert re.search(r"mp_server\.c:\d+:\d+: error: ", "\n".join(messages[:4]))
    assert "\nmp: 6 more checks wait for mp-replies ... 0/44\n" in done.stdout


def remove(path: Path) -> None:
    path.unlink()


def make_huge(path: Path) -> None:
    path.write_bytes(b" " * (2 << 20))


def make_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def make_a_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


SPOILT: Dict[Callable[[Path], None], str] = {
    remove: "no mp_server.c", make_huge: "larger than", make_a_folder: "regular file",
    make_a_pipe: "regular file", make_a_link: "cannot be read"}


@pytest.mark.parametrize("spoil", SPOILT, ids=[spoil.__name__ for spoil in SPOILT])
def test_a_file_that_cannot_be_taken_costs_its_server_alone(
        checker: Checker, submission: Path, spoil: Callable[[Path], None]) -> None:
    spoil(submission / "mp_server.c")
    done = checker("-k", "replies", submission)
    assert (done.returncode, rows(done)) == (1, {"mp-replies": FAILED, "mt-replies": PASSED})
    assert SPOILT[spoil] in done.stdout and "root:" not in done.stdout


def test_what_else_lies_in_the_folder_does_nothing(checker: Checker, submission: Path) -> None:
    for name in ("Makefile", "conftest.py", "main.c"):
        os.mkfifo(submission / name)
    (submission / "server.h").symlink_to("/dev/zero")
    make_deep(submission)
    done = checker("-k", "replies", submission)
    # Too deep for shutil.rmtree, which pytest removes old folders with.
    subprocess.run(["rm", "-r", str(submission / "deep")], check=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done) == {"mp-replies": PASSED, "mt-replies": PASSED}


def make_deep(folder: Path) -> None:
    """Makes folders in each other, deeper than a path can name."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(4000):
        os.mkdir("deep", dir_fd=at)
        below = os.open("deep", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
