"""In which system call a thread is blocked, and with which arguments.

/proc/PID/task/TID/syscall has the number and the arguments, .../wchan the kernel function that the
thread sleeps in. Both are read with the rights of `user`, the one whose processes are looked at
(private.py; -1: no matter). Of a system without them, or another processor, nothing is known.
"""
import contextlib
import os
import platform
from functools import partial
from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple

from watching import private, procfs
from watching.procfs import Task

# The numbers of the calls that a thread may be blocked in: on x86-64, on aarch64 (-1: not there).
NUMBERS = {
    "accept": (43, 202), "accept4": (288, 242), "clock_nanosleep": (230, 115), "clone": (56, 220),
    "clone3": (435, 435), "connect": (42, 203), "epoll_pwait": (281, 22),
    "epoll_pwait2": (441, 441), "epoll_wait": (232, -1), "fcntl": (72, 25), "flock": (73, 32),
    "fork": (57, -1), "futex": (202, 98), "futex_waitv": (449, 449), "io_uring_enter": (426, 426),
    "mq_timedreceive": (243, 183), "mq_timedsend": (242, 182), "msgrcv": (70, 188),
    "msgsnd": (69, 189), "nanosleep": (35, 101), "open": (2, -1), "openat": (257, 56),
    "pause": (34, -1), "poll": (7, -1), "ppoll": (271, 73), "pselect6": (270, 72), "read": (0, 63),
    "readv": (19, 65), "recvfrom": (45, 207), "recvmmsg": (299, 243), "recvmsg": (47, 212),
    "restart_syscall": (219, 128), "rt_sigsuspend": (130, 133), "rt_sigtimedwait": (128, 137),
    "select": (23, -1), "semop": (65, 193), "semtimedop": (220, 192), "sendfile": (40, 71),
    "sendmmsg": (307, 269), "sendmsg": (46, 211), "sendto": (44, 206), "splice": (275, 76),
    "vfork": (58, -1), "wait4": (61, 260), "waitid": (247, 95), "write": (1, 64),
    "writev": (20, 66),
}
MACHINES = ("x86_64", "aarch64")
# Those whose first argument is the descriptor that is waited for.
ON_DESCRIPTOR = {"accept", "accept4", "connect", "fcntl", "flock", "read", "readv", "recvfrom",
                 "recvmmsg", "recvmsg", "sendmmsg", "sendmsg", "sendto", "write", "writev"}

# Where a thread waits for the child of its vfork(2): the function's names in Linux 5.10 and later,
# up to 5.9, and up to 4.1.
VFORK_CHANNELS = ("kernel_clone", "_do_fork", "do_fork")

# linux/futex.h: FUTEX_WAIT, FUTEX_LOCK_PI, FUTEX_WAIT_BITSET, FUTEX_WAIT_REQUEUE_PI, FUTEX_LOCK_PI2
FUTEX_WAITS = {0, 6, 9, 11, 13}
FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_PRIVATE, FUTEX_OPERATION = 0, 9, 0x80, 0x7f
# Which argument holds the timeout, or a pointer to it. It is 0, or NULL, if there is none, and then
# the call is not blocked by the clock.
TIMEOUT_AT = {"epoll_pwait": 3, "epoll_pwait2": 3, "epoll_wait": 3, "futex": 3, "futex_waitv": 3,
              "mq_timedreceive": 4, "mq_timedsend": 4, "poll": 2, "ppoll": 2, "pselect6": 4,
              "rt_sigtimedwait": 2, "select": 4, "semtimedop": 3}
IN_MILLISECONDS = {"epoll_pwait", "epoll_wait", "poll"}  # a negative timeout is none
SLEEPS = {"clock_nanosleep", "nanosleep"}
FOR_A_SIGNAL = {"pause", "rt_sigsuspend"}  # which may well be that of alarm(2)


class Call(NamedTuple):
    """A system call that a thread is blocked in."""
    name: str  # as in NUMBERS; "": it is in none; "?": in one that is not listed
    arguments: Tuple[int, ...] = ()
    channel: str = ""  # the kernel function that the thread sleeps in; "" or "0": not known

    @property
    def descriptor(self) -> Optional[int]:
        """The descriptor that is waited for; None if it is none, or not one alone."""
        return self.arguments[0] & 0xffffffff if self.name in ON_DESCRIPTOR else None

    @property
    def timed(self) -> bool:
        """Whether the call ends at a time, whatever else may end it before."""
        if self.name not in TIMEOUT_AT:
            return False
        timeout = self.arguments[TIMEOUT_AT[self.name]]
        return timeout & 0xffffffff < 1 << 31 if self.name in IN_MILLISECONDS else timeout != 0


def _names() -> Dict[int, str]:
    if platform.machine() not in MACHINES:
        return {}
    at = MACHINES.index(platform.machine())
    return {numbers[at]: name for name, numbers in NUMBERS.items()}


NAMES = _names()


