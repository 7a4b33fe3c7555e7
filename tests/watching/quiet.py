"""Has it fallen quiet? A pure state machine: it is told what was seen and when, and keeps no clock
of its own.

A program is asleep when no thread is runnable and none has run since the look before. It is quiet
when it has been asleep for long enough; how long is the caller's business. A busy machine keeps a
thread runnable, not asleep, and so only makes the wait longer: that is why verdicts do not depend
on the load. One that waits for the machine otherwise (state D: a disk, memory, a lock of the kernel
while it creates or ends processes) is not asleep either; in vfork(2) alone it is, which waits for
the program itself.

Looks may be far apart: a thread that could run at any time between two looks has run by the second
one, or still could. So two looks that show the same are enough."""
from typing import FrozenSet, Iterable, Mapping, NamedTuple, Optional

from watching import calls, procfs
from watching.procfs import Process


class Activity(NamedTuple):
    """What changes whenever a thread of the program runs, begins or ends."""
    run: float  # seconds on a CPU, of all threads, ended ones included
    threads: FrozenSet[int]
    stuck: bool  # does one wait in vfork(2)? No signal wakes it, and perhaps nothing ever
    steady: bool = True  # has nothing run while it was looked at?


def activity_of(processes: Mapping[int, Process], user: int = -1) -> Optional[Activity]:
    """Returns the activity of processes that were looked at just now (procfs.tree); None if one of
    their threads could run right now, or waits for the machine (state D), but for vfork(2).
    `user`: theirs (private.py)."""
    alive = [pid for pid, process in processes.items() if not process.zombie]
    before = glance(alive)
    threads = set()
    stuck = False
    for pid, process in processes.items():
        for tid, state in procfs.thread_states(process):
            if state == "D" and calls.in_vfork(pid, tid, user):
                stuck = True
            elif state in "RD":
                return None
            threads.add(tid)
    run = glance(alive)
    return Activity(run, frozenset(threads), stuck, run == before)


def glance(pids: Iterable[int]) -> float:
    """Returns a number that changes whenever one of the processes has run or ended. It says nothing
    of whether one could run, but costs a microsecond a process, however many threads there are."""
    return sum(map(procfs.cpu_clock, pids))


class Quiet:
    """Follows a program from look to look. Times are seconds, of any clock that only goes
    forward."""

    def __init__(self, now: float, activity: Optional[Activity]) -> None:
        self._activity = activity
        self._looked = self._asleep_since = now
        # A program that wakes up by a timer is never asleep for long, but often.
        self.asleep_in_all = 0.0

    def note(self, now: float, activity: Optional[Activity]) -> None:
        """Takes note of what was seen at `now`; None: something was runnable."""
        before = self._activity
        # A look takes time, on a busy machine seconds: who creates processes, and waits for each,
        # may have been seen waiting, and the other one when it was gone.
        same = activity and before and activity.threads == before.threads
        if activity is not None and (activity.steady or same):
            self.asleep_in_all += now - self._looked
        if activity is None or before is None or activity[:3] != before[:3]:
            self._asleep_since = now
        self._looked, self._activity = now, activity

    @property
    def asleep(self) -> float:
        """Seconds since it was last seen to be active, as of the last look."""
        return self._looked - self._asleep_since

    @property
    def stuck(self) -> bool:
        """Whether a thread was in vfork(2) at the last look."""
        return self._activity is not None and self._activity.stuck
