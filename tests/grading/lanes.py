"""The checks of one server in several processes, which mostly wait, and can wait at the same time.

The others are forked where pytest has found the checks and none of them has begun. Each takes some
of them, and begins when those that all others wait for have been decided by the first process. What
several of them need to know of a server is found out by one (Known); what happens is told to the
same receiver, which orders it."""
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
# What each of the others takes, by topic (Check.id): the rest, which is the first one's, lasts
# about as long. Fewer, and gradings take longer; more wait for each other: there are few cores.
OTHERS = (("processes", "threads", "robustness"), ("descriptors", "speedup"))
GATES = ("replies", "concurrency")  # the first one's, which all others wait for


class Lanes:
    """The processes that run the checks of one server; in all but the first, `other` is set."""

    def __init__(self) -> None:
        self.other = False
        self._others: List[int] = []  # in the first one: their processes
        self._gates: Optional[int] = None  # until they are over: a pipe that has no other use

    def shared_out(self, ids: Sequence[str]) -> List[str]:
        """Returns those of some checks that this process is to run, in their order. Forks, and so
        returns several times, if there are some for others, too."""
        ours, *theirs = [share for share in shares(ids) if share] or [[]]
        if not theirs:
            return ours
        sys.stdout.flush()
        reading, writing = os.pipe()
        for share in theirs:
            child = fork_process()
            if child == 0:
                self.other, self._others = True, []
                os.close(writing)
                self._gates = reading
                return share
            self._others.append(child)
        os.close(reading)
        self._gates = writing
        return ours

    def begins(self, id: str) -> None:
        """A check begins in this process: if it is not one that all others wait for, those are
        over. Waits for that, or for the end of the first process, in another one."""
        if self._gates is None or topic(id) in GATES:
            return
        if self.other:
            os.read(self._gates, 1)  # nothing ever comes but its end
        os.close(self._gates)
        self._gates = None

    def joined(self, status: int) -> int:
        """Waits in the first process for the others. Returns the exit status of all, given that of
        this one: the largest one, as all is well with the smallest. Where a signal has ended one of
        them, ends in the same way."""
        if self._others and self._gates is not None:
            os.close(self._gates)
        for child in self._others:
            ended = os.waitpid(child, 0)[1]
            if os.WIFSIGNALED(ended):
                os.kill(os.getpid(), os.WTERMSIG(ended))
            status = max(status, os.WEXITSTATUS(ended))
        return status


def shares(ids: Sequence[str]) -> List[List[str]]:
    """Returns what of some checks falls to each process."""
    taken = {one for topics in OTHERS for one in topics}
    first = [id for id in ids if topic(id) not in taken]
    return [first, *([id for id in ids if topic(id) in topics] for topics in OTHERS)]


def topic(id: str) -> str:
    """Returns what a check is about, whichever server it is for."""
    return id.partition("-")[2]


class Known(Generic[T]):
    """What several checks need to know of a server: found out once, by the first one that asks, in
    whichever process. Make it before the processes part."""

    def __init__(self) -> None:
        self._raised: Optional[Exception] = None
        self._found: List[T] = []
        self._file = tempfile.TemporaryFile()  # for the other processes, which have it open, too

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
        """Keeps the other processes waiting meanwhile; they go on if this one ends, too."""
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
        """Returns whether another process has found it out."""
        written = os.pread(self._file.fileno(), os.fstat(self._file.fileno()).st_size, 0)
        if written:
            self._raised, self._found = pickle.loads(written)
        return bool(written)
