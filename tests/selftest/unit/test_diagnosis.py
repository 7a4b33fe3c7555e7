"""The words for what is seen of a server, from made-up processes and threads."""
from __future__ import annotations

import signal
from typing import Any, Dict, List, Mapping, Optional, Sequence

import pytest

from checks import symptoms
from checks.blocked import Thread
from checks.symptoms import LINES, SIGCHLD, STACK, Scene, counted
from watching.calls import Call
from watching.procfs import Process, Task

SERVER, CHILD = 100, 101
NO_SIGNALS: Mapping[str, int] = {}


def process(pid: int, parent: int = SERVER, **more: Any) -> Process:
    values: Dict[str, Any] = dict(pid=pid, name="mp_server", state="S", parent=parent, threads=1,
                                  own_time=0.0, reaped_time=0.0, reaped_faults=0,
                                  address_space=2500 << 10)
    values.update(more)
    return Process(**values)


def thread(pid: int, name: str = "", *on: int, tid: int = 0, state: str = "S",
           in_kernel: bool = False) -> Thread:
    """Returns a thread that is blocked in that system call, on these descriptors."""
    call = Call(name, (0, 0, 0, 0, 0, 0))
    return Thread(Task(pid, tid or pid, state, 1.0, 0.0), call, in_kernel, on=on)


def accepting(pid: int = SERVER, tid: int = 0) -> Thread:
    return thread(pid, "accept", 3, tid=tid)


def receiving(pid: int, tid: int = 0, descriptor: int = 4) -> Thread:
    return thread(pid, "recvfrom", descriptor, tid=tid)


def scene(*threads: Thread, zombies: int = 0) -> Scene:
    """Returns a scene with these threads, process 100 being the server, the others its children."""
    processes = {one.task.pid: process(one.task.pid) for one in threads}
    if SERVER in processes:
        processes[SERVER] = process(SERVER, parent=1)
    for pid in range(900, 900 + zombies):
        processes[pid] = process(pid, state="Z")
    return Scene(threads, processes, {SERVER})


def doing(*threads: Thread, zombies: int = 0,
          signals: Mapping[str, int] = NO_SIGNALS) -> List[str]:
    return symptoms.doing_words(scene(*threads, zombies=zombies), signals)


# --- what a server does ---

ACCEPTS = "the server is blocked in accept() on descriptor 3"
ALONE = "it has no other thread or child"


def test_a_server_alone() -> None:
    assert doing(accepting()) == [ACCEPTS, ALONE]


def test_a_server_alone_with_zombies_has_no_live_child() -> None:
    assert doing(accepting(), zombies=3) == [ACCEPTS, "it has no other thread or live child"]


def test_a_server_that_waits_for_its_only_child() -> None:
    assert doing(thread(SERVER, "wait4"), receiving(CHILD)) == [
        "the server is blocked in waitpid() for child 101",
        "child 101 is blocked in recv() on descriptor 4"]


def test_a_server_that_waits_for_one_of_several() -> None:
    assert doing(thread(SERVER, "wait4"), receiving(101), receiving(102)) == [
        "the server is blocked in waitpid() for one of its 2 children",
        "2 children are blocked in recv() on descriptor 4"]


def test_a_child_that_has_ended_is_not_waited_for() -> None:
    assert doing(thread(SERVER, "wait4"), zombies=1)[0] == "the server is blocked in waitpid()"


def test_a_grandchild_is_not_the_server_s_to_wait_for() -> None:
    seen = scene(thread(SERVER, "wait4"), thread(101, "wait4"), receiving(102))
    processes = dict(seen.processes)
    processes[102] = process(102, parent=101)
    assert symptoms.doing_words(seen._replace(processes=processes), NO_SIGNALS) == [
        "the server is blocked in waitpid() for child 101", "child 101 is blocked in waitpid()",
        "grandchild 102 is blocked in recv() on descriptor 4"]


def test_a_process_whose_parent_has_ended_is_no_child() -> None:
    seen = scene(accepting(), receiving(101))
    processes = {**seen.processes, 101: process(101, parent=1)}
    assert symptoms.doing_words(seen._replace(processes=processes), NO_SIGNALS) == [
        ACCEPTS, "process 101 is blocked in recv() on descriptor 4"]


def test_threads_are_told_from_processes() -> None:
    threads = [receiving(SERVER, 104, 4), receiving(SERVER, 105, 5), receiving(SERVER, 106, 6)]
    assert doing(accepting(), *threads, receiving(201), accepting(201, 202)) == [
        ACCEPTS, "3 other threads are blocked in recv() on descriptors 4, 5 and 6",
        "child 201 is blocked in recv() on descriptor 4",
        "thread of a child 202 is blocked in accept() on descriptor 3"]


