"""Processes of the grader's own, and the messages that travel between them: one JSON object each,
through a socket that keeps messages apart."""
from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import sys
import traceback
from typing import Any, Callable, Dict, Iterator, Optional, Tuple

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # prctl(2)
LARGEST_MESSAGE = 1 << 20  # bytes: larger than any
BROKEN = 70  # exit status of a process that an exception has ended: EX_SOFTWARE (sysexits(3))

Event = Dict[str, Any]
Act = Callable[[], int]  # what a process does; returns its exit status


def channel() -> Tuple[socket.socket, socket.socket]:
    """Returns the two ends of a connection for messages. The receiver gets an end of file when the
    last copy of the other end is closed."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(events: socket.socket, **event: object) -> None:
    """Sends one event: by convention, its first key says what happened."""
    events.send(json.dumps(event).encode())


def receive(events: socket.socket) -> Optional[Event]:
    """Waits for an event and returns it; None if nobody is left who could send one."""
    message = events.recv(LARGEST_MESSAGE)
    return dict(json.loads(message)) if message else None


def received(events: socket.socket) -> Iterator[Event]:
    """Yields all events, until nobody is left who could send one."""
    while True:
        event = receive(events)
        if event is None:
            return
        yield event


def adopt_orphans() -> None:
    """Makes this process the parent of all orphans below it, instead of init, so that it can wait
    for them."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def fork_process() -> int:
    """Does what os.fork() does; the child ends as soon as its parent ends."""
    parent, child = os.getpid(), os.fork()
    if child:
        return child
    try:
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except OSError:
        traceback.print_exc()
        os._exit(BROKEN)
    if os.getppid() != parent:  # it had ended before this
        os._exit(BROKEN)
    return 0


def end_with(parent: int, number: int) -> bool:
    """Lets a signal reach this process as soon as its parent ends, however that ends. Returns False
    if it has ended already; `parent` is its id."""
    _prctl(PR_SET_PDEATHSIG, number)
    return os.getppid() == parent


def start_process(act: Act) -> int:
    """Returns the id of a new process. It ends with the exit status that the function returns
    (BROKEN, after a traceback, if it raises), or as soon as its parent ends."""
    child = fork_process()
    if child:
        return child
    status = BROKEN
    try:
        status = act()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def ending(status: int) -> str:
    """Returns in words how a process ended; `status` as wait(2) has it."""
    if os.WIFSIGNALED(status):
        return f"was killed by signal {os.WTERMSIG(status)}"
    return f"ended with status {os.WEXITSTATUS(status)}"


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == -1:
        raise OSError(ctypes.get_errno(), "prctl")
