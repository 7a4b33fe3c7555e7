"""What all tests of the lab use: running a command to its end, and waiting without a fixed time."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, List, Optional

LAB = Path(__file__).resolve().parents[2]
PATIENCE = 20.0  # seconds until a test gives up on what should come at once
LONGEST = 120.0  # seconds of one command


def run(*words: object, cwd: Optional[Path] = None,
        **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, without input, and returns what it printed and its status. The
    keywords are added to its environment. Raises subprocess.TimeoutExpired after LONGEST."""
    return subprocess.run([str(word) for word in words], cwd=cwd, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LONGEST,
                          env={**os.environ, "PYTHON": sys.executable, **environment},
                          universal_newlines=True)


def interruptible(*words: object) -> List[str]:
    """Returns a command that an interrupt ends, even where the tests run in the background and so
    ignore it (env(1))."""
    return ["env", "--default-signal=INT", *map(str, words)]


def one_line(text: str) -> bool:
    """Returns whether a text is one line, as an error message should be."""
    return text.endswith("\n") and text.count("\n") == 1 and text.strip() != ""


def eventually(condition: Callable[[], object], patience: float = PATIENCE) -> bool:
    """Polls until the condition is true, and returns whether it came true in time (seconds)."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