def parsed(line: bytes, channel: str = "") -> Optional[Call]:
    """Returns the call that a line of /proc/PID/task/TID/syscall tells; None if it tells none."""
    words = line.split()
    if not words:
        return None
    if words[0] in (b"running", b"-1"):
        return Call("", (), channel)
    if not NAMES:
        return None
    arguments = tuple(int(word, 16) for word in words[1:7])
    return Call(NAMES.get(int(words[0]), "?"), arguments, channel)


def calls_of(tasks: Iterable[Task], user: int = -1) -> List[Optional[Call]]:
    """Returns the system call that each thread is blocked in; None where nothing is known."""
    with private.as_user(user):
        return [_call(f"/proc/{task.pid}/task/{task.tid}") for task in tasks]


def _call(folder: str) -> Optional[Call]:
    channel, call = "", None
    with contextlib.suppress(OSError):
        channel = procfs.read(folder + "/wchan").decode("ascii", "replace")
    with contextlib.suppress(OSError):
        call = parsed(procfs.read(folder + "/syscall"), channel)
    return call or (Call("?", (), channel) if channel.strip("0") else None)


def blocked_fd(task: Task, user: int = -1) -> Optional[int]:
    """Returns the descriptor that a thread is blocked on in recv(2), accept(2) and the like; None
    if it is in another call, or in none, or that is not known."""
    [call] = calls_of([task], user)
    return call.descriptor if call is not None else None


def in_vfork(pid: int, tid: int, user: int = -1) -> bool:
    """Returns whether a thread that sleeps uninterruptibly (state D) waits for the child of its
    vfork(2), which may be for ever. All else that is waited for so is the machine's to do: a disk,
    memory, another CPU. Where that cannot be read, it is taken for the machine's."""
    [channel] = private.wait_channels([Task(pid, tid, "D", 0.0, 0.0)], user)
    return channel in VFORK_CHANNELS


# --- asleep until a time ---

def sleeping_by_the_clock(tasks: Iterable[Task], user: int = -1) -> Dict[int, str]:
    """Returns the threads that may wait for time to pass, by their ids, and in which call: sleep(3)
    and the like; poll(2) and other waits that end at a time, whatever else may end them before; and
    pause(2) and the like, which a timer's signal may end. What cannot be told: a reading from a
    socket with SO_RCVTIMEO. Left out is also what cannot be read."""
    asleep = [task for task in tasks if task.state == "S"]
    found = {}
    for task, call in zip(asleep, calls_of(asleep, user)):
        if call is not None:
            words = by_the_clock(call, partial(_is_clock, task, call, user))
            found.update({task.tid: words} if words else {})
    return found


def by_the_clock(call: Call, is_clock: Callable[[], bool] = lambda: False) -> str:
    """Returns the name of the call if time may end it, else "". `is_clock` is asked whether what
    the call reads from is a timer."""
    name = call.name
    if name in FOR_A_SIGNAL:
        return "pause() or sigsuspend()"
    if name in SLEEPS or "nanosleep" in call.channel:
        return "sleep() or nanosleep()"
    if name == "read" and is_clock():
        return "read() from a timerfd"
    if not call.timed:
        return ""
    if name == "futex":
        operation = call.arguments[1] & FUTEX_OPERATION
        return "futex() with a timeout" if operation in FUTEX_WAITS else ""
    return name.replace("rt_", "") + "() with a timeout"


def _is_clock(task: Task, call: Call, user: int) -> bool:
    """Returns whether the first argument is the descriptor of a timer (timerfd_create(2))."""
    folder = f"/proc/{task.pid}/task/{task.tid}"
    descriptor = call.arguments[0] & 0xffffffff
    with contextlib.suppress(OSError), private.as_user(user):
        return os.readlink(f"{folder}/fd/{descriptor}") == "anon_inode:[timerfd]"
    return False


# --- what else the arguments tell ---

def joined_thread(call: Call, threads: Dict[int, int]) -> Optional[int]:
    """Returns the thread whose end a thread waits for in pthread_join(3); None if it is blocked in
    something else. `threads`: the ids of the process's threads, by those that the process itself
    sees (own_ids). The kernel wakes up who waits for an id that is shared with it; a lock or a
    semaphore of one process is private."""
    if call.name != "futex" or call.arguments[1] & FUTEX_PRIVATE:
        return None
    operation = call.arguments[1] & FUTEX_OPERATION
    awaited = call.arguments[2] & 0xffffffff
    return threads.get(awaited) if operation in (FUTEX_WAIT, FUTEX_WAIT_BITSET) else None


def own_ids(tasks: Iterable[Task]) -> Dict[int, int]:
    """Returns the ids of threads, by those that they have in their own namespace
    (pid_namespaces(7))."""
    found = {}
    for task in tasks:
        with contextlib.suppress(OSError):
            status = procfs.read(f"/proc/{task.pid}/task/{task.tid}/status")
            for line in status.splitlines():
                if line.startswith(b"NSpid:"):
                    found[int(line.split()[-1])] = task.tid
    return found
