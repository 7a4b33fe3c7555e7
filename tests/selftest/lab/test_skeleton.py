"""The skeletons, the program that makes them, and the two Makefiles."""
from __future__ import annotations

import difflib
import re
import shutil
from pathlib import Path
from typing import Callable, Dict, List

import pytest

from selftest.process import LAB, one_line, run

NAMES = ("mp_server.c", "mt_server.c")
MARKER = re.compile(r"^\s*/\* (?:END )?TODO \d+\b.*$", re.MULTILINE)
BROKEN: Dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path.unlink(),
    "binary": lambda path: path.write_bytes(b"\xff\xfe"),
    "unpaired": lambda path: path.write_text("/* END TODO 1 */\n"),
}


def lines(part: str, name: str) -> List[str]:
    """Returns a file of the lab by lines."""
    return (LAB / part / name).read_text().splitlines()


def test_the_skeletons_are_what_the_solution_makes(checkout: Path) -> None:
    done = run("python3", checkout / "solution" / "skeleton.py", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", NAMES)
def test_check_reports_drift_and_changes_nothing(own_checkout: Path, name: str) -> None:
    drifted = own_checkout / "support" / name
    drifted.write_text("drift\n")
    done = run("python3", own_checkout / "solution" / "skeleton.py", "--check")
    assert done.returncode == 1 and one_line(done.stderr) and f"support/{name}" in done.stderr
    assert "make skeletons" in done.stderr and drifted.read_text() == "drift\n"
    assert run("make", "skeletons", cwd=own_checkout).returncode == 0
    assert drifted.read_bytes() == (LAB / "support" / name).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_check_reports_a_missing_skeleton(own_checkout: Path, name: str) -> None:
    missing = own_checkout / "support" / name
    missing.unlink()
    done = run("python3", own_checkout / "solution" / "skeleton.py", "--check")
    assert done.returncode == 1 and not missing.exists()


@pytest.mark.parametrize("change", BROKEN)
def test_a_broken_solution_is_one_line_and_the_skeleton_stays(own_checkout: Path,
                                                              change: str) -> None:
    BROKEN[change](own_checkout / "solution" / "mp_server.c")
    for words in ((), ("--check",)):
        done = run("python3", own_checkout / "solution" / "skeleton.py", *words)
        assert done.returncode == 1 and one_line(done.stderr)
        assert "solution/mp_server.c" in done.stderr
    assert (own_checkout / "support" / "mp_server.c").read_text().splitlines() == lines(
        "support", "mp_server.c")


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_only_adds_lines(name: str) -> None:
    delta = difflib.ndiff(lines("support", name), lines("solution", name))
    changes = [line[:1] for line in delta]
    assert "-" not in changes and changes.count("+") >= 3


@pytest.mark.parametrize("name", NAMES)
def test_three_to_five_todos_are_in_both(name: str) -> None:
    given = MARKER.findall("\n".join(lines("support", name)))
    solved = MARKER.findall("\n".join(lines("solution", name)))
    assert given == solved and 3 <= len(given) / 2 <= 5
    assert len(re.findall(r"\bEND TODO \d", "".join(given))) == len(given) / 2


@pytest.mark.parametrize("part", ["support", "solution"])
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_all_compiles_without_a_warning(own_checkout: Path, compiler: str, part: str) -> None:
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    done = run("make", "-s", "-C", own_checkout / part, f"CC={compiler} -Werror")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    made = {path.name for path in (own_checkout / part).glob("*server")}
    assert made == {"mp_server", "mt_server"} | ({"server"} if part == "support" else set())


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_solution_is_an_error_not_the_skeleton(own_checkout: Path, name: str) -> None:
    (own_checkout / "solution" / name).unlink()
    done = run("make", "-k", "-C", own_checkout / "solution")
    assert done.returncode != 0 and name in done.stderr
    assert not (own_checkout / "solution" / name[:-2]).exists()


@pytest.mark.parametrize("part", ["support", "solution"])
def test_what_depends_on_a_header_is_made_again(own_checkout: Path, part: str) -> None:
    folder = own_checkout / part
    assert run("make", "-s", "-C", folder).returncode == 0
    assert run("make", "-q", "-C", folder).returncode == 0
    (own_checkout / "support" / "server.h").touch()
    assert run("make", "-q", "-C", folder).returncode == 1
    assert run("make", "-s", "-C", folder, "clean").returncode == 0
    assert not list(folder.glob("*.[od]"))
