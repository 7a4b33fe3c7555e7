"""What a thread does, in words for the student: the call that it is blocked in, in standard terms.

Pure functions of what was seen (watching/calls.py). The words claim no more than that: where the
system call is not known, the kernel function in which the thread sleeps names the call that it is
most often.
"""
from __future__ import annotations

from typing import Collection, NamedTuple, Optional, Sequence

from watching.calls import FUTEX_OPERATION, FUTEX_WAIT, SLEEPS, VFORK_CHANNELS, Call
from watching.procfs import Task

NAMED = 3  # of many descriptors, those that are named; the rest is counted

# Seconds of CPU: a thread that has used less may just have been woken up, so it is said to be
# running, not looping. Much larger, and a loop that is caught early is called running, too; much
# smaller, and a thread that only happens to be in a system call is called looping.
LOOPING = 0.1

ACCEPT, WAITPID, RECV, SEND = "accept()", "waitpid()", "recv()", "send()"
POLL, SELECT, EPOLL = "poll()", "select()", "epoll_wait()"
SLEEP, SIGSUSPEND = "sleep() or nanosleep()", "sigsuspend()"
JOIN = "pthread_join()"
MUTEX = "pthread_mutex_lock() (or on a lock within malloc(), printf() and the like)"
SEMAPHORE = "sem_wait() or pthread_cond_wait()"
FUTEX = "futex() (a lock, a semaphore or pthread_join())"
VFORK = "vfork() until its child ends or calls execve()"
LOCK_MUTEX = 2  # a mutex of glibc that is locked, and waited for
FUTEX_LOCK_PI = (6, 13)

# The function of the C library for a system call (calls.NUMBERS), where it is another one.
FUNCTIONS = {
    "accept4": ACCEPT, "clone": "clone(), which creates a process or a thread,",
    "clone3": "clone(), which creates a process or a thread,", "epoll_pwait": EPOLL,
    "epoll_pwait2": EPOLL, "fcntl": "fcntl() (a file lock)", "flock": "flock() (a file lock)",
    "mq_timedreceive": "mq_receive()", "mq_timedsend": "mq_send()", "openat": "open()",
    "ppoll": POLL, "pselect6": SELECT, "readv": "read()", "recvfrom": RECV,
    "rt_sigsuspend": SIGSUSPEND, "semtimedop": "semop()", "sendto": SEND, "wait4": WAITPID,
    "writev": "write()",
}
# The same by a part of the kernel function's name, where the system call is not known. The first
# that fits counts: futex_do_wait is a futex. Kernels differ in the rest of the name.
CHANNELS = (
    ("futex", FUTEX), ("do_wait_intr", ""), ("do_wait", WAITPID), ("lock_inode", "a file lock"),
    ("accept", ACCEPT), ("nanosleep", SLEEP), ("wait_woken", RECV),
    ("poll", "poll(), select() or epoll_wait()"), ("pipe", "read() or write() on a pipe"),
    ("sigsuspend", SIGSUSPEND), ("sigtimedwait", "sigwait()"), ("pause", "pause()"),
)
# What a handler that waits, or that uses what is not safe there, is blocked in (signal-safety(7)).
# Elsewhere, a server that has blocked a signal by intention may be blocked, too.
IN_HANDLERS = {WAITPID, "waitid()", SLEEP, MUTEX, FUTEX, "read()", "write()"}
STOPPED = "stopped by a signal"
RUNNING = "running"  # or ready to: whether it computes or spins cannot be seen
IN_CALLS = "busy-looping in system calls"


class Thread(NamedTuple):
    """A thread of the server at one moment."""
    task: Task
    call: Optional[Call]  # that it is blocked in; None: not known
    in_kernel: bool  # has it spent most of its time there?
    joins: Optional[int] = None  # the thread whose end it waits for
    on: Sequence[int] = ()  # the descriptors that it waits for
    kind: str = ""  # of what it waits for, if that is not a socket: "pipe"


def function(thread: Thread) -> str:
    """Returns the function that a sleeping thread is blocked in; "" if that is not known."""
    call = thread.call
    if call is None:
        return ""
    if call.channel in VFORK_CHANNELS:
        return VFORK
    if call.name in ("", "?", "restart_syscall"):
        return next((words for part, words in CHANNELS if part in call.channel), "")
    if call.name == "futex":
        return _futex(thread, call)
    if call.name in SLEEPS:
        return SLEEP
    if call.name == "rt_sigtimedwait":
        return "sigtimedwait()" if call.timed else "sigwait()"
    return FUNCTIONS.get(call.name, call.name + "()")


def _futex(thread: Thread, call: Call) -> str:
    if thread.joins is not None:
        return JOIN
    operation, awaited = call.arguments[1] & FUTEX_OPERATION, call.arguments[2] & 0xffffffff
    if operation in FUTEX_LOCK_PI or (operation == FUTEX_WAIT and awaited == LOCK_MUTEX):
        return MUTEX
    if operation == FUTEX_WAIT:
        return FUTEX
    return "sem_timedwait() or pthread_cond_timedwait()" if call.timed else SEMAPHORE


def state_words(thread: Thread) -> str:
    """Returns what a thread does, to follow "is" or "are", but for what it waits for."""
    if thread.task.state in "SD":
        words = function(thread)
        if words == "a file lock":
            return "blocked on a file lock"
        return f"blocked in {words}" if words else "blocked"
    if thread.task.state in "Tt":
        return STOPPED
    looping = thread.in_kernel and thread.task.run >= LOOPING
    return IN_CALLS if looping else RUNNING


def awaited_words(threads: Collection[Thread]) -> str:
    """Returns what threads that do the same wait for, to follow state_words: the descriptors, or
    the thread that one of them joins; "" if that is not known."""
    waiting = [one for one in threads if one.task.state in "SD"]
    joined = [one.joins for one in waiting if one.joins is not None]
    if len(joined) == 1:
        return f" until thread {joined[0]} ends"
    kinds = {one.kind for one in waiting}
    return descriptor_words({descriptor for one in waiting for descriptor in one.on},
                            kinds.pop() if len(kinds) == 1 else "")


def descriptor_words(descriptors: Collection[int], kind: str = "") -> str:
    """Returns on which descriptors threads are blocked, to follow state_words; "" if on none."""
    if not descriptors:
        return ""
    which = sorted(descriptors)
    beyond = len(which) - NAMED
    listed = [str(one) for one in (which[:NAMED] if beyond > 1 else which)]
    if beyond > 1:
        listed.append(f"{beyond} more")
    of_kind = f" ({kind})" if kind else ""
    if len(listed) == 1:
        return f" on descriptor {listed[0]}{of_kind}"
    return f" on descriptors {', '.join(listed[:-1])} and {listed[-1]}{of_kind}"


def seems_in_handler(thread: Thread) -> bool:
    """Returns whether what a thread does is what a handler does that must not."""
    if thread.task.state in "SD":
        return function(thread) in IN_HANDLERS
    return state_words(thread) == IN_CALLS
