"""The words for the symptoms of a server that does wrong, for the student.

Pure functions of what was seen: diagnosis.py collects that. The words claim no more than was seen,
but for one thing: of several calls that sleep in the same kernel function, they name the one that
it is most often. A thread in do_wait is "blocked in waitpid()", though it may be waitid(); one in
wait_woken is "blocked in recv()", though a send() to a client that does not read sleeps there, too.
"""
from __future__ import annotations

import signal
from collections import Counter
from typing import Collection, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from watching import procfs
from watching.procfs import Connection, Process, Task

SIGCHLD = 1 << (signal.SIGCHLD - 1)
NAMED = 3  # descriptors that are named one by one; the rest is counted

# Bytes of address space that a thread takes by default: the sandbox's limit on a stack. If it were
# larger than that, a server that did create a thread would be told that there is no trace of one.
STACK = 8 << 20
# Seconds of CPU: a thread that has used less may just have been woken up, so it is said to be
# running, not looping. Much larger, and a loop that is caught early is called running, too; much
# smaller, and a thread that only happens to be in a system call is called looping.
LOOPING = 0.1

# What a thread is blocked in, by a part of the name of the kernel function that it sleeps in
# (proc(5), wchan). The first that fits counts: futex_do_wait is a futex. Kernels differ in the rest
# of the name.
WAITPID = "blocked in waitpid()"
BLOCKED_IN = (
    ("futex", "blocked in futex() (a lock, a semaphore or pthread_join())"),
    ("kernel_clone", "blocked in vfork() until its child ends or calls execve()"),
    ("do_wait", WAITPID),
    ("lock_inode", "blocked on a file lock"),
    ("accept", "blocked in accept()"),
    ("nanosleep", "blocked in sleep() or nanosleep()"),
    ("wait_woken", "blocked in recv()"),
    ("poll", "blocked in poll(), select() or epoll_wait()"),
    ("pipe", "blocked on a pipe"),
    ("sigsuspend", "blocked in sigsuspend()"),
    ("sigtimedwait", "blocked in sigwait()"),
    ("pause", "blocked in pause()"),
)
BLOCKED = "blocked"
STOPPED = "stopped by a signal"
RUNNING = "running"  # or ready to: whether it computes or spins cannot be seen
IN_CALLS = "busy-looping in system calls"


class Thread(NamedTuple):
    """A thread of the server at one moment."""
    task: Task
    channel: str  # the kernel function that it sleeps in; "" if that is not known
    in_kernel: bool  # has it spent most of its time there?


class Scene(NamedTuple):
    """A server at one moment."""
    threads: Sequence[Thread]  # sorted by process, then by thread; zombies have none
    processes: Mapping[int, Process]  # zombies included
    idle: Collection[int]  # the processes that were there before there were clients

    def main(self) -> Optional[Thread]:
        """Returns the thread that is "the server" in what is said; None if it is gone and others
        are left. Before the first client, when it is not known yet which processes are idle, the
        first thread of all."""
        for thread in self.threads:
            if thread.task.pid in self.idle:
                return thread
        return None if self.idle or not self.threads else self.threads[0]


def counted(number: int, noun: str) -> str:
    """Returns the number and the noun, in the plural unless it is one: "2 processes"."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}es" if noun.endswith("s") else f"{number} {noun}s"


# --- what the threads do ---

def doing_words(scene: Scene, signals: Mapping[str, int]) -> str:
    """Returns what the threads of a scene do. `signals`: the signal sets of the main thread's
    process, by name."""
    main = scene.main()
    if main is None:
        parts = ["the server itself has ended"]
    else:
        parts = ["the server is " + _main_words(main, scene, signals)]
    others = [thread for thread in scene.threads if thread is not main]
    parts += _others_words(others)
    if not others:
        zombies = any(process.zombie for process in scene.processes.values())
        parts.append(f"it has no other thread or {'live child' if zombies else 'child'}")
    return "; ".join(parts)


def state_words(thread: Thread) -> str:
    """Returns what a thread does, to follow "is" or "are"."""
    if thread.task.state in "SD":
        for part, words in BLOCKED_IN:
            if part in thread.channel:
                return words
        return BLOCKED
    if thread.task.state in "Tt":
        return STOPPED
    looping = thread.in_kernel and thread.task.run >= LOOPING
    return IN_CALLS if looping else RUNNING


def _main_words(main: Thread, scene: Scene, signals: Mapping[str, int]) -> str:
    words = state_words(main)
    # A handler for SIGCHLD that waits for a child that is still busy blocks, or spins, with the
    # signal blocked.
    in_handler = in_set(signals, "SigBlk") and in_set(signals, "SigCgt")
    suspicious = words in (WAITPID, IN_CALLS) and in_handler
    if words == WAITPID:
        words += _for_whom(main.task.pid, scene.processes)
    if suspicious:
        words += " while SIGCHLD is blocked, as in a SIGCHLD handler"
    return words


def _for_whom(parent: int, processes: Mapping[int, Process]) -> str:
    """Returns for which child a process waits, as far as that is certain: which one it named cannot
    be seen."""
    children = [process.pid for process in processes.values()
                if process.parent == parent and not process.zombie]
    if not children:
        return ""
    if len(children) == 1:
        return f" for child {children[0]}"
    return f" for one of its {len(children)} children"


def _others_words(others: Iterable[Thread]) -> List[str]:
    """Returns what the other threads do, those that do the same together, the most frequent
    first."""
    groups: Counter[Tuple[str, str]] = Counter()
    for thread in others:
        # The first thread of a process stands for the process.
        noun = "process" if thread.task.tid == thread.task.pid else "thread"
        groups[noun, state_words(thread)] += 1
    return [f"{counted(number, 'other ' + noun)} {'is' if number == 1 else 'are'} {words}"
            for (noun, words), number in groups.most_common()]


def in_set(signals: Mapping[str, int], which: str) -> bool:
    """Returns whether SIGCHLD is in one of a process's signal sets (proc(5), status)."""
    return bool(signals.get(which, 0) & SIGCHLD)


