"""Signals a process by its number without ever hitting another one that has got the number since.

A pidfd (pidfd_open(2), Linux 5.3) stands for one process, whatever becomes of its number. It is
opened, then the caller makes sure that the number still belongs to the process that is meant, and
only then the signal is sent, through the pidfd.
"""
import ctypes
import errno
import os
from typing import Callable

# The same number on all architectures that Python is found on, but for alpha
# (asm-generic/unistd.h).
PIDFD_SEND_SIGNAL, PIDFD_OPEN = 424, 434


def _system_call(number: int, *arguments: int) -> int:
    """Makes a system call that Python 3.8 does not know; raises OSError if it fails."""
    result = int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments, 0, 0))
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def send_signal(pid: int, number: int, still_meant: Callable[[], bool]) -> None:
    """Sends a signal to a process, if `still_meant` says that the number stands for the right one.
    Does nothing if the process has ended."""
    try:
        descriptor = _system_call(PIDFD_OPEN, pid, 0)
    except OSError as error:
        if error.errno not in (errno.ESRCH, errno.EINVAL):
            _send_by_number(pid, number, still_meant)
        return
    try:
        if still_meant():
            _system_call(PIDFD_SEND_SIGNAL, descriptor, number, 0)
    except ProcessLookupError:
        pass
    finally:
        os.close(descriptor)


def _send_by_number(pid: int, number: int, still_meant: Callable[[], bool]) -> None:
    """For kernels before 5.3, and containers that refuse the call."""
    try:
        if still_meant():
            os.kill(pid, number)
    except ProcessLookupError:
        pass
