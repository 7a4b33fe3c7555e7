"""Gradings that are interrupted, killed, or read by nobody: they end with a total, complete result
files and nothing left behind."""
from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, Tuple

import pytest

from checks.catalogue import BY_ID
from grading.outcome import FAILED
from grading.results import status_of
from selftest.gradings.checker import ONE, Checker, Grading, rows, total, total_of
from selftest.process import PATIENCE, eventually, run
from watching import procfs

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SELECTED = ("mp-replies", "mp-concurrency", "mp-processes", "mp-zombies", "mt-replies", "mt-races")
POINTS = sum(BY_ID[id].points for id in SELECTED)


def naming(folder: Path) -> List[str]:
    """Returns the command lines of processes whose command line or environment names a folder; not
    this process."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = [Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
        except OSError:
            continue
        if os.fsencode(folder) in b"".join(words) and int(pid) != os.getpid():
            found.append(words[0].decode(errors="replace"))
    return found


@pytest.fixture
def temporary(public_folder: Path) -> Iterator[Path]:
    """The folder for temporary files of a grading; everything that it starts names it."""
    folder = public_folder / "temporary"
    folder.mkdir()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def grading(checkout: Path, temporary: Path, tmp_path: Path) -> Iterator[Grading]:
    """A grading of the solution under way, which writes tmp_path/results.json."""
    words = ("-k", " or ".join(SELECTED), "--json", tmp_path / "results.json",
             checkout / "solution")
    grading = Grading(checkout / "checker.sh", *words, temporary=temporary)
    with contextlib.closing(grading):
        yield grading
    left = not eventually(lambda: not naming(temporary)) and naming(temporary)
    assert not left


def statuses(folder: Path) -> List[str]:
    """Returns the statuses in the results file, after making sure that all selected checks are
    there; so may be others, if it ended before it was known which are selected."""
    tests = json.loads((folder / "results.json").read_text())["tests"]
    assert {test["name"] for test in tests} >= set(SELECTED)
    return [status_of(test) for test in tests]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_grading_still_reports(grading: Grading, tmp_path: Path,
                                              number: signal.Signals) -> None:
    grading.first_row()
    grading.interrupt_all(number)
    out, errors = grading.process.communicate(timeout=PATIENCE)
    assert (grading.process.returncode, errors) == (128 + number, "")
    assert not naming(grading.temporary) and not list(grading.temporary.iterdir())
    assert total_of(out) < POINTS and "interrupted" in out
    assert "inconclusive" in statuses(tmp_path)


@pytest.mark.parametrize("numbers", [(signal.SIGINT, signal.SIGTERM),
                                     (signal.SIGHUP, signal.SIGINT)], ids=str)
def test_two_signals_at_once_interrupt_once(grading: Grading, tmp_path: Path,
                                            numbers: Tuple[int, int]) -> None:
    """As when a terminal is closed, or a CI job is cancelled."""
    grading.first_line()
    grading.send(*numbers)
    out, errors = grading.process.communicate(timeout=PATIENCE)
    assert errors == "" and grading.process.returncode in [128 + number for number in numbers]
    assert total_of(out) < POINTS
    assert "inconclusive" in statuses(tmp_path)


def delivered(pid: int, number: int) -> bool:
    """Returns whether a signal that was sent to a process is not pending any more."""
    return not procfs.signal_sets(pid).get("ShdPnd", 0) & 1 << (number - 1)


def test_many_signals_interrupt_once(grading: Grading, tmp_path: Path) -> None:
    grading.first_line()
    grading.send(signal.SIGTERM)
    # Of several that are pending, the kernel delivers the lowest first (signal(7)).
    assert eventually(lambda: delivered(grading.process.pid, signal.SIGTERM))
    for _ in range(200):
        if grading.process.poll() is not None:
            break
        grading.send(*SIGNALS)
    out, errors = grading.process.communicate(timeout=PATIENCE)
    assert (errors, grading.process.returncode) == ("", 128 + signal.SIGTERM)
    assert total_of(out) < POINTS
    assert "inconclusive" in statuses(tmp_path)


@pytest.mark.parametrize("depth", [1, 2], ids=["the grading process", "the process of one server"])
def test_a_grading_whose_process_is_killed_still_reports(grading: Grading, tmp_path: Path,
                                                         depth: int) -> None:
    grading.first_row()
    pid = grading.process.pid
    for _ in range(depth):
        pid = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[-1])
    os.kill(pid, signal.SIGKILL)
    out, _ = grading.process.communicate(timeout=PATIENCE)
    assert grading.process.returncode == 2
    assert total_of(out) < POINTS and "inconclusive" in out and "killed by signal 9" in out
    assert "inconclusive" in statuses(tmp_path)


def test_a_grading_that_is_killed_takes_all_with_it(grading: Grading) -> None:
    grading.first_row()
    grading.process.kill()
    assert eventually(lambda: not naming(grading.temporary))


def test_a_grading_that_nobody_reads_goes_on(grading: Grading, tmp_path: Path) -> None:
    """As ./checker.sh | head -1."""
    grading.first_line()
    assert grading.process.stdout and grading.process.stderr
    grading.process.stdout.close()
    errors = grading.process.stderr.read()
    assert (grading.process.wait(PATIENCE), errors) == (128 + signal.SIGPIPE, "")
    assert set(statuses(tmp_path)) == {"passed"}


def test_a_list_that_nobody_reads_is_no_traceback(checkout: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([str(checkout / "checker.sh"), "--list"], stdin=subprocess.DEVNULL,
                          stdout=writing, stderr=subprocess.PIPE, timeout=PATIENCE,
                          env={**os.environ, "PYTHON": sys.executable})
    os.close(writing)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")


def test_output_that_cannot_be_written_is_one_line(checkout: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(checkout / "checker.sh"), *ONE], stdin=subprocess.DEVNULL,
                              stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE,
                              env={**os.environ, "PYTHON": sys.executable})
    said = b"checker.sh: standard output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, said)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&- 2>&-"])
def test_standard_streams_may_be_closed(checkout: Path, tmp_path: Path, closed: str) -> None:
    words = f'exec "$0" --json "$1" -k mp-replies {closed}'
    done = run("sh", "-c", words, checkout / "checker.sh", tmp_path / "results.json")
    assert (done.returncode, done.stderr) == (1, "")
    tests = json.loads((tmp_path / "results.json").read_text())["tests"]
    assert [test["status"] for test in tests] == ["failed"]


def test_children_are_waited_for_even_if_sigchld_is_ignored(checkout: Path) -> None:
    """Ignored, it makes waitpid(2) fail and leaves no exit statuses; it is inherited (exec(2))."""
    done = run("env", "--ignore-signal=CHLD", sys.executable, "-E", "-B", checkout / "tests",
               "grade", *ONE)
    assert (done.returncode, done.stderr) == (1, "")
    assert (total(done), rows(done)) == (0, {"mp-replies": FAILED})


def test_it_grades_with_few_descriptors(checker: Checker, checkout: Path) -> None:
    """The soft limit is the grader's to raise; a check has 301 clients at once."""
    words = 'ulimit -S -n 64; exec "$0" --quick -k mp-robustness "$1"'
    done = run("sh", "-c", words, checkout / "checker.sh", checkout / "solution")
    assert (done.returncode, rows(done)) == (0, {"mp-robustness": "passed"}), done.stdout