# --- where a connection is ---

def end_of_connection(sockets: Iterable[Connection], port: int,
                      client: int) -> Tuple[Optional[int], int]:
    """Returns the inode of the server's end of a connection, and how many connections are in the
    listen queue of the server's port. The inode is 0 while nobody has accepted it; None if there is
    no such connection."""
    inode = None
    waiting = 0
    for socket in sockets:
        if socket.local != port:
            continue
        if socket.remote == client and inode is None:
            inode = socket.inode
        if socket.state == procfs.LISTENS:
            waiting += socket.waiting
    return inode, waiting


def queued_words(number: int) -> str:
    """Returns the words for a connection that nobody has accepted, with the number of those in the
    listen queue; "" if the queue is empty: then it has just left it."""
    if number == 0:
        return ""
    if number == 1:
        return "this connection is still in the listen queue"
    return f"{number} connections, including this one, are still in the listen queue"


def connection_words(holders: Sequence[Tuple[int, int]], processes: Mapping[int, Process],
                     idle: Collection[int]) -> str:
    """Returns who holds a connection. `holders`: process and descriptor of each."""
    if not holders:
        return ""
    places = [f"descriptor {descriptor} of {_who(pid, processes, idle)}"
              for pid, descriptor in holders[:NAMED]]
    if len(holders) > NAMED:
        places.append("of " + counted(len(holders) - NAMED, "more process"))
    return "its connection is " + " and ".join(places)


def _who(pid: int, processes: Mapping[int, Process], idle: Collection[int]) -> str:
    if pid in idle:
        return "the server itself" if len(idle) == 1 else f"process {pid} of the server"
    if pid in processes and processes[pid].parent in idle:
        return f"child {pid}"
    return f"process {pid}"


def listeners_words(holders: Sequence[Tuple[int, int]]) -> str:
    """Returns who holds the listening socket. `holders`: process and descriptor of each."""
    if not holders:
        return ""
    pid, descriptor = holders[0]
    if len(holders) == 1:
        return f"process {pid} has it open as descriptor {descriptor}"
    return f"{len(holders)} processes have it open, process {pid} as descriptor {descriptor}"


# --- what became of the server, its children and threads ---

def ending_words(status: Optional[int], left: int) -> str:
    """Returns how a server has ended, to follow "the server". `status` is that of wait(2): None if
    it runs, -1 if nobody knows; `left` is how many processes it has left behind."""
    if status is None:
        return "is still running, but no longer listens"
    if status == -1:
        return "has ended, together with the box around it"
    if status & 0x7f:
        number = status & 0x7f
        return f"was killed by signal {number} ({signal.strsignal(number)})"
    words = f"ended with status {status >> 8}"
    if left:
        words += f"; it left {counted(left, 'process')} running"
    return words


def sigchld_words(signals: Mapping[str, int]) -> str:
    """Returns what a process with these signal sets, by name, does with SIGCHLD."""
    if in_set(signals, "SigBlk"):
        pending = in_set(signals, "ShdPnd") or in_set(signals, "SigPnd")
        rest = ", and one is pending" if pending else ""
        return "SIGCHLD is blocked in the process that should reap them" + rest
    if in_set(signals, "SigCgt"):
        return "a handler is installed for SIGCHLD"
    if in_set(signals, "SigIgn"):
        return "no handler is installed for SIGCHLD; the signal is ignored (SIG_IGN)"
    return "no handler is installed for SIGCHLD"


def threads_words(processes: Mapping[int, Process], idle: Collection[int]) -> str:
    """Returns what there is of threads for clients."""
    own = _own(processes, idle)
    beside = _beside_words(processes, own, "thread")
    if beside or not own:
        return beside
    # The stack of a thread stays mapped for a while after its end: so little memory means that
    # there was none.
    size = sum(process.address_space for process in own)
    if size > STACK:
        return ""
    return (f"no trace of a thread: the server's address space, {size >> 10} KiB, is smaller than "
            "one default thread stack")


def children_words(processes: Mapping[int, Process], idle: Collection[int], ignored: bool) -> str:
    """Returns what there is, or was, of processes for clients. `ignored`: a process that ignores
    SIGCHLD leaves no trace of its children (wait(2), NOTES)."""
    own = _own(processes, idle)
    beside = _beside_words(processes, own, "process")
    if beside or not own:
        return beside
    zombies = len(processes) > len(own)
    if zombies or any(process.reaped_faults for process in own):
        return "a child was created and has ended"
    return "" if ignored else "the server has no child, and has never reaped one"


def _own(processes: Mapping[int, Process], idle: Collection[int]) -> List[Process]:
    return [process for pid, process in processes.items() if pid in idle and not process.zombie]


def _beside_words(processes: Mapping[int, Process], own: Sequence[Process], noun: str) -> str:
    """Returns how many threads there are besides the first one of each own process, under that
    noun; "" if there are none, or no own process."""
    every = sum(process.threads for process in processes.values() if not process.zombie)
    number = every - len(own)
    if not own or number == 0:
        return ""
    verb = "is" if number == 1 else "are"
    return f"besides the server itself there {verb} {counted(number, noun)}"
