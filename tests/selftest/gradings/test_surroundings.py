"""Where the checker is called from, what lies there, and the environment change nothing."""
from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from grading.outcome import FAILED, PASSED
from selftest.gradings.checker import ONE, Checker, rows, total
from selftest.process import run


def test_it_runs_from_anywhere_and_in_folders_with_blanks(checkout: Path,
                                                          public_folder: Path) -> None:
    lab = public_folder / "a lab's; \u00fc"
    shutil.copytree(checkout, lab, symlinks=True)
    shutil.copytree(lab / "solution", public_folder / "my work")
    done = run(lab / "checker.sh", *ONE, "my work", cwd=public_folder)
    assert (done.returncode, rows(done), done.stderr) == (0, {"mp-replies": PASSED}, "")


def listing(folder: Path) -> Dict[str, float]:
    """Returns when each file below a folder was changed."""
    return {str(path): path.stat().st_mtime for path in folder.rglob("*")}


def test_it_leaves_nothing_behind_in_the_checkout(own_checkout: Path, tmp_path: Path) -> None:
    before, temporary = listing(own_checkout), tmp_path / "temporary"
    temporary.mkdir()
    done = run(own_checkout / "checker.sh", *ONE, cwd=own_checkout, TMPDIR=str(temporary))
    assert total(done) == 0
    assert listing(own_checkout) == before and list(temporary.iterdir()) == []


@pytest.fixture
def read_only(checkout: Path, public_folder: Path) -> Iterator[Path]:
    """A copy of the lab that nobody but root can write to."""
    lab = public_folder / "read-only"
    shutil.copytree(checkout, lab, symlinks=True)
    subprocess.run(["chmod", "-R", "a-w,a+rX", str(lab)], check=True)
    yield lab
    subprocess.run(["chmod", "-R", "u+w", str(lab)], check=True)
    shutil.rmtree(lab)


def test_it_runs_on_a_read_only_checkout_as_anybody(read_only: Path,
                                                    unprivileged: List[str]) -> None:
    if run(*unprivileged, sys.executable, "-c", "import pytest").returncode:
        pytest.skip("this Python is not for everybody")
    done = run(*unprivileged, read_only / "checker.sh", "-k", "replies", read_only / "solution",
               cwd=read_only, HOME="/nonexistent")
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done) == {"mp-replies": PASSED, "mt-replies": PASSED}
    assert not list(read_only.rglob("__pycache__"))


PLANTED = ("conftest.py", "json.py", "re.py", "pytest.py", "sitecustomize.py", "usercustomize.py",
           "argparse.py", "console.py", "grading.py", "checks.py", "startup.py",
           "test_mp_server.py", "setup.py")


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A folder with files that Python or pytest might run by mistake; they would leave a file named
    ran."""
    folder = tmp_path / "planted"
    folder.mkdir()
    ran = str(tmp_path / "ran")
    for name in PLANTED:
        (folder / name).write_text(f"open({ran!r}, 'a').write({name!r} + '\\n')\n")
    for name, section in (("pytest.ini", "pytest"), ("tox.ini", "pytest"),
                          ("setup.cfg", "tool:pytest")):
        (folder / name).write_text(f"[{section}]\naddopts = --collect-only\n")
    return folder


def unaffected(done: subprocess.CompletedProcess[str], planted: Path) -> bool:
    """Returns whether nothing of the folder was run, and the skeleton lost its check."""
    ran = planted.parent / "ran"
    assert not ran.exists(), ran.read_text()
    return (done.returncode, rows(done), done.stderr) == (1, {"mp-replies": FAILED}, "")


def test_files_planted_in_the_submission_do_nothing(checker: Checker, checkout: Path,
                                                    planted: Path) -> None:
    for name in ("mp_server.c", "mt_server.c"):
        shutil.copy(checkout / "support" / name, planted)
    assert unaffected(checker(*ONE, planted), planted)


def test_files_planted_in_the_current_folder_do_nothing(checker: Checker, planted: Path) -> None:
    assert unaffected(checker(*ONE, cwd=planted), planted)


def test_python_s_and_pytest_s_environment_does_nothing(checker: Checker, planted: Path) -> None:
    done = checker(*ONE, PYTHONPATH=str(planted), PYTHONSTARTUP=str(planted / "startup.py"),
                   PYTEST_PLUGINS="argparse", PYTEST_ADDOPTS="--collect-only",
                   PYTHONOPTIMIZE="2", PYTHONINSPECT="1")
    assert unaffected(done, planted)


VARIABLES = [{"CFLAGS": "-Dmain=x", "MAKEFLAGS": "-n", "CC": "false", "LDFLAGS": "-lnothing",
              "PROBE": "delay", "MALLOC_PERTURB_": "1"},
             {"GCC_EXEC_PREFIX": "/nonexistent"}]


@pytest.mark.parametrize("variables", VARIABLES, ids=min)
def test_the_environment_reaches_neither_compiler_nor_server(
        checkout: Path, variables: Dict[str, str]) -> None:
    words = [f"{name}={value}" for name, value in {**variables, "LAB_TOOLS": ""}.items()]
    done = run("env", *words, checkout / "checker.sh", *ONE, checkout / "solution")
    assert rows(done) == {"mp-replies": PASSED}
