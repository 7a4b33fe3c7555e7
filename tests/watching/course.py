"""What a thread does with its time: does it run, wait for a CPU, or sleep? Pure: it is told what
was seen and when. Times are seconds: of CPU for what was run, of a clock that only goes forward for
the rest."""
from typing import Dict, Iterable, List, NamedTuple

from watching import procfs

# Seconds of CPU: a thread that has slept has gone on when it has run for so long. Less, and one
# that has woken up for a moment after its work counts as having slept before it; more, and one that
# goes on for little is not noticed.
RESUMED = 0.001


class Course(NamedTuple):
    """What one thread, or process, has done since it was first watched."""
    pid: int
    tid: int
    run: float  # on a CPU
    slept: float  # neither on a CPU nor waiting for one, until it was last awake
    awake: float  # until it was last awake, since the beginning
    idle: float  # neither on a CPU nor waiting for one, until now

    @property
    def asleep(self) -> float:
        """The part of its time for which it slept, until it was last awake: what it does when it
        has done its work does not count. Nothing if it was not awake since the beginning."""
        return self.slept / self.awake if self.awake > 0 else 0.0


class Account:
    """Follows one thread from look to look."""

    def __init__(self, task: procfs.Task, began: float, looked: float, there: bool) -> None:
        """`looked` is the time of the look before the one that shows this thread; `there`: it is
        older than the meter."""
        self._began = began
        self._before = task if there else task._replace(run=0.0, waiting=0.0)
        self._last = self._before
        self._slept, self._awake = 0.0, began
        # Since it was last awake. One that was not there yet did not run either.
        self._idle = looked - began
        self._run_before = self._last.run  # when it fell asleep

    def note(self, task: procfs.Task, looked: float, now: float) -> None:
        """Takes note of what a look shows at `now`, the next after the one at `looked`."""
        got = task.run + task.waiting - self._last.run - self._last.waiting
        # What a thread has waited is known only when it runs again; until then, it is runnable.
        if task.state != "R" and got * 2 <= now - looked:
            if not self._idle:
                self._run_before = task.run
            self._idle += max(now - looked - got, 0.0)
        elif not self._idle or task.run - self._run_before > RESUMED:
            self._slept += self._idle
            self._idle, self._awake = 0.0, now
        self._last = task

    def begin(self, now: float) -> None:
        """Forgets the time before, but not what was run."""
        self._began = self._awake = now
        self._slept = self._idle = 0.0

    @property
    def waiting(self) -> float:
        """The time for which it was runnable, but not on a CPU."""
        return self._last.waiting - self._before.waiting

    def course(self) -> Course:
        """Returns what is known by now."""
        return Course(self._last.pid, self._last.tid, self._last.run - self._before.run,
                      self._slept, self._awake - self._began, self._slept + self._idle)


def by_process(courses: Iterable[Course]) -> List[Course]:
    """Returns a course for each process: what its threads have run together, and when the one of
    them slept that has run most."""
    found: Dict[int, List[Course]] = {}
    for course in courses:
        found.setdefault(course.pid, []).append(course)
    return [max(threads, key=lambda one: one.run)._replace(tid=pid,
                                                           run=sum(one.run for one in threads))
            for pid, threads in found.items()]
