"""The checker on a terminal, and where there is none."""
from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict

import pytest

from checks.catalogue import BY_ID
from selftest.gradings.checker import Checker
from selftest.process import PATIENCE


def on_a_terminal(checkout: Path, **environment: str) -> str:
    """Returns what ./checker.sh prints where standard output is a terminal."""
    ours, theirs = pty.openpty()
    command = [str(checkout / "checker.sh"), "-k", "mp-replies", str(checkout / "support")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs,
                               env={**os.environ, "PYTHON": sys.executable, "TERM": "xterm",
                                    **environment})
    os.close(theirs)
    printed = b""
    try:
        for data in iter(lambda: os.read(ours, 4096), b""):
            printed += data
    except OSError:  # EIO: the other side has been closed
        pass
    assert process.wait(PATIENCE) == 1
    os.close(ours)
    return printed.decode()


@pytest.mark.parametrize("environment, wanted", [
    ({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)], ids=str)
def test_colour_on_a_terminal_that_wants_it(checkout: Path, monkeypatch: pytest.MonkeyPatch,
                                            environment: Dict[str, str], wanted: bool) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    printed = on_a_terminal(checkout, **environment)
    assert ("\x1b[31mfailed\x1b[0m" in printed) == wanted
    assert bool(re.search(r"\x1b\[\d*m", printed)) == wanted
    assert printed.splitlines()[-1].endswith("Total: 0/100")


def test_no_colour_and_no_progress_in_a_pipe(checker: Checker) -> None:
    done = checker("-k", "replies", TERM="xterm", CLICOLOR_FORCE="1", FORCE_COLOR="1",
                   PY_COLORS="1")
    assert set(done.stdout) & set("\x1b\r\b") == set()
    beginnings = (*BY_ID, "mp: ", "mt: ", "    ", "containment: ", "Selected by -k", "To draw",
                  "Total: ")
    assert all(line.startswith(beginnings) for line in done.stdout.splitlines())
