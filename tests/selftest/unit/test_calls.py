"""Which system call a thread is blocked in: made-up lines of /proc, and real threads."""
from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import threading
import time
from typing import Callable, Optional

import pytest

from selftest.unit.blocking import blocked
from watching import calls, procfs
from watching.calls import Call, by_the_clock, joined_thread, parsed

NONE = 0xffffffff  # -1, as an int
POINTER = 0x7ffd12345678
known = pytest.mark.skipif(not calls.NAMES, reason="the numbers of this processor are not listed")


def call(name: str, *arguments: int, channel: str = "") -> Call:
    return Call(name, arguments + (0,) * (6 - len(arguments)), channel)


@known
def test_a_line_of_proc() -> None:
    read = calls.NUMBERS["read"][calls.MACHINES.index(os.uname().machine)]
    found = parsed(b"%d 0x5 0x7f 0x1 0x0 0x0 0x0 0x7ffc 0x7f76\n" % read, "wait_woken")
    assert found == Call("read", (5, 0x7f, 1, 0, 0, 0), "wait_woken")
    assert found is not None and found.descriptor == 5


def test_other_lines_of_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parsed(b"running\n") == parsed(b"-1 0x7ffc 0x7f76\n") == Call("")
    assert parsed(b"") is None
    monkeypatch.setattr(calls, "NAMES", {})  # another processor
    assert parsed(b"0 0x5 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n") is None


@known
def test_a_call_that_is_not_listed() -> None:
    found = parsed(b"9999 0x5 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n")
    assert found is not None and (found.name, found.descriptor) == ("?", None)


@pytest.mark.parametrize("one", [
    call("nanosleep", POINTER), call("clock_nanosleep", 0, 0, POINTER),
    call("restart_syscall", channel="hrtimer_nanosleep"), call("?", channel="do_nanosleep"),
    call("poll", 0, 0, 1000), call("ppoll", 0, 0, POINTER), call("ppoll", POINTER, 0, POINTER),
    call("select", 0, 0, 0, 0, POINTER), call("pselect6", 0, 0, 0, 0, POINTER),
    call("select", 64, 0, 0, 0, POINTER), call("rt_sigtimedwait", POINTER, 0, POINTER),
    call("semtimedop", 1, POINTER, 1, POINTER), call("mq_timedreceive", 3, 0, 0, 0, POINTER),
    call("futex", POINTER, 0x189, 0, POINTER), call("futex", POINTER, 0x80, 2, POINTER),
    call("futex_waitv", POINTER, 1, 0, POINTER), call("pause", 1, 2, 3, 4, 5),
    call("rt_sigsuspend", POINTER), call("poll", POINTER, 1, 1000),
    call("select", 4, POINTER, 0, 0, POINTER), call("epoll_wait", 4, POINTER, 8, 1000),
], ids=str)
def test_calls_that_wait_for_time_to_pass(one: Call) -> None:
    assert by_the_clock(one)


@pytest.mark.parametrize("one", [
    call(""), call("?"), call("accept", 3), call("read", 3),
    call("poll", 0, 0, NONE), call("ppoll", 0, 0, 0), call("select", 0),
    call("pselect6", 9, 0, POINTER),
    call("rt_sigtimedwait", POINTER), call("semtimedop", 1, POINTER, 1),
    call("futex", POINTER, 0x189), call("futex", POINTER, 0x81, 1, POINTER),  # FUTEX_WAKE
    call("epoll_wait", 4, POINTER, 8, NONE),
    call("restart_syscall", channel="futex_wait"),
], ids=str)
def test_calls_that_wait_for_something_else(one: Call) -> None:
    assert not by_the_clock(one)


def test_a_descriptor_may_be_a_clock() -> None:
    assert by_the_clock(call("read", 3), lambda: True)
    assert not by_the_clock(call("recvfrom", 3), lambda: True)


@pytest.mark.parametrize("operation, awaited, joined", [
    (0x109, 12, 5012), (0, 12, 5012),
    (0x189, 12, None),  # a semaphore whose value is 12 by chance
    (0x80, 2, None),  # a lock
    (0x109, 13, None),  # nobody has this id
    (0x101, 12, None),  # FUTEX_WAKE
])
def test_a_join_is_told_from_a_lock(operation: int, awaited: int, joined: Optional[int]) -> None:
    assert joined_thread(call("futex", POINTER, operation, awaited), {2: 5002, 12: 5012}) == joined
    assert joined_thread(call("read", POINTER, operation, awaited), {12: 5012}) is None


# --- real threads ---

def _in_vfork() -> None:
    ctypes.PyDLL(None).vfork()  # the child, too, comes here, and pauses
    signal.pause()


def _joins() -> None:
    libc, other = ctypes.CDLL(None), ctypes.c_ulong()
    libc.pthread_create(ctypes.byref(other), None, libc.pause, None)
    libc.pthread_join(other, None)


def _reads_from(end: socket.socket) -> Callable[[], None]:
    return lambda: (end.recv(1), None)[1]


@known
@pytest.mark.parametrize("act, words", [
    (lambda: time.sleep(60), "sleep() or nanosleep()"),
    (lambda: select.select([], [], [], 60), "pselect6() with a timeout"),
    (lambda: select.poll().poll(60000), "poll() with a timeout"),
    (lambda: select.epoll().poll(60), "epoll_wait() with a timeout"),
    (lambda: signal.sigtimedwait([signal.SIGUSR1], 60), "sigtimedwait() with a timeout"),
    (lambda: threading.Event().wait(60), "futex() with a timeout"),
    (signal.pause, "pause() or sigsuspend()"),
    (lambda: signal.sigwait([signal.SIGUSR1]), ""),
    (lambda: threading.Event().wait(), ""),
    (lambda: os.read(os.pipe()[0], 1), ""),
    (lambda: select.select([os.pipe()[0]], [], []), ""),
])
def test_a_real_thread_sleeps_by_the_clock(act: Callable[[], object], words: str) -> None:
    with blocked(act) as [task]:
        assert calls.sleeping_by_the_clock([task]) == ({task.tid: words} if words else {})


@known
def test_a_real_thread_reads_from_a_socket() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, blocked(_reads_from(theirs)) as [task]:
        [found] = calls.calls_of([task])
        assert found is not None and found.name == "recvfrom"
        assert calls.blocked_fd(task) == theirs.fileno()


@known
def test_a_real_thread_waits_for_no_descriptor() -> None:
    with blocked(signal.pause) as [task]:
        assert calls.blocked_fd(task) is None


@known
def test_a_real_thread_joins_another() -> None:
    with blocked(_joins) as tasks:
        [main, other] = tasks
        [found] = calls.calls_of([main])
        assert found is not None
        assert joined_thread(found, calls.own_ids(tasks)) == other.tid


def test_a_real_thread_waits_in_vfork() -> None:
    with blocked(_in_vfork) as [task]:
        assert task.state == "D" and calls.in_vfork(task.pid, task.tid)


def test_what_has_ended_is_in_no_call() -> None:
    nobody = procfs.Task(1 << 22, 1 << 22, "S", 0.0, 0.0)
    assert calls.calls_of([nobody]) == [None]
    assert calls.sleeping_by_the_clock([nobody]) == {} and calls.own_ids([nobody]) == {}
    assert not calls.in_vfork(1 << 22, 1 << 22)
