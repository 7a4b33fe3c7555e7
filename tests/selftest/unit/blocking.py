"""Real processes that are blocked in a system call, for the tests of what /proc shows of them."""
import contextlib
import os
import signal
import time
from typing import Callable, Dict, Iterator, List

from watching import procfs


def _started(act: Callable[[], object]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            act()
        finally:
            os._exit(0)
    return pid


def _asleep(pid: int) -> List[procfs.Task]:
    """Returns the threads of a process once they have slept for a while."""
    before: Dict[int, float] = {}
    while True:
        found = list(procfs.tasks(pid))
        times = {task.tid: task.run for task in found}
        if times == before and all(task.state in "SD" for task in found):
            return found
        before = times
        time.sleep(0.03)


@contextlib.contextmanager
def blocked(act: Callable[[], object]) -> Iterator[List[procfs.Task]]:
    """A time in which a child has called a function that sleeps: the child's threads."""
    pid = _started(act)
    try:
        yield _asleep(pid)
    finally:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
