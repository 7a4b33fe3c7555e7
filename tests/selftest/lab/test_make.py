"""The Makefile's targets that are quick, or that are wrong in a quick way."""
from __future__ import annotations

import re
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Set

import pytest

from selftest.process import LAB, one_line, run

LINTERS = ("gcc", "clang", "cppcheck", "shellcheck", "clang-format", "mypy", "flake8")
NOT_FOR_STUDENTS = {"class", "test", "bench-floor", "pictures", "mutants", "verdicts", "skeletons",
                    "diff", "handout", "gradescope", "github", "lint", "format"}


def listed(folder: Path) -> Set[str]:
    """Returns the targets that `make` alone lists."""
    done = run("make", cwd=folder)
    assert done.returncode == 0, done.stderr
    return set(re.findall(r"^make ([a-z-]+) ", done.stdout, re.MULTILINE))


def test_make_alone_lists_every_target() -> None:
    text = (LAB / "Makefile").read_text()
    phony = " ".join(re.findall(r"^\.PHONY:((?:.*\\\n)*.*)", text, re.MULTILINE))
    assert listed(LAB) == set(re.findall(r"[a-z-]+", phony)) >= NOT_FOR_STUDENTS


def test_make_without_a_solution_lists_what_works_there(own_checkout: Path) -> None:
    shutil.rmtree(own_checkout / "solution")
    assert listed(own_checkout) >= {"help", "build", "check", "bench", "clean"}
    assert not listed(own_checkout) & NOT_FOR_STUDENTS


@pytest.mark.parametrize("target", ["diff", "skeletons", "handout", "github", "bench-floor"])
def test_what_needs_the_solution_says_so(own_checkout: Path, target: str) -> None:
    shutil.rmtree(own_checkout / "solution")
    done = run("make", "-s", target, cwd=own_checkout)
    assert done.returncode == 2 and "handout" in done.stderr.splitlines()[0]


def test_gradescope_finds_its_two_scripts_at_the_top(own_checkout: Path) -> None:
    done = run("make", "-s", "gradescope", cwd=own_checkout)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(own_checkout / "build" / "gradescope.zip") as archive:
        modes = {one.filename: one.external_attr >> 16 & 0o111 for one in archive.infolist()}
        setup = archive.read("setup.sh").decode()
    assert modes == {"setup.sh": 0o111, "run_autograder": 0o111, "concurrent-servers.tar.gz": 0}
    assert "source/concurrent-servers.tar.gz" in setup


def test_diff_shows_what_differs(own_checkout: Path) -> None:
    done = run("make", "-s", "diff", "DIR=support", cwd=own_checkout)
    assert done.returncode == 0 and done.stderr == ""
    assert re.findall(r"^\+\+\+ (\S+)", done.stdout, re.MULTILINE) == [
        "solution/mp_server.c", "solution/mt_server.c"]
    assert "waitpid(-1, NULL, WNOHANG)" in done.stdout


def test_diff_of_the_solution_with_itself_is_empty(own_checkout: Path) -> None:
    done = run("make", "-s", "diff", "DIR=solution", cwd=own_checkout)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_diff_without_a_submission_says_what_is_missing(own_checkout: Path) -> None:
    (own_checkout / "support" / "mt_server.c").unlink()
    done = run("make", "-s", "diff", cwd=own_checkout)
    assert done.returncode == 2 and done.stdout == ""
    assert "support/mt_server.c" in done.stderr.splitlines()[0]


@pytest.fixture
def few_tools(tmp_path: Path) -> str:
    """A PATH with the usual tools and Python, and no linter."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "make", "sed", "awk", "find", "dirname", "sort", "xargs"):
        (folder / name).symlink_to(shutil.which(name) or name)
    (folder / "python3").symlink_to(sys.executable)
    return str(folder)


def test_lint_names_the_tools_that_are_missing(own_checkout: Path, few_tools: str) -> None:
    done = run("make", "-s", "lint", cwd=own_checkout, PATH=few_tools)
    said = done.stdout + done.stderr
    assert all(name in said for name in LINTERS), said


def test_lint_of_a_drifted_skeleton_fails(own_checkout: Path, few_tools: str) -> None:
    (own_checkout / "support" / "mp_server.c").write_text("int drift;\n")
    done = run("make", "-s", "lint", cwd=own_checkout, PATH=few_tools)
    assert done.returncode != 0 and "support/mp_server.c" in done.stdout + done.stderr


def test_clean_leaves_what_was_there(own_checkout: Path) -> None:
    before = {path for path in own_checkout.rglob("*") if "__pycache__" not in path.parts}
    assert run("make", "-s", "build", cwd=own_checkout).returncode == 0
    assert run("make", "-s", "clean", cwd=own_checkout).returncode == 0
    assert {path for path in own_checkout.rglob("*") if "__pycache__" not in path.parts} == before


def test_a_broken_option_of_the_bench_reaches_it(own_checkout: Path) -> None:
    done = run("make", "-s", "bench", "ARGS=--clients 0", cwd=own_checkout)
    assert done.returncode == 2 and one_line(done.stderr.partition("make")[0])