def test_children_that_were_there_before_are_children() -> None:
    seen = scene(accepting(), receiving(101), receiving(102))._replace(idle={SERVER, 101})
    assert symptoms.doing_words(seen, NO_SIGNALS)[1:] == [
        "2 children are blocked in recv() on descriptor 4"]


def test_the_most_frequent_come_first() -> None:
    said = doing(thread(SERVER, "wait4"), thread(101, "pause"), receiving(102), receiving(103))
    assert said[1:] == ["2 children are blocked in recv() on descriptor 4",
                        "child 101 is blocked in pause()"]


def test_what_many_do_is_told_in_few_lines() -> None:
    calls = ("accept", "recvfrom", "pause", "poll", "select", "read", "write", "flock")
    said = doing(accepting(), *(thread(pid, name) for pid, name in enumerate(calls, start=101)))
    assert len(said) == 1 + LINES + 1 and said[-1] == "2 more do something else"


def test_a_server_whose_initial_thread_has_ended() -> None:
    assert doing(accepting(tid=107))[:2] == [
        ACCEPTS, "its initial thread has ended, other threads go on"]


def test_a_server_that_joins_a_thread() -> None:
    main = Thread(Task(SERVER, SERVER, "S", 1.0, 0.0), Call("futex", (0, 0x109, 101, 0, 0, 0)),
                  False, joins=101)
    assert doing(main, receiving(SERVER, 101)) == [
        "the server is blocked in pthread_join() until thread 101 ends",
        "thread 101 is blocked in recv() on descriptor 4"]


def test_an_event_loop() -> None:
    assert doing(thread(SERVER, "epoll_wait", 3, 5, 6, 7, 8, 9))[0] == (
        "the server is blocked in epoll_wait() on descriptors 3, 5, 6 and 3 more")


def test_what_is_no_socket_is_named() -> None:
    main = thread(SERVER, "read", 5)._replace(kind="pipe")
    assert doing(main)[0] == "the server is blocked in read() on descriptor 5 (pipe)"


BLOCKED = {"SigBlk": SIGCHLD, "SigCgt": SIGCHLD}
USR1 = 1 << (signal.SIGUSR1 - 1)


def test_a_handler_that_waits_is_told() -> None:
    assert doing(thread(SERVER, "wait4"), receiving(CHILD), signals=BLOCKED)[0] == (
        "the server is blocked in waitpid() for child 101 while SIGCHLD is blocked, as in a "
        "SIGCHLD handler")


def test_a_handler_that_spins_is_told() -> None:
    said = doing(thread(SERVER, state="R", in_kernel=True), signals=BLOCKED)
    assert said[0] == ("the server is busy-looping in system calls while SIGCHLD is blocked, "
                       "as in a SIGCHLD handler")


def test_another_signal_s_handler_is_told() -> None:
    said = doing(thread(SERVER, "wait4"), signals={"SigBlk": USR1, "SigCgt": USR1 | SIGCHLD})
    assert said[0].endswith("while SIGUSR1 is blocked, as in a SIGUSR1 handler")


@pytest.mark.parametrize("signals", [NO_SIGNALS, {"SigBlk": SIGCHLD}, {"SigCgt": SIGCHLD},
                                     {"SigBlk": ~SIGCHLD, "SigCgt": SIGCHLD}])
def test_no_handler_is_suspected_without_a_sign(signals: Mapping[str, int]) -> None:
    assert "handler" not in doing(thread(SERVER, "wait4"), signals=signals)[0]


def test_a_handler_is_not_suspected_of_a_server_that_accepts() -> None:
    assert doing(accepting(), signals=BLOCKED)[0] == ACCEPTS


def test_children_of_a_server_that_is_gone_are_not_the_server() -> None:
    assert doing(receiving(101), receiving(102)) == [
        "the server itself has ended", "2 children are blocked in recv() on descriptor 4"]


def test_before_the_first_client_the_first_process_is_the_server() -> None:
    seen = scene(thread(SERVER, "pause"), receiving(101))._replace(idle=set())
    assert symptoms.doing_words(seen, NO_SIGNALS)[0] == "the server is blocked in pause()"


# --- children, threads and signals ---

