"""The words for what is seen of a server, from made-up processes and threads."""
from __future__ import annotations

from typing import Any, Dict, List, Mapping

import pytest

from checks import symptoms
from checks.symptoms import LOOPING, SIGCHLD, STACK, Scene, Thread, counted
from watching.procfs import LISTENS, Connection, Process, Task

SERVER, PORT, CLIENT = 100, 2999, 40001
NO_SIGNALS: Mapping[str, int] = {}


def process(pid: int, parent: int = SERVER, **more: Any) -> Process:
    values: Dict[str, Any] = dict(pid=pid, name="mp_server", state="S", parent=parent, threads=1,
                                  own_time=0.0, reaped_time=0.0, reaped_faults=0,
                                  address_space=2500 << 10)
    values.update(more)
    return Process(**values)


def thread(pid: int, channel: str = "", tid: int = 0, state: str = "S", run: float = 1.0,
           in_kernel: bool = False) -> Thread:
    return Thread(Task(pid, tid or pid, state, run, 0.0), channel, in_kernel)


def scene(*threads: Thread, zombies: int = 0) -> Scene:
    """Returns a scene with these threads, process 100 being the server, the others its children."""
    processes = {one.task.pid: process(one.task.pid) for one in threads}
    if SERVER in processes:
        processes[SERVER] = process(SERVER, parent=1)
    for pid in range(900, 900 + zombies):
        processes[pid] = process(pid, state="Z")
    return Scene(threads, processes, {SERVER})


def doing(*threads: Thread, zombies: int = 0, signals: Mapping[str, int] = NO_SIGNALS) -> str:
    return symptoms.doing_words(scene(*threads, zombies=zombies), signals)


# --- what a thread does ---

@pytest.mark.parametrize("channel, words", [
    ("futex_wait_queue", "blocked in futex() (a lock, a semaphore or pthread_join())"),
    ("futex_do_wait", "blocked in futex() (a lock, a semaphore or pthread_join())"),
    ("kernel_clone", "blocked in vfork() until its child ends or calls execve()"),
    ("do_wait", "blocked in waitpid()"),
    ("locks_lock_inode_wait", "blocked on a file lock"),
    ("inet_csk_accept", "blocked in accept()"),
    ("hrtimer_nanosleep", "blocked in sleep() or nanosleep()"),
    ("wait_woken", "blocked in recv()"),
    ("poll_schedule_timeout.constprop.0", "blocked in poll(), select() or epoll_wait()"),
    ("ep_poll", "blocked in poll(), select() or epoll_wait()"),
    ("anon_pipe_read", "blocked on a pipe"),
    ("sigsuspend", "blocked in sigsuspend()"),
    ("do_sigtimedwait", "blocked in sigwait()"),
    ("__ia32_sys_pause", "blocked in pause()"),
    ("", "blocked"),  # a kernel that does not say
    ("0", "blocked"),
    ("io_schedule", "blocked"),
])
def test_a_sleeping_thread_is_blocked_in_a_call(channel: str, words: str) -> None:
    assert symptoms.state_words(thread(1, channel)) == words
    assert symptoms.state_words(thread(1, channel, state="D")) == words


@pytest.mark.parametrize("state, run, in_kernel, words", [
    ("R", 3.0, False, "running"),  # whether it computes or spins cannot be seen
    ("R", 3.0, True, "busy-looping in system calls"),
    ("R", LOOPING / 2, True, "running"),  # it may just have been woken up
    ("T", 3.0, True, "stopped by a signal"),
    ("t", 0.0, False, "stopped by a signal"),
])
def test_a_thread_that_is_not_asleep(state: str, run: float, in_kernel: bool, words: str) -> None:
    one = thread(1, "0", state=state, run=run, in_kernel=in_kernel)
    assert symptoms.state_words(one) == words


# --- what a server does ---

def test_a_server_alone() -> None:
    assert doing(thread(SERVER, "inet_csk_accept")) == (
        "the server is blocked in accept(); it has no other thread or child")


def test_a_server_alone_with_zombies_has_no_live_child() -> None:
    assert doing(thread(SERVER, "inet_csk_accept"), zombies=3) == (
        "the server is blocked in accept(); it has no other thread or live child")


def test_a_server_that_waits_for_its_only_child() -> None:
    assert doing(thread(SERVER, "do_wait"), thread(101, "wait_woken")) == (
        "the server is blocked in waitpid() for child 101; 1 other process is blocked in recv()")


