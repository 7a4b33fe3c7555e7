"""./checker.sh --watch, on a terminal and without one."""
from __future__ import annotations

import contextlib
import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest

from selftest.process import PATIENCE

READY = "Waiting for a change; q or Ctrl-C quits.\n"


class Watched:
    """A checker that watches a folder; keys are typed on a terminal."""

    def __init__(self, checker: Path, folder: Path) -> None:
        self._keys, terminal = pty.openpty()
        command = ["env", "--default-signal=INT", str(checker), "--watch", "--quick",
                   "-k", "mp-replies", str(folder)]
        self.process = subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, universal_newlines=True,
                                        env={**os.environ, "PYTHON": sys.executable})
        os.close(terminal)

    def graded(self) -> str:
        """Waits until it has graded; returns what it has printed since the last time."""
        assert self.process.stdout
        printed = ""
        while not printed.endswith(READY):
            line = self.process.stdout.readline()
            assert line, printed
            printed += line
        return printed

    def type(self, keys: bytes) -> None:
        os.write(self._keys, keys)

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self._keys)


@pytest.fixture
def watched(checkout: Path, tmp_path: Path) -> Iterator[Watched]:
    """Watches the folder tmp_path/work, which holds the skeletons."""
    folder = tmp_path / "work"
    folder.mkdir()
    for name in ("mp_server.c", "mt_server.c"):
        shutil.copy(checkout / "support" / name, folder / name)
    with contextlib.closing(Watched(checkout / "checker.sh", folder)) as watched:
        yield watched


def test_a_change_is_graded_and_q_quits(watched: Watched, checkout: Path, tmp_path: Path) -> None:
    assert "mp-replies ................ failed" in watched.graded()
    shutil.copy(checkout / "solution" / "mp_server.c", tmp_path / "work" / "mp_server.c")
    printed = watched.graded().splitlines()
    assert printed[1] == "better: mp-replies: failed -> passed"
    assert printed[-2] == "Total: 6/100"
    watched.type(b"q")
    assert watched.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("number, status", [
    (signal.SIGINT, 0), (signal.SIGTERM, 128 + signal.SIGTERM)], ids=str)
def test_a_signal_ends_it_while_it_grades(watched: Watched, number: int, status: int) -> None:
    assert watched.process.stdout
    assert watched.process.stdout.readline().startswith("Grading ")
    watched.process.send_signal(number)
    assert watched.process.communicate(timeout=PATIENCE)[0] == ""
    assert watched.process.returncode == status
