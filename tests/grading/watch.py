"""Grades again whenever a file of the submission changes, and shows first which verdicts have
changed."""
from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import termios
import tty
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Sequence, TextIO, Tuple

from console import Interrupted, raise_on_signals
from grading import TESTS
from grading.build import SERVERS
from grading.options import Options
from grading.outcome import PASSED
from grading.results import status_of

LOOK = 0.3  # seconds between two looks at the files
QUIT = "q"
WORSE = "worse"
# Lines that are printed beside a report and its changes. Fewer, and a change that has just left the
# terminal is not repeated; more, and one that still stands there is.
BESIDES = 3


def watch(options: Options) -> int:
    """Grades until somebody quits. Returns 0, or 128 + the signal that asked for the end."""
    raise_on_signals(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        with keys() as terminal, tempfile.TemporaryDirectory(prefix="lab-watch-") as name:
            watcher = Watcher(options, Path(name), terminal)
            while watcher.grade() and watcher.wait_for_a_change():
                pass
        return 0
    except Interrupted as error:
        return 0 if error.signal == signal.SIGINT else 128 + error.signal


class Watcher:
    """Grades a folder again and again."""

    def __init__(self, options: Options, temporary: Path, terminal: bool,
                 look: float = LOOK) -> None:
        """`terminal` says whether keys can be typed."""
        self._folder, self._terminal, self._look = options.folder, terminal, look
        self._results, self._output = temporary / "results.json", temporary / "output"
        self._command = [*command(options), "--json", str(self._results), str(options.folder)]
        self._statuses: Dict[str, str] = {}
        self._seen: List[Tuple[int, int]] = []

    def grade(self) -> bool:
        """Grades once, and prints what has changed, then what the grading prints. Returns False,
        and ends the grading, if somebody quits meanwhile."""
        self._seen = state_of(self._folder)
        print(f"Grading {self._folder} ...", flush=True)
        with contextlib.suppress(FileNotFoundError):
            self._results.unlink()
        with open(self._output, "wb") as output:
            grading = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=subprocess.STDOUT, start_new_session=True)
            try:
                while grading.poll() is None:
                    if quit_typed(self._terminal, self._look):
                        return False
            finally:
                if grading.poll() is None:
                    grading.send_signal(signal.SIGTERM)  # it ends all that it has started
                    grading.wait()
        self._show()
        return True

    def _show(self) -> None:
        after = statuses_in(self._results)
        lines = changes(self._statuses, after)
        self._statuses = after
        report = self._output.read_text(errors="replace")
        again = worse(lines) if report.count("\n") > rows_of(sys.stdout) else []
        last = f"Waiting for a change; {QUIT} or Ctrl-C quits."
        print("\n".join([*lines, report + "\n".join([*again, last])]), flush=True)

    def wait_for_a_change(self) -> bool:
        """Returns True when a file has changed, False if somebody quits before."""
        while state_of(self._folder) == self._seen:
            if quit_typed(self._terminal, self._look):
                return False
        return True


def command(options: Options) -> List[str]:
    """Returns the command that grades once with these options, but for the files and the folder."""
    words = [sys.executable, "-E", "-B", str(TESTS), "grade",
             f"--require-contained={options.required_tier}"]
    words += ["--quick"] if options.quick else []
    words += ["-k", options.expression] if options.expression else []
    words += ["--seed", str(options.seed)] if options.seed else []
    return words


@contextlib.contextmanager
def keys() -> Iterator[bool]:
    """Lets keys be read as they are typed, without Enter; yields whether there is a terminal to
    read them from."""
    if not sys.stdin.isatty():
        yield False
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield True
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def quit_typed(terminal: bool, patience: float) -> bool:
    """Waits for a key up to `patience` seconds; returns whether it is the one that quits, or the
    end of the input."""
    ready = select.select([sys.stdin] if terminal else [], [], [], patience)[0]
    if not ready:
        return False
    return os.read(sys.stdin.fileno(), 1).decode(errors="replace") in (QUIT, "")


def state_of(folder: Path) -> List[Tuple[int, int]]:
    """Returns what differs when a file of the submission has changed."""
    found = []
    for server in SERVERS:
        try:
            status = (folder / f"{server}.c").stat()
            found.append((status.st_mtime_ns, status.st_size))
        except OSError:
            found.append((0, 0))
    return found


def statuses_in(results: Path) -> Dict[str, str]:
    """Returns the status of each check in a results file; none if it was not written."""
    try:
        tests: Sequence[Mapping[str, Any]] = json.loads(results.read_text())["tests"]
    except FileNotFoundError:
        return {}
    return {test["name"]: status_of(test) for test in tests}


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> List[str]:
    """Returns a line for each check whose status is not what it was."""
    lines = []
    for id, status in after.items():
        if id in before and before[id] != status:
            lines.append(f"{_change(before[id], status)}: {id}: {before[id]} -> {status}")
    return lines


def worse(lines: Sequence[str]) -> List[str]:
    """Returns those lines of changes() that tell of a loss."""
    return [line for line in lines if line.startswith(WORSE)]


def rows_of(stream: TextIO) -> int:
    """Returns how many lines of a report stay on the terminal that the stream is, with what is
    printed besides; more than any report has if it is none: there, nothing scrolls away."""
    try:
        return os.get_terminal_size(stream.fileno()).lines - BESIDES
    except (OSError, ValueError):
        return sys.maxsize


def _change(before: str, after: str) -> str:
    if after == PASSED:
        return "better"
    return WORSE if before == PASSED else "changed"
