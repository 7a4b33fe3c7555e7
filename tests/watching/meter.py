"""How much CPU time and memory a program uses. Times are seconds of CPU."""
import contextlib
import time
from typing import Callable, Dict, Iterable, List, NamedTuple

from watching import procfs
from watching.course import Account, Course


class Sample(NamedTuple):
    """What a program's threads have done since a Meter began."""
    run: float  # on a CPU
    waiting: float  # runnable, but waiting for a CPU
    courses: List[Course]  # of each thread


class Meter:
    """Sums up the CPU time of all threads of a program. Of threads that have ended, it has all as
    long as their process lives; of processes, as much as was seen."""

    def __init__(self, processes: Callable[[], Iterable[int]],
                 cpu_time: Callable[[], float]) -> None:
        """`processes` returns the program's processes; `cpu_time` the seconds that the kernel has
        summed up for them, those of processes that were waited for included."""
        self._processes, self._summed = processes, cpu_time
        self._clocks: Dict[int, float] = {}
        self._clocks_before, self._summed_before = self._clocked(), cpu_time()
        self.began = self._looked = time.monotonic()
        self._accounts = {task.tid: Account(task, self.began, self.began, there=True)
                          for task in self._tasks()}

    def _tasks(self) -> List[procfs.Task]:
        return [task for pid in self._processes() for task in procfs.tasks(pid)]

    def begin(self) -> None:
        """Lets the time begin now, for what sleeps; what has been run before counts, too."""
        self.sample()
        self.began = self._looked
        for account in self._accounts.values():
            account.begin(self.began)

    def sample(self) -> Sample:
        """Looks at all threads, and returns what is known of them by now."""
        self._clocked()
        tasks, now = self._tasks(), time.monotonic()
        for task in tasks:
            if task.tid not in self._accounts:
                self._accounts[task.tid] = Account(task, self.began, self._looked, there=False)
            self._accounts[task.tid].note(task, self._looked, now)
        self._looked = now
        accounts = list(self._accounts.values())
        courses = [account.course() for account in accounts]
        return Sample(sum(course.run for course in courses),
                      sum(account.waiting for account in accounts), courses)

    def _clocked(self) -> float:
        """Returns what the clocks of all processes sum up to, those that have ended included."""
        for pid in self._processes():
            self._clocks[pid] = max(procfs.cpu_clock(pid), self._clocks.get(pid, 0.0))
        return sum(self._clocks.values())

    def cpu_time(self) -> float:
        """Returns the CPU time used: the larger of what the clocks of the processes say, and of
        what the kernel has summed up. Looks at no thread: it takes no longer if there are many."""
        return max(self._clocked() - self._clocks_before, self._summed() - self._summed_before)


def memory_of(pids: Iterable[int]) -> int:
    """Returns the bytes of memory of processes, each page that several share counted in parts
    (proc(5), smaps_rollup, Pss); of a process where that cannot be read, its resident set."""
    return sum(_kilobytes(pid) for pid in pids) << 10


def _kilobytes(pid: int) -> int:
    folder = procfs.folder(pid)
    for name, key in (("smaps_rollup", b"Pss:"), ("status", b"VmRSS:")):
        with contextlib.suppress(OSError):
            for line in procfs.read(f"{folder}/{name}").splitlines():
                if line.startswith(key):
                    return int(line.split()[1])
    return 0