def test_a_server_that_waits_for_one_of_several() -> None:
    said = doing(thread(SERVER, "do_wait"), *(thread(pid, "wait_woken") for pid in (101, 102)))
    assert said == ("the server is blocked in waitpid() for one of its 2 children; "
                    "2 other processes are blocked in recv()")


def test_a_child_that_has_ended_is_not_waited_for() -> None:
    assert doing(thread(SERVER, "do_wait"), zombies=1).startswith(
        "the server is blocked in waitpid(); it has")


def test_a_grandchild_is_not_the_server_s_to_wait_for() -> None:
    seen = scene(thread(SERVER, "do_wait"), thread(101, "do_wait"), thread(102, "wait_woken"))
    processes = dict(seen.processes)
    processes[102] = process(102, parent=101)
    assert symptoms.doing_words(seen._replace(processes=processes), NO_SIGNALS) == (
        "the server is blocked in waitpid() for child 101; 1 other process is blocked in "
        "waitpid(); 1 other process is blocked in recv()")


def test_threads_are_told_from_processes() -> None:
    threads = [thread(SERVER, "wait_woken", tid=SERVER + at) for at in range(1, 4)]
    assert doing(thread(SERVER, "inet_csk_accept"), *threads, thread(201, "wait_woken")) == (
        "the server is blocked in accept(); 3 other threads are blocked in recv(); "
        "1 other process is blocked in recv()")


def test_the_most_frequent_come_first() -> None:
    said = doing(thread(SERVER, "do_wait"), thread(101, "futex_wait_queue"),
                 *(thread(pid, "wait_woken") for pid in (102, 103)))
    assert said.index("2 other processes") < said.index("1 other process is")


BLOCKED = {"SigBlk": SIGCHLD, "SigCgt": SIGCHLD}


def test_a_handler_that_waits_is_told() -> None:
    said = doing(thread(SERVER, "do_wait"), thread(101, "wait_woken"), signals=BLOCKED)
    assert " for child 101 while SIGCHLD is blocked, as in a SIGCHLD handler; 1 " in said


def test_a_handler_that_spins_is_told() -> None:
    said = doing(thread(SERVER, state="R", in_kernel=True), signals=BLOCKED)
    assert said.startswith("the server is busy-looping in system calls while SIGCHLD is blocked, "
                           "as in a SIGCHLD handler")


@pytest.mark.parametrize("signals", [NO_SIGNALS, {"SigBlk": SIGCHLD}, {"SigCgt": SIGCHLD},
                                     {"SigBlk": ~SIGCHLD, "SigCgt": ~SIGCHLD}])
def test_no_handler_is_suspected_without_a_sign(signals: Mapping[str, int]) -> None:
    assert "SIGCHLD" not in doing(thread(SERVER, "do_wait"), signals=signals)


def test_a_handler_is_not_suspected_of_a_server_that_accepts() -> None:
    assert "SIGCHLD" not in doing(thread(SERVER, "inet_csk_accept"), signals=BLOCKED)


def test_children_of_a_server_that_is_gone_are_not_the_server() -> None:
    assert doing(thread(101, "wait_woken"), thread(102, "wait_woken")) == (
        "the server itself has ended; 2 other processes are blocked in recv()")


def test_before_the_first_client_the_first_process_is_the_server() -> None:
    seen = scene(thread(SERVER, "futex_wait_queue"), thread(101, "wait_woken"))
    assert symptoms.doing_words(seen._replace(idle=set()), NO_SIGNALS).startswith(
        "the server is blocked in futex()")


# --- where a connection is ---

def tcp(**more: int) -> Connection:
    values = dict(local=PORT, remote=CLIENT, state=1, waiting=0, inode=77)
    values.update(more)
    return Connection(**values)


LISTENER = tcp(remote=0, state=LISTENS, inode=5)


def test_the_server_s_end_is_found_among_others() -> None:
    sockets = [LISTENER, tcp(local=CLIENT, remote=PORT, inode=9), tcp(remote=CLIENT + 1, inode=8),
               tcp(local=PORT + 1, state=LISTENS, waiting=50), tcp()]
    assert symptoms.end_of_connection(sockets, PORT, CLIENT) == (77, 0)


def test_an_end_that_is_not_accepted_has_no_inode() -> None:
    sockets = [LISTENER._replace(waiting=7), tcp(inode=0)]
    assert symptoms.end_of_connection(sockets, PORT, CLIENT) == (0, 7)


def test_an_end_that_is_gone_is_none() -> None:
    assert symptoms.end_of_connection([LISTENER], PORT, CLIENT) == (None, 0)
    assert symptoms.end_of_connection([], PORT, CLIENT) == (None, 0)