@pytest.mark.parametrize("signals, reaped, words", [
    ({}, False, ["no handler is installed for SIGCHLD",
                 "the process has never waited for a child"]),
    ({}, True, ["no handler is installed for SIGCHLD",
                "the process has waited for a child before"]),
    ({"SigCgt": SIGCHLD}, True, ["a handler is installed for SIGCHLD"]),
    ({"SigCgt": USR1 | 1 << 31}, False,
     ["no handler is installed for SIGCHLD, but there is one for SIGUSR1",
      "the process has never waited for a child"]),
    ({"SigIgn": SIGCHLD}, False,
     ["no handler is installed for SIGCHLD; the signal is ignored (SIG_IGN)",
      "the process has never waited for a child"]),
    (BLOCKED, False, ["SIGCHLD is blocked in the process that should reap them"]),
    ({**BLOCKED, "ShdPnd": SIGCHLD}, False,
     ["SIGCHLD is blocked in the process that should reap them, and one is pending"]),
    ({**BLOCKED, "SigPnd": SIGCHLD}, False,
     ["SIGCHLD is blocked in the process that should reap them, and one is pending"]),
])
def test_what_becomes_of_sigchld(signals: Dict[str, int], reaped: bool, words: List[str]) -> None:
    assert symptoms.sigchld_words(signals, reaped) == words


def test_names_of_signals() -> None:
    assert symptoms.signal_names(USR1 | SIGCHLD) == ["SIGUSR1", "SIGCHLD"]
    assert symptoms.signal_names(1 << 35 | 3 << 31) == ["SIGRTMIN+2"]


@pytest.mark.parametrize("statuses, words", [
    ([], []),
    ([1 << 8], ["a child ended with status 1; it is a zombie"]),
    ([11 | 0x80], ["a child was killed by signal 11 (Segmentation fault); it is a zombie"]),
    ([None], ["a child has ended; it is a zombie"]),
    ([0] * 6 + [11], ["7 children are zombies: 6 ended with status 0, 1 was killed by signal 11 "
                      "(Segmentation fault)"]),
    ([9, 9, None], ["3 children are zombies: 2 were killed by signal 9 (Killed), 1 has ended"]),
])
def test_how_children_have_ended(statuses: Sequence[Optional[int]], words: List[str]) -> None:
    assert symptoms.zombies_words(statuses) == words


@pytest.mark.parametrize("status, left, words", [
    (None, 0, "is still running, but no longer listens"),
    (-1, 0, "has ended, together with the box around it"),
    (11, 3, "was killed by signal 11 (Segmentation fault)"),
    (1 << 8, 0, "ended with status 1"),
    (0, 2, "ended with status 0; it left 2 processes running"),
])
def test_how_the_server_has_ended(status: Optional[int], left: int, words: str) -> None:
    assert symptoms.ending_words(status, left) == words


def family(*children: Process, **more: Any) -> Dict[int, Process]:
    return {one.pid: one for one in (process(SERVER, 1, **more), *children)}


BESIDE = "besides the server itself there "


@pytest.mark.parametrize("processes, ignored, statuses, words", [
    (family(process(101)), False, [], [BESIDE + "is 1 process"]),
    (family(process(101), process(102)), False, [], [BESIDE + "are 2 processes"]),
    (family(process(101, state="Z")), False, [0], ["a child ended with status 0; it is a zombie"]),
    (family(process(101), process(102, state="Z")), False, [11],
     [BESIDE + "is 1 process",
      "a child was killed by signal 11 (Segmentation fault); it is a zombie"]),
    (family(reaped_faults=30), False, [],
     ["the server has no child now; it has reaped at least one since it started"]),
    (family(), False, [], ["the server has no child, and has never reaped one"]),
    (family(), True, [], ["the server has no child now; whether it had one is not known, as "
                          "SIGCHLD is ignored (SIG_IGN)"]),
    ({}, False, [], []),
    (family(state="Z"), False, [], []),  # the server itself has ended
])
def test_the_children(processes: Dict[int, Process], ignored: bool,
                      statuses: Sequence[Optional[int]], words: List[str]) -> None:
    assert symptoms.children_words(processes, {SERVER}, ignored, statuses) == words


@pytest.mark.parametrize("processes, words", [
    (family(threads=2), [BESIDE + "is 1 thread"]),
    (family(threads=65), [BESIDE + "are 64 threads"]),
    (family(address_space=STACK + (1 << 20)),
     ["the server has no other thread now; it seems that it has created one since it started: its "
      "address space, 9216 KiB, has room for a stack"]),
    (family(), ["no trace of a thread: the server's address space, 2500 KiB, is smaller than one "
                "default thread stack"]),
    ({}, []),
])
def test_the_threads(processes: Dict[int, Process], words: List[str]) -> None:
    assert symptoms.threads_words(processes, {SERVER}) == words


@pytest.mark.parametrize("number, noun, words", [
    (1, "thread", "1 thread"), (0, "thread", "0 threads"),
    (2, "other process", "2 other processes"), (2, "child", "2 children"),
    (3, "thread of a child", "3 threads of children")
])
def test_counting(number: int, noun: str, words: str) -> None:
    assert counted(number, noun) == words
