"""Changes limits of processes while they run: prlimit(2)."""
import contextlib
import os
import resource
import traceback
from typing import Callable, Optional


def set_soft_limit(user: int, pid: int, which: int, number: Optional[int]) -> None:
    """Sets a soft limit, RLIMIT_..., of a process to a number, or (None) to the hard limit, as a
    user (-1: as who calls). Does nothing if the process has ended. Raises RuntimeError if it cannot
    be set as that user."""
    as_user(user, lambda: _set_soft_limit(pid, which, number))


def as_user(user: int, act: Callable[[], None]) -> None:
    """Calls the function as a user. In a container, root may do less than the user of a box
    (CAP_SYS_RESOURCE is missing there), and prlimit(2) asks for the real user. A process cannot
    take that back, so a child does it. Raises RuntimeError if the function raised something; the
    traceback is on standard error."""
    if user == -1:
        act()
        return
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            act()
            status = 0
        except BaseException:
            os.write(2, traceback.format_exc().encode())  # sys.stderr may keep it back
        finally:
            os._exit(status)
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError(f"a limit could not be set as user {user}: see the log")


def _set_soft_limit(pid: int, which: int, number: Optional[int]) -> None:
    with contextlib.suppress(ProcessLookupError):
        hard = resource.prlimit(pid, which)[1]
        resource.prlimit(pid, which, (hard if number is None else number, hard))