@pytest.mark.parametrize("number, words", [
    (0, ""),  # just accepted
    (1, "this connection is still in the listen queue"),
    (7, "7 connections, including this one, are still in the listen queue"),
])
def test_the_listen_queue(number: int, words: str) -> None:
    assert symptoms.queued_words(number) == words


FAMILY = {SERVER: process(SERVER, 1), 101: process(101), 102: process(102, parent=101)}


@pytest.mark.parametrize("holders, words", [
    ([], ""),
    ([(SERVER, 4)], "its connection is descriptor 4 of the server itself"),
    ([(101, 4)], "its connection is descriptor 4 of child 101"),
    ([(102, 4)], "its connection is descriptor 4 of process 102"),
    ([(SERVER, 7), (101, 4)],
     "its connection is descriptor 7 of the server itself and descriptor 4 of child 101"),
    ([(SERVER, 4), (101, 4), (102, 4), (103, 4)],
     "its connection is descriptor 4 of the server itself and descriptor 4 of child 101 and "
     "descriptor 4 of process 102 and of 1 more process"),
])
def test_who_holds_a_connection(holders: List[Any], words: str) -> None:
    assert symptoms.connection_words(holders, FAMILY, {SERVER}) == words


def test_one_of_several_idle_processes_is_not_the_server_itself() -> None:
    assert symptoms.connection_words([(101, 4)], FAMILY, {SERVER, 101}) == (
        "its connection is descriptor 4 of process 101 of the server")


@pytest.mark.parametrize("holders, words", [
    ([], ""),
    ([(101, 3)], "process 101 has it open as descriptor 3"),
    ([(101, 3), (102, 5)], "2 processes have it open, process 101 as descriptor 3"),
])
def test_who_holds_the_listening_socket(holders: List[Any], words: str) -> None:
    assert symptoms.listeners_words(holders) == words


# --- children and threads ---

@pytest.mark.parametrize("signals, words", [
    ({}, "no handler is installed for SIGCHLD"),
    ({"SigCgt": SIGCHLD}, "a handler is installed for SIGCHLD"),
    ({"SigIgn": SIGCHLD},
     "no handler is installed for SIGCHLD; the signal is ignored (SIG_IGN)"),
    (BLOCKED, "SIGCHLD is blocked in the process that should reap them"),
    ({**BLOCKED, "ShdPnd": SIGCHLD},
     "SIGCHLD is blocked in the process that should reap them, and one is pending"),
    ({**BLOCKED, "SigPnd": SIGCHLD},
     "SIGCHLD is blocked in the process that should reap them, and one is pending"),
])
def test_what_becomes_of_sigchld(signals: Dict[str, int], words: str) -> None:
    assert symptoms.sigchld_words(signals) == words


def family(*children: Process, **more: Any) -> Dict[int, Process]:
    return {one.pid: one for one in (process(SERVER, 1, **more), *children)}


@pytest.mark.parametrize("processes, ignored, words", [
    (family(process(101)), False, "besides the server itself there is 1 process"),
    (family(process(101), process(102)), False, "besides the server itself there are 2 processes"),
    (family(process(101, state="Z")), False, "a child was created and has ended"),
    (family(reaped_faults=30), False, "a child was created and has ended"),
    (family(), False, "the server has no child, and has never reaped one"),
    (family(), True, ""),  # its children leave no trace
    ({}, False, ""),
    (family(state="Z"), False, ""),  # the server itself has ended
])
def test_the_children(processes: Dict[int, Process], ignored: bool, words: str) -> None:
    assert symptoms.children_words(processes, {SERVER}, ignored) == words


@pytest.mark.parametrize("processes, words", [
    (family(threads=2), "besides the server itself there is 1 thread"),
    (family(threads=65), "besides the server itself there are 64 threads"),
    (family(address_space=STACK + 1), ""),  # of a thread that has ended, perhaps
    (family(), "no trace of a thread: the server's address space, 2500 KiB, is smaller than one "
               "default thread stack"),
    ({}, ""),
])
def test_the_threads(processes: Dict[int, Process], words: str) -> None:
    assert symptoms.threads_words(processes, {SERVER}) == words


@pytest.mark.parametrize("number, noun, words", [
    (1, "thread", "1 thread"), (0, "thread", "0 threads"), (2, "other process", "2 other processes")
])
def test_counting(number: int, noun: str, words: str) -> None:
    assert counted(number, noun) == words
