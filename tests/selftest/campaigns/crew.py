"""Gradings several at a time, until all are done, the time is over, or somebody interrupts."""
from __future__ import annotations

import concurrent.futures
import math
import shlex
import signal
import subprocess
import sys
import threading
import time
from typing import Callable, Dict, Generic, List, Optional, Sequence, Set, TypeVar

from console import Progress
from selftest import corpus

T = TypeVar("T")
R = TypeVar("R")
Started = Callable[["subprocess.Popen[bytes]"], None]  # is told of a process that has started
# As corpus.CHECKER, in a session of its own: Ctrl-C reaches the campaign alone, which then ends its
# gradings, and none of them is taken for one that has ended by itself.
CHECKER = ("setsid", *corpus.CHECKER)
INTERRUPTED = 130  # exit status of a campaign that was interrupted, as a shell's


class Crew(Generic[T, R]):
    """Does work in threads, one item in each slot at a time. What `note` does with a result, it
    does in the thread that calls."""

    def __init__(self, slots: Sequence[List[str]], work: Callable[[T, List[str], Started], R],
                 note: Callable[[R], None], words: str = "") -> None:
        """`slots` are the words before a command, for each that may run at the same time; `work`
        does an item in a slot, telling the processes that it starts; `words` say on a terminal
        what is going on."""
        self._slots, self._work, self._note, self._words = list(slots), work, note, words
        self._lock = threading.Lock()
        self._processes: Set[subprocess.Popen[bytes]] = set()
        self._ended = False

    def do(self, todo: Sequence[T], seconds: float = math.inf) -> int:
        """Does what is to do; after `seconds`, it begins nothing more, but ends what has begun.
        Returns how many items were done. At KeyboardInterrupt, ends what is under way, notes
        nothing of that, and raises it again."""
        began, deadline = time.monotonic(), time.monotonic() + seconds
        left, done = list(reversed(todo)), 0
        progress = Progress(sys.stderr)
        pool = concurrent.futures.ThreadPoolExecutor(len(self._slots))
        running: Dict[concurrent.futures.Future[R], List[str]] = {}
        try:
            while True:
                while left and self._slots and time.monotonic() < deadline:
                    slot = self._slots.pop()
                    running[pool.submit(self._work, left.pop(), slot, self._started)] = slot
                if not running:
                    return done
                progress(self._so_far(done, len(todo), time.monotonic() - began))
                for future in concurrent.futures.wait(
                        running, return_when=concurrent.futures.FIRST_COMPLETED).done:
                    self._slots.append(running.pop(future))
                    progress.clear()
                    self._note(future.result())
                    done += 1
        finally:
            self._end()
            pool.shutdown()

    def _so_far(self, done: int, total: int, elapsed: float) -> str:
        rest = f", about {elapsed / done * (total - done) / 60:.0f} min left" if done else ""
        return f"{self._words}: {done} of {total}{rest}"

    def _started(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._processes = {other for other in self._processes if other.returncode is None}
            self._processes.add(process)
            if self._ended:
                process.terminate()

    def _end(self) -> None:
        with self._lock:
            self._ended = True
            for process in self._processes:
                process.terminate()


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
