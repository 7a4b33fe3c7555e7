"""How long has it slept by the clock? A pure state machine, like quiet.py.

A server that calls sleep(3) before it answers is told from one that gets no CPU, or that waits for
somebody else, by the state of its threads, not by how long it takes: a busy machine adds nothing.
"""
from typing import Collection, Dict, Iterable, Optional, Sequence, Set, Tuple

from watching.procfs import Task

Times = Dict[int, Tuple[float, float]]  # of each thread: Task.run and Task.waiting


class Dozing:
    """Sums up the time in which no thread of a program could run, and one slept by the clock that
    does not do so in the background. Times are seconds, of any clock that only goes forward."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls: Dict[int, str] = {}  # the threads that slept so, and in which call
        self._background: Set[int] = set()
        self._looked = 0.0
        self._times: Optional[Times] = None  # at the last look; None: one could run
        self._sleepers: Set[int] = set()

    def idle(self, sleepers: Iterable[int]) -> None:
        """Takes note of what sleeps by the clock (calls.sleeping_by_the_clock) although there is
        nothing to do: a thread that cleans up now and then, a loop that polls. Whatever these do
        later is not held against them."""
        self._background.update(sleepers)
        self._times = None

    def note(self, now: float, tasks: Sequence[Task], sleepers: Dict[int, str]) -> None:
        """Takes note of all threads (procfs.tasks), and of those that sleep by the clock, while
        there is something to do. The time since the last look counts, less what any thread has run
        or waited for a CPU meanwhile, if the same threads were asleep both times and one of them
        by the clock."""
        times = _times_of(tasks)
        known = {tid: call for tid, call in sleepers.items() if tid not in self._background}
        both = self._sleepers & set(known)
        if both and times is not None and self._times is not None:
            slept = now - self._looked - _awake(self._times, times)
            if slept > 0:
                self.seconds += slept
                self.calls.update((tid, known[tid]) for tid in both)
        self._looked, self._times, self._sleepers = now, times, set(known)


def _times_of(tasks: Collection[Task]) -> Optional[Times]:
    """Returns the times of all threads; None if one of them is not asleep."""
    if any(task.state != "S" for task in tasks):
        return None
    return {task.tid: (task.run, task.waiting) for task in tasks}


def _awake(before: Times, after: Times) -> float:
    """Returns how long threads have not been asleep between two looks, at most. Where a thread has
    begun or ended, or the kernel does not say how long they waited for a CPU, that may be for
    ever."""
    if set(before) != set(after):
        return float("inf")
    if not any(waiting for _, waiting in after.values()):
        return float("inf")
    return sum(sum(after[tid]) - sum(before[tid]) for tid in after)
