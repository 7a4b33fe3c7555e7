"""Has it fallen quiet? A pure state machine: it is told what was seen and when, and keeps no clock
of its own.

A program is asleep when no thread is runnable and none has run since the look before. It is quiet
when it has been asleep for long enough; how long is the caller's business. A busy machine keeps a
thread runnable, not asleep, and so only makes the wait longer: that is why verdicts do not depend
on the load."""
from typing import FrozenSet, Iterable, NamedTuple, Optional

from watching import procfs


class Activity(NamedTuple):
    """What changes whenever a thread of the program runs, begins or ends."""
    run: float  # seconds on a CPU, of all threads
    threads: FrozenSet[int]
    stuck: bool  # does one sleep uninterruptibly (state D)? It waits for a disk, or in vfork(2)


def activity_of(pids: Iterable[int]) -> Optional[Activity]:
    """Returns the activity of processes; None if one of their threads could run right now."""
    run = 0.0
    threads = set()
    stuck = False
    for pid in pids:
        for task in procfs.tasks(pid):
            if task.state == "R":
                return None
            run += task.run
            threads.add(task.tid)
            stuck = stuck or task.state == "D"
    return Activity(run, frozenset(threads), stuck)


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
        if activity is not None:
            self.asleep_in_all += now - self._looked
        if activity is None or activity != self._activity:
            self._asleep_since = now
        self._looked, self._activity = now, activity

    @property
    def asleep(self) -> float:
        """Seconds since it was last seen to be active, as of the last look."""
        return self._looked - self._asleep_since

    @property
    def stuck(self) -> bool:
        """Whether a thread slept uninterruptibly at the last look."""
        return self._activity is not None and self._activity.stuck
