"""The checks of one server in two processes, which mostly wait, and can wait at the same time.

The second one is forked where pytest has found the checks and none of them has begun. It takes some
of them, and begins when those that all others wait for have been decided by the first. What both
need to know of a server is found out by one of them (Known); what happens is told to the same
receiver, which orders it."""
from __future__ import annotations

import contextlib
import fcntl
import os
import pickle
import sys
import tempfile
from typing import Callable, Generic, Iterator, List, Optional, Sequence, TypeVar

from checks.verdict import CheckFailed, Inconclusive
from grading.ipc import fork_process

T = TypeVar("T")
# The first one's are more or less as long, by topic (Check.id). robustness comes last in its file:
# it waits for patient clients, who wait since the beginning.
SECOND = ("processes", "threads", "speedup", "robustness")
GATES = ("replies", "concurrency")  # the first one's, which all others wait for


class Lanes:
    """The two processes that run the checks of one server; in the second one, `second` is set."""

    def __init__(self) -> None:
        self.second = False
        self._other = 0  # the second one's process, in the first one
        self._gates: Optional[int] = None  # until they are over: a pipe that has no other use

    def shared_out(self, ids: Sequence[str]) -> List[str]:
        """Returns those of some checks that this process is to run. Forks, if there are some for
        each of the two: then it returns twice. In the second process, that is when the first one
        has run the checks that the others wait for, or has ended."""
        theirs = [id for id in ids if topic(id) in SECOND]
        ours = [id for id in ids if id not in theirs]
        if not theirs or not ours:
            return list(ids)
        sys.stdout.flush()
        reading, writing = os.pipe()
        self._other = fork_process()
        if self._other:
            os.close(reading)
            self._gates = writing
            return ours
        self.second = True
        os.close(writing)
        self._gates = reading
        return theirs

    def begins(self, id: str) -> None:
        """A check begins in this process: if it is not one that all others wait for, those are
        over. Waits for that in the second one."""
        if self._gates is None or topic(id) in GATES:
            return
        if self.second:
            os.read(self._gates, 1)  # nothing ever comes but its end
        os.close(self._gates)
        self._gates = None

    def joined(self, status: int) -> int:
        """Waits in the first process for the second one. Returns the exit status of both, given
        that of this one: the larger one, as all is well with the smallest. Where a signal has ended
        the second one, ends in the same way."""
        if not self._other:
            return status
        if self._gates is not None:
            os.close(self._gates)
        ended = os.waitpid(self._other, 0)[1]
        if os.WIFSIGNALED(ended):
            os.kill(os.getpid(), os.WTERMSIG(ended))
        return max(status, os.WEXITSTATUS(ended))


def topic(id: str) -> str:
    """Returns what a check is about, whichever server it is for."""
    return id.partition("-")[2]


class Known(Generic[T]):
    """What several checks need to know of a server: found out once, by the first one that asks, in
    whichever process. Make it before the processes part."""

    def __init__(self) -> None:
        self._raised: Optional[Exception] = None
        self._found: List[T] = []
        self._file = tempfile.TemporaryFile()  # for the other process, which has it open, too

    def __call__(self, find: Callable[[], T]) -> T:
        """Returns what `find` returns, or raises what it raises, each time the same."""
        if not self._found and self._raised is None:
            with self._one_at_a_time():
                if not self._read():
                    self._find(find)
        if self._raised is not None:
            raise self._raised
        return self._found[0]

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Keeps the other process waiting meanwhile; it goes on if this one ends, too."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _find(self, find: Callable[[], T]) -> None:
        try:
            self._found.append(find())
        except (CheckFailed, Inconclusive) as error:
            self._raised = error
        os.pwrite(self._file.fileno(), pickle.dumps((self._raised, self._found)), 0)

    def _read(self) -> bool:
        """Returns whether the other process has found it out."""
        written = os.pread(self._file.fileno(), os.fstat(self._file.fileno()).st_size, 0)
        if written:
            self._raised, self._found = pickle.loads(written)
        return bool(written)
