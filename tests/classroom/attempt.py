"""One grading of one submission: a process of its own, as whoever types ./checker.sh starts it."""
from __future__ import annotations

import errno
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Dict, List, Mapping, NamedTuple, Sequence, Tuple

from classroom.crew import Started
from classroom.model import Row
from classroom.records import PAGE, REPORT, rows_of
from console import CommandFailed, escaped
from grading import TESTS, supervisor, tools
from grading.options import Options

# The same Python, which has pytest: checker.sh would look for one each time.
CHECKER = (sys.executable, "-E", "-B", str(TESTS), "grade")
# Seconds of a whole grading, which ends by itself before. Smaller, and one that is slow is taken
# for one that hangs; larger, and one that hangs holds up the class.
LONGEST = supervisor.LONGEST + 2 * supervisor.PATIENCE
# Bytes that must be free. Smaller, and a grading fails for lack of them before this is seen;
# larger, and a small disk is refused that would do.
LEAST_FREE = 16 << 20
EMPTY = "#error not a submission\n"  # compiles fast


class Attempt(NamedTuple):
    """What a grading gave."""
    rows: Tuple[Row, ...]  # none if it gave no result
    seconds: float
    folder: Path  # where its files are
    problem: str = ""  # why there is no result, in one line
    hung: bool = False  # it would take as long again


class Checker:
    """Grades, each time in a process and a folder of its own."""

    def __init__(self, folder: Path, tier: str = "T2", command: Sequence[str] = CHECKER,
                 longest: float = LONGEST) -> None:
        """`folder` is for temporary files, and whoever gives it removes it; `tier` is the least
        containment; `command` is what grades, without its options."""
        self._folder, self._tier = folder, tier
        self._command, self._longest = list(command), longest
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._page = "html" in Options._fields

    def prepare(self) -> None:
        """Finds out whether this machine can grade at all, and has the lab's tools compiled for all
        gradings. Raises CommandFailed, in the words of the checker, if it cannot."""
        folder = self._new_folder({"mp_server": EMPTY.encode()})
        done = subprocess.run([*self._words(folder), "-k", "mp-replies", str(folder / "graded")],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, env=self._environment(), timeout=LONGEST,
                              start_new_session=True)
        if done.returncode not in (supervisor.LOST, supervisor.UNDECIDED):
            raise CommandFailed(_line(done.stderr) or f"the checker fails here: "
                                f"{_ending(done.returncode)}")
        shutil.rmtree(folder, ignore_errors=True)

    def __call__(self, sources: Mapping[str, bytes], started: Started) -> Attempt:
        """Grades some sources, by server. Raises CommandFailed if the disk is full."""
        folder = self._new_folder(sources)
        try:
            return self._graded(folder, started)
        except OSError as error:  # too many processes, or files
            self._require_space()
            return Attempt((), 0.0, folder, f"the checker cannot be started: {error.strerror}")

    def _graded(self, folder: Path, started: Started) -> Attempt:
        began = time.monotonic()
        options = ["--json", str(folder / "results.json"), "--junit", str(folder / "junit.xml")]
        if self._page:
            options += ["--html", str(folder / PAGE)]
        command = [*self._words(folder), *options, str(folder / "graded")]
        with (folder / REPORT).open("wb") as report, \
                (folder / "errors").open("w+b") as errors:
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=report, stderr=errors,
                                  env=self._environment(), start_new_session=True) as process:
                started(process)
                hung = _hung(process, self._longest)
            errors.seek(0)
            said = _line(errors.read())
        return self._judged(Attempt((), time.monotonic() - began, folder, said, hung),
                            process.returncode)

    def _judged(self, attempt: Attempt, status: int) -> Attempt:
        """Adds the rows, or why there are none."""
        if attempt.hung or status == 128 + signal.SIGALRM:
            why = f"the grading did not end in {attempt.seconds:.0f} s"
            return attempt._replace(problem=why, hung=True)
        if status not in (supervisor.ALL_PASSED, supervisor.LOST, supervisor.UNDECIDED):
            self._require_space()
            why = attempt.problem or _fault(attempt.folder) or _ending(status)
            return attempt._replace(problem=f"the checker failed: {why}")
        try:
            return attempt._replace(rows=rows_of(attempt.folder / "results.json"), problem="")
        except (OSError, ValueError) as error:
            self._require_space()
            why = f"the checker failed: no results that can be read: {error}"
            return attempt._replace(problem=_line(why.encode()))

    def _require_space(self) -> None:
        """Raises CommandFailed if the disk is full: that is no submission's fault."""
        if shutil.disk_usage(self._folder).free < LEAST_FREE:
            raise CommandFailed(f"{self._folder}: {os.strerror(errno.ENOSPC)}; free some, and give "
                                "the same command again: what was graded is kept")

    def _words(self, folder: Path) -> List[str]:
        return [*self._command, "--quick", f"--require-contained={self._tier}"]

    def _environment(self) -> Dict[str, str]:
        return {tools.ENVIRONMENT: str(self._folder / "tools"), **os.environ,
                supervisor.PARENT: str(os.getpid())}

    def _new_folder(self, sources: Mapping[str, bytes]) -> Path:
        with self._lock:
            folder = self._folder / str(next(self._numbers))
        try:
            (folder / "graded").mkdir(parents=True)
            for server, source in sources.items():
                (folder / "graded" / f"{server}.c").write_bytes(source)
        except OSError as error:
            raise CommandFailed(f"{folder} cannot be written: {error.strerror}") from None
        return folder


def _hung(process: subprocess.Popen[bytes], longest: float) -> bool:
    """Waits for a grading; returns whether it had to be ended."""
    try:
        process.wait(longest)
        return False
    except subprocess.TimeoutExpired:
        process.terminate()
    try:
        process.wait(supervisor.PATIENCE + 5)
    except subprocess.TimeoutExpired:
        process.kill()
    return True


def _line(said: bytes) -> str:
    """Returns the last line of what was said on standard error, without the command's name."""
    lines = escaped(said.decode(errors="replace"))
    return lines[-1].replace("checker.sh: ", "", 1) if lines else ""


def _fault(folder: Path) -> str:
    """Returns what the first check that could not be run says."""
    try:
        rows = rows_of(folder / "results.json")
    except (OSError, ValueError):
        return ""
    said = [row.output for row in rows if row.status == "inconclusive" and row.output]
    return _line(said[0].split("\n")[0].encode()) if said else ""


def _ending(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"ended with status {status}"
