"""Work in processes, several at a time, until all is done, the time is over, or somebody
interrupts; and how long the rest will take."""
from __future__ import annotations

import concurrent.futures
import math
import subprocess
import sys
import threading
import time
from typing import Callable, Dict, Generic, List, Sequence, Set, TextIO, TypeVar

from console import Progress

T = TypeVar("T")
R = TypeVar("R")
Started = Callable[["subprocess.Popen[bytes]"], None]  # is told of a process that has started
# Seconds for a process to end what it has started. Less, and a grading that ends in order is
# killed; more, and one that does not end holds up whoever has interrupted.
PATIENCE = 25.0


class Processes:
    """The processes that are under way, to be ended together. They are started in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: Set[subprocess.Popen[bytes]] = set()
        self._ended = False

    def started(self, process: subprocess.Popen[bytes]) -> None:
        """Notes a process that has started. If all were ended meanwhile, ends it, too."""
        with self._lock:
            self._processes = {other for other in self._processes if other.returncode is None}
            self._processes.add(process)
            if self._ended:
                process.terminate()

    def end(self, patience: float = PATIENCE) -> None:
        """Asks all of them to end (SIGTERM), and kills those that have not after a while."""
        with self._lock:
            self._ended = True
            left = list(self._processes)
        for process in left:
            process.terminate()
        deadline = time.monotonic() + patience
        for process in left:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


class Tally:
    """Says how many of some things are done, and how long the rest may take: on a terminal in one
    line that is overwritten; elsewhere, if `each` is not 0, in a line each so many."""

    def __init__(self, words: str, total: int, each: int = 0, stream: TextIO = sys.stderr) -> None:
        self._words, self._total, self._each, self._stream = words, total, each, stream
        self._began = time.monotonic()
        self._progress = Progress(stream)
        self._next = each  # how many must be done until the next line

    def __call__(self, done: int) -> None:
        """Shows it; says nothing any more where nobody reads it."""
        try:
            if self._stream.isatty():
                self._progress(self._so_far(done))
            elif self._each and done and done >= min(self._next, self._total):
                self._next = done + self._each
                print(self._so_far(done), file=self._stream, flush=True)
        except OSError:
            self._each = 0

    def clear(self) -> None:
        """Takes the line away, so that something else can be printed."""
        try:
            self._progress.clear()
        except OSError:
            self._each = 0

    def _so_far(self, done: int) -> str:
        text = f"{self._words}: {done} of {self._total}"
        if not 0 < done < self._total:
            return text
        rest = (time.monotonic() - self._began) / done * (self._total - done)
        return f"{text}, about {math.ceil(rest / 60)} min left"


class Crew(Generic[T, R]):
    """Does work in threads, one item in each slot at a time. What `note` does with a result, it
    does in the thread that calls."""

    def __init__(self, slots: Sequence[List[str]], work: Callable[[T, List[str], Started], R],
                 note: Callable[[R], None], words: str = "", each: int = 0) -> None:
        """`slots` are the words before a command, for each that may run at the same time; `work`
        does an item in a slot, telling the processes that it starts; `words` say what is going on,
        and `each` after how many without a terminal (0: never)."""
        self._slots, self._work, self._note = list(slots), work, note
        self._words, self._each = words, each
        self._processes = Processes()

    def do(self, todo: Sequence[T], seconds: float = math.inf) -> int:
        """Does what is to do; after `seconds`, it begins nothing more, but ends what has begun.
        Returns how many items were done. If something is raised (an interrupt, or what `work` or
        `note` raises), ends what is under way, notes nothing of that, and raises it again."""
        deadline = time.monotonic() + seconds
        left, done = list(reversed(todo)), 0
        tally = Tally(self._words, len(todo), self._each)
        tally(done)
        pool = concurrent.futures.ThreadPoolExecutor(len(self._slots))
        running: Dict[concurrent.futures.Future[R], List[str]] = {}
        try:
            while True:
                while left and self._slots and time.monotonic() < deadline:
                    slot = self._slots.pop()
                    work = pool.submit(self._work, left.pop(), slot, self._processes.started)
                    running[work] = slot
                if not running:
                    return done
                for future in concurrent.futures.wait(
                        running, return_when=concurrent.futures.FIRST_COMPLETED).done:
                    self._slots.append(running.pop(future))
                    tally.clear()
                    self._note(future.result())
                    done += 1
                    tally(done)
        finally:
            tally.clear()
            self._processes.end()
            pool.shutdown()
