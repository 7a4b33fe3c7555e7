"""./checker.sh as students, CI and instructors use it: runs it, and reads what it prints."""
from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Dict, Optional, Protocol

from checks.catalogue import CHECKS
from grading.outcome import FAILED
from selftest.process import one_line

ONE = ("-k", "mp-replies")  # when one check will do


class Checker(Protocol):
    """What the fixture `checker` gives: runs ./checker.sh to its end, with words and variables."""

    def __call__(self, *words: object, cwd: Optional[Path] = None,
                 **environment: str) -> subprocess.CompletedProcess[str]:
        """Returns what it printed, and its status."""


def edit(path: Path, old: str, new: str) -> None:
    """Replaces what stands just once in a file."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def total_of(text: str) -> int:
    """Returns the total, after making sure that it stands there once, and last."""
    lines = text.split("\n")
    assert [line for line in lines if line.startswith("Total")] == lines[-2:-1], text
    assert lines[-1] == "", text
    found = re.fullmatch(r"Total: (\d+)/100", lines[-2])
    assert found, text
    return int(found[1])


def total(done: subprocess.CompletedProcess[str]) -> int:
    """Returns the total of a grading."""
    return total_of(done.stdout)


def rows(done: subprocess.CompletedProcess[str]) -> Dict[str, str]:
    """Returns the status of each check that has a row. Those that share one, as they wait for
    another check, have failed: all that are left of their server."""
    row = r"^(m[pt]-[a-z]+) \.+ (\w+) \.\.\. +\d+/\d+$"
    found = dict(re.findall(row, done.stdout, re.MULTILINE))
    for server in re.findall(r"^(m[pt]): \d+ more checks wait for ", done.stdout, re.MULTILINE):
        left = [check.id for check in CHECKS if check.id.startswith(server + "-")]
        found.update({id: FAILED for id in left if id not in found})
    return found


def cannot_grade(done: subprocess.CompletedProcess[str], *words: str) -> bool:
    """Returns whether a grading ended with status 2, after one line in which the words stand."""
    silent = done.stdout == "" and one_line(done.stderr)
    named = done.stderr.startswith("checker.sh: ") and all(word in done.stderr for word in words)
    return done.returncode == 2 and silent and named


class Grading:
    """A grading under way, in a session of its own. All that it starts names `temporary`."""

    def __init__(self, command: Path, *words: object, temporary: Path) -> None:
        self.temporary = temporary
        environment = {**os.environ, "PYTHON": sys.executable, "TMPDIR": str(temporary)}
        # Interrupts may be ignored where the tests run in the background.
        self.process = subprocess.Popen(
            ["env", "--default-signal=INT", str(command), *map(str, words)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, universal_newlines=True, env=environment)

    def first_line(self) -> str:
        """Waits for the first line: checks are under way then."""
        assert self.process.stdout
        return self.process.stdout.readline()

    def first_row(self) -> None:
        """Waits for the first row."""
        assert self.process.stdout
        assert any(line.startswith("mp-replies") for line in iter(self.process.stdout.readline, ""))

    def send(self, *numbers: int) -> None:
        """Sends signals to the reporting process, as fast as it can."""
        for number in numbers:
            self.process.send_signal(number)

    def interrupt_all(self, number: int) -> None:
        """Sends a signal to all of the session's first process group, as a terminal does."""
        os.killpg(self.process.pid, number)

    def close(self) -> None:
        """Kills what is left of it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()
