"""What campaigns have in common that grade several at a time (classroom/crew.py) and may be
interrupted."""
from __future__ import annotations

import math
import shlex
import signal
import sys
import time
from typing import Optional

from selftest import corpus

# As corpus.CHECKER, in a session of its own: Ctrl-C reaches the campaign alone, which then ends its
# gradings, and none of them is taken for one that has ended by itself.
CHECKER = ("setsid", *corpus.CHECKER)
INTERRUPTED = 130  # exit status of a campaign that was interrupted, as a shell's


def say(line: str) -> None:
    """Prints a line at once."""
    print(line, flush=True)


def command(target: str) -> str:
    """Returns the command that has started this: `make TARGET ARGS=...`, unless make and the shell
    would take the words for something else."""
    words = " ".join(map(shlex.quote, sys.argv[1:]))
    if "$" in words or '"' in words:
        return f"PYTHONPATH=tests python3 -m selftest.campaigns.{target} {words}"
    quote = '"' if "'" in words else "'"
    return f"make {target} ARGS={quote}{words}{quote}" if words else f"make {target}"


def interruptible() -> None:
    """Makes a request to end (SIGTERM) the same as Ctrl-C, so that what is running is ended, and
    the report written over what there is. Without a terminal, too (`make ... &`)."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def shares(seconds: Optional[float], parts: int, began: float) -> float:
    """Returns how long the next of some parts may take, when all of them began at a moment
    (time.monotonic()) and have so many seconds together; None: any time."""
    if seconds is None:
        return math.inf
    return max(0.0, began + seconds - time.monotonic()) / max(1, parts)
