"""What a student unpacks: no solution, nothing compiled, and it works by itself."""
from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from selftest.process import one_line, run

PRESENT = {"README.md", "guide.md", "LICENSE", "Makefile", "checker.sh", "support/mp_server.c",
           "support/client.py", "tests/README.md", "tests/sandbox/box.c", "tests/test_mt_server.py"}
ABSENT = re.compile(r"solution|selftest|classroom|skeleton|__pycache__|\.[od]$|server$")


@pytest.fixture(scope="module")
def handout(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the archive unpacks into."""
    lab = tmp_path_factory.mktemp("handout") / "lab"
    shutil.copytree(checkout, lab, symlinks=True)
    made = run("make", "-s", "-C", lab / "support")  # which must not end up in the archive
    assert made.returncode == 0, made.stderr
    packed = run("make", "-s", "handout", cwd=lab)
    assert packed.returncode == 0, packed.stderr
    archive = next(lab.glob("*.tar.gz"))
    subprocess.run(["tar", "-xzf", str(archive)], cwd=lab.parent, check=True, timeout=60)
    return next(path for path in lab.parent.iterdir() if path != lab)


def test_a_handout_holds_no_solution_and_nothing_compiled(handout: Path) -> None:
    names = {str(path.relative_to(handout)) for path in handout.rglob("*")}
    assert PRESENT - names == set()
    assert {name for name in names if ABSENT.search(name)} <= {"tests/grading/run_selftest.py"}
    assert "WNOHANG" not in "".join(path.read_text() for path in handout.glob("support/m*.c"))


def test_a_handout_grades(handout: Path) -> None:
    done = run("./checker.sh", "-k", "replies", cwd=handout)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.endswith("\nTotal: 0/100\n")


def test_a_handout_builds_and_is_cleaned(handout: Path) -> None:
    built = run("make", "-s", "build", cwd=handout)
    assert (built.returncode, built.stderr) == (0, "")
    assert run("make", "-s", "clean", cwd=handout).returncode == 0
    assert not list(handout.glob("support/*.o"))


def test_a_handout_has_no_tests_of_the_lab_itself(handout: Path) -> None:
    done = run("./checker.sh", "--selftest", cwd=handout)
    assert done.returncode == 2 and one_line(done.stderr) and "handout" in done.stderr


def test_a_handout_grades_no_class(handout: Path) -> None:
    done = run("./checker.sh", "--class", "support", cwd=handout)
    assert done.returncode == 2 and one_line(done.stderr) and "handout" in done.stderr
    assert "--class" not in run("./checker.sh", "--help", cwd=handout).stdout
