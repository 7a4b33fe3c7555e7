"""The words for what one thread does, from made-up system calls."""
from __future__ import annotations

from typing import Collection, Optional

import pytest

from checks import blocked
from checks.blocked import LOOPING, Thread, descriptor_words, state_words
from watching.calls import Call
from watching.procfs import Task

POINTER = 0x7ffd12345678


def call(name: str, *arguments: int, channel: str = "") -> Call:
    return Call(name, arguments + (0,) * (6 - len(arguments)), channel)


def thread(one: Optional[Call], state: str = "S", run: float = 1.0, in_kernel: bool = False,
           joins: Optional[int] = None) -> Thread:
    return Thread(Task(1, 1, state, run, 0.0), one, in_kernel, joins)


@pytest.mark.parametrize("one, words", [
    (call("accept", 3), "blocked in accept()"), (call("accept4", 3), "blocked in accept()"),
    (call("recvfrom", 4), "blocked in recv()"), (call("read", 4), "blocked in read()"),
    (call("sendto", 4, channel="wait_woken"), "blocked in send()"),
    (call("wait4"), "blocked in waitpid()"), (call("waitid"), "blocked in waitid()"),
    (call("clock_nanosleep"), "blocked in sleep() or nanosleep()"),
    (call("restart_syscall", channel="hrtimer_nanosleep"), "blocked in sleep() or nanosleep()"),
    (call("ppoll"), "blocked in poll()"), (call("pselect6"), "blocked in select()"),
    (call("epoll_pwait"), "blocked in epoll_wait()"), (call("pause"), "blocked in pause()"),
    (call("rt_sigsuspend"), "blocked in sigsuspend()"),
    (call("rt_sigtimedwait", POINTER), "blocked in sigwait()"),
    (call("rt_sigtimedwait", POINTER, 0, POINTER), "blocked in sigtimedwait()"),
    (call("flock", 5), "blocked in flock() (a file lock)"),
    (call("vfork", channel="kernel_clone"),
     "blocked in vfork() until its child ends or calls execve()"),
    (call("clone", channel="percpu_rwsem_wait"),
     "blocked in clone(), which creates a process or a thread,"),
    (call("futex", POINTER, 0x80, 2),
     "blocked in pthread_mutex_lock() (or on a lock within malloc(), printf() and the like)"),
    (call("futex", POINTER, 0x189, 0), "blocked in sem_wait() or pthread_cond_wait()"),
    (call("futex", POINTER, 0x189, 0, POINTER),
     "blocked in sem_timedwait() or pthread_cond_timedwait()"),
    (call("futex", POINTER, 0x80, 7),
     "blocked in futex() (a lock, a semaphore or pthread_join())"),
], ids=str)
def test_a_sleeping_thread_is_blocked_in_a_call(one: Call, words: str) -> None:
    assert state_words(thread(one)) == state_words(thread(one, state="D")) == words


@pytest.mark.parametrize("channel, words", [
    ("futex_wait_queue", "blocked in futex() (a lock, a semaphore or pthread_join())"),
    ("kernel_clone", "blocked in vfork() until its child ends or calls execve()"),
    ("do_wait", "blocked in waitpid()"), ("do_wait_intr_irq", "blocked"),
    ("locks_lock_inode_wait", "blocked on a file lock"),
    ("inet_csk_accept", "blocked in accept()"),
    ("hrtimer_nanosleep", "blocked in sleep() or nanosleep()"),
    ("wait_woken", "blocked in recv()"),
    ("poll_schedule_timeout.constprop.0", "blocked in poll(), select() or epoll_wait()"),
    ("ep_poll", "blocked in poll(), select() or epoll_wait()"),
    ("anon_pipe_read", "blocked in read() or write() on a pipe"),
    ("sigsuspend", "blocked in sigsuspend()"), ("do_sigtimedwait", "blocked in sigwait()"),
    ("__ia32_sys_pause", "blocked in pause()"),
    ("0", "blocked"), ("io_schedule", "blocked"),
])
def test_the_kernel_function_stands_for_a_call_that_is_not_known(channel: str, words: str) -> None:
    assert state_words(thread(call("?", channel=channel))) == words


def test_where_nothing_is_known_it_is_just_blocked() -> None:
    assert state_words(thread(None)) == "blocked"


def test_a_join_says_of_whom() -> None:
    joining = thread(call("futex", POINTER, 0x109, 4713), joins=4713)
    assert state_words(joining) == "blocked in pthread_join()"
    assert blocked.awaited_words([joining]) == " until thread 4713 ends"
    assert blocked.awaited_words([joining, joining._replace(joins=4714)]) == ""


@pytest.mark.parametrize("state, run, in_kernel, words", [
    ("R", 3.0, False, "running"),  # whether it computes or spins cannot be seen
    ("R", 3.0, True, "busy-looping in system calls"),
    ("R", LOOPING / 2, True, "running"),  # it may just have been woken up
    ("T", 3.0, True, "stopped by a signal"),
    ("t", 0.0, False, "stopped by a signal"),
])
def test_a_thread_that_is_not_asleep(state: str, run: float, in_kernel: bool, words: str) -> None:
    assert state_words(thread(call(""), state, run, in_kernel)) == words


@pytest.mark.parametrize("descriptors, kind, words", [
    ([], "", ""), ([4], "", " on descriptor 4"), ([5], "pipe", " on descriptor 5 (pipe)"),
    ({7, 4}, "", " on descriptors 4 and 7"), ([4, 5, 6, 7], "", " on descriptors 4, 5, 6 and 7"),
    ([8, 7, 6, 5, 4], "", " on descriptors 4, 5, 6 and 2 more"),
])
def test_the_descriptors(descriptors: Collection[int], kind: str, words: str) -> None:
    assert descriptor_words(descriptors, kind) == words


@pytest.mark.parametrize("one, seems", [
    (thread(call("wait4")), True), (thread(call("futex", POINTER, 0x80, 2)), True),
    (thread(call("read", 5)), True), (thread(call("nanosleep")), True),
    (thread(call(""), "R", 1.0, True), True), (thread(call(""), "R"), False),
    (thread(call("accept", 3)), False), (thread(call("recvfrom", 4)), False),
    (thread(call("rt_sigsuspend")), False), (thread(None), False),
])
def test_what_seems_to_be_done_in_a_handler(one: Thread, seems: bool) -> None:
    assert blocked.seems_in_handler(one) == seems
