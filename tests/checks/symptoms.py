"""The words for the symptoms of a server that does wrong, for the student: in lines, the one that
tells most first.

Pure functions of what was seen: diagnosis.py collects that; what a single thread does is put into
words in blocked.py. The words claim no more than was seen.
"""
from __future__ import annotations

import signal
from collections import Counter
from typing import Collection, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from checks.blocked import (WAITPID, Thread, awaited_words, function, seems_in_handler,
                            state_words)
from watching.procfs import Process

SIGCHLD = 1 << (signal.SIGCHLD - 1)
LINES = 6  # on what the threads do; those that are alone in what they do are left out first

# Bytes of address space that a thread takes by default: the sandbox's limit on a stack. If it were
# larger than that, a server that did create a thread would be told that there is no trace of one.
STACK = 8 << 20
CORE_DUMPED = 0x80  # in a status as wait(2) has it
# Real-time signals that the C library uses for itself: to cancel threads, and to set their users.
INTERNAL_SIGNALS = (32, 33)
NOBODY_ELSE = "it has no other thread or "


class Scene(NamedTuple):
    """A server at one moment."""
    threads: Sequence[Thread]  # sorted by process, then by thread; zombies have none
    processes: Mapping[int, Process]  # zombies included
    idle: Collection[int]  # the processes that were there before there were clients

    def main(self) -> Optional[Thread]:
        """Returns the thread that is "the server" in what is said; None if it is gone and others
        are left. Before the first client, when it is not known yet which processes are idle, the
        first thread of all."""
        own = [thread for thread in self.threads if thread.task.pid in self.idle]
        if not own:
            return None if self.idle or not self.threads else self.threads[0]
        # Not the lowest number: numbers begin anew when they are used up.
        return next((one for one in own if one.task.tid == one.task.pid), own[0])

    def noun(self, thread: Thread) -> str:
        """Returns what a thread is to the server: "thread", "child", "grandchild", "process"."""
        if thread.task.tid != thread.task.pid:
            return "thread" if thread.task.pid in self.idle else "thread of a child"
        # The first thread of a process stands for the process.
        parent = self._parent(thread.task.pid)
        if parent in self.idle:
            return "child"
        return "grandchild" if self._parent(parent) in self.idle else "process"

    def _parent(self, pid: int) -> int:
        return self.processes[pid].parent if pid in self.processes else 0


def counted(number: int, noun: str) -> str:
    """Returns the number and the noun, in the plural unless it is one: "2 processes"."""
    if number == 1:
        return f"1 {noun}"
    first, of, rest = noun.replace("of a child", "of children").partition(" of ")
    if first.endswith("child"):
        return f"{number} {first}ren{of}{rest}"
    return f"{number} {first}{'es' if first.endswith('s') else 's'}{of}{rest}"


def verb(number: int, one: str = "is", many: str = "are") -> str:
    """Returns the form of a verb that goes with a number."""
    return one if number == 1 else many


# --- what the threads do ---

def doing_words(scene: Scene, signals: Mapping[str, int]) -> List[str]:
    """Returns what the threads of a scene do. `signals`: the signal sets of the main thread's
    process, by name."""
    main = scene.main()
    lines = ["the server itself has ended"]
    if main is not None:
        lines = ["the server is " + _main_words(main, scene, signals)]
        if main.task.tid != main.task.pid:
            lines.append("its initial thread has ended, other threads go on")
    others = [thread for thread in scene.threads if thread is not main]
    lines += others_words(others, scene)
    if not others:
        zombies = any(process.zombie for process in scene.processes.values())
        lines.append(NOBODY_ELSE + ("live child" if zombies else "child"))
    return lines


def _main_words(main: Thread, scene: Scene, signals: Mapping[str, int]) -> str:
    words = state_words(main) + awaited_words((main,))
    if function(main) == WAITPID and main.task.state in "SD":
        words += _for_whom(main.task.pid, scene.processes)
    handled = signals.get("SigBlk", 0) & signals.get("SigCgt", 0)
    if handled and seems_in_handler(main):
        # A handler that waits for a child that is still busy, or for a lock, blocks, or spins, with
        # its signal blocked.
        name = "SIGCHLD" if handled & SIGCHLD else signal_names(handled)[0]
        words += f" while {name} is blocked, as in a {name} handler"
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


def others_words(others: Iterable[Thread], scene: Scene) -> List[str]:
    """Returns what threads other than the main one do, those that do the same together, the most
    frequent first."""
    groups: Dict[Tuple[str, str], List[Thread]] = {}
    for thread in others:
        groups.setdefault((scene.noun(thread), state_words(thread)), []).append(thread)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    lines = [_group_words(noun, words, threads) for (noun, words), threads in ordered[:LINES]]
    left = sum(len(threads) for _, threads in ordered[LINES:])
    if left:
        lines.append(f"{left} more do something else")
    return lines


def _group_words(noun: str, words: str, threads: Sequence[Thread]) -> str:
    if len(threads) == 1:
        return f"{noun} {threads[0].task.tid} is {words}{awaited_words(threads)}"
    which = "other " if noun in ("thread", "process") else ""
    return f"{counted(len(threads), which + noun)} are {words}{awaited_words(threads)}"


# --- signals ---

def in_set(signals: Mapping[str, int], which: str) -> bool:
    """Returns whether SIGCHLD is in one of a process's signal sets (proc(5), status)."""
    return bool(signals.get(which, 0) & SIGCHLD)


def signal_names(mask: int) -> List[str]:
    """Returns the names of the signals in a set, without those that the C library uses."""
    found = []
    for number in range(1, 65):
        if mask >> (number - 1) & 1 and number not in INTERNAL_SIGNALS:
            try:
                found.append(signal.Signals(number).name)
            except ValueError:  # real-time signals have no name of their own
                found.append(f"SIGRTMIN+{number - signal.SIGRTMIN}")
    return found


def sigchld_words(signals: Mapping[str, int], reaped: bool) -> List[str]:
    """Returns what a process with these signal sets, by name, does with SIGCHLD. `reaped`: whether
    it has waited for a child before."""
    if in_set(signals, "SigBlk"):
        pending = in_set(signals, "ShdPnd") or in_set(signals, "SigPnd")
        rest = ", and one is pending" if pending else ""
        return ["SIGCHLD is blocked in the process that should reap them" + rest]
    if in_set(signals, "SigCgt"):
        return ["a handler is installed for SIGCHLD"]
    ignored = "; the signal is ignored (SIG_IGN)" if in_set(signals, "SigIgn") else ""
    lines = ["no handler is installed for SIGCHLD" + ignored]
    others = signal_names(signals.get("SigCgt", 0))
    if others:
        lines[0] += f", but there is one for {', '.join(others)}"
    lines.append("the process has waited for a child before" if reaped else
                 "the process has never waited for a child")
    return lines


# --- what became of the server, its children and threads ---

def ending_words(status: Optional[int], left: int) -> str:
    """Returns how a server has ended, to follow "the server". `status` is that of wait(2): None if
    it runs, -1 if nobody knows; `left` is how many processes it has left behind."""
    if status is None:
        return "is still running, but no longer listens"
    if status == -1:
        return "has ended, together with the box around it"
    words = _how(status)
    if left and not status & 0x7f:
        words += f"; it left {counted(left, 'process')} running"
    return words


def _how(status: int) -> str:
    """Returns how a process has ended whose status, as wait(2) has it, is this."""
    number = status & 0x7f
    if number:
        return f"was killed by signal {number} ({signal.strsignal(number)})"
    return f"ended with status {status >> 8}"


def zombies_words(statuses: Sequence[Optional[int]]) -> List[str]:
    """Returns how children have ended that the server has not waited for, by their statuses, as
    wait(2) has them; None: not known."""
    if not statuses:
        return []
    groups = Counter("has ended" if status is None else _how(status & ~CORE_DUMPED)
                     for status in statuses)
    if len(statuses) == 1:
        return [f"a child {how}; it is a zombie" for how in groups]
    rest = ", ".join(f"{number} {how.replace('was ', 'were ').replace('has ', 'have ')}"
                     if number > 1 else f"1 {how}" for how, number in groups.most_common())
    return [f"{len(statuses)} children are zombies: {rest}"]


def threads_words(processes: Mapping[int, Process], idle: Collection[int]) -> List[str]:
    """Returns what there is of threads for clients."""
    own = _own(processes, idle)
    beside = _beside_words(processes, own, "thread")
    if beside or not own:
        return beside
    # The stack of a thread stays mapped for a while after its end: so little memory means that
    # there was none.
    size = sum(process.address_space for process in own)
    if size > STACK:
        return ["the server has no other thread now; it seems that it has created one since it "
                f"started: its address space, {size >> 10} KiB, has room for a stack"]
    return [f"no trace of a thread: the server's address space, {size >> 10} KiB, is smaller than "
            "one default thread stack"]


def children_words(processes: Mapping[int, Process], idle: Collection[int], ignored: bool,
                   statuses: Sequence[Optional[int]] = ()) -> List[str]:
    """Returns what there is, or was, of processes for clients. `ignored`: a process that ignores
    SIGCHLD leaves no trace of its children (wait(2), NOTES). `statuses`: of the zombies, as
    zombies_words has them."""
    own = _own(processes, idle)
    beside = _beside_words(processes, own, "process") + zombies_words(statuses)
    if beside or not own:
        return beside
    if any(process.reaped_faults for process in own):
        return ["the server has no child now; it has reaped at least one since it started"]
    if ignored:
        return ["the server has no child now; whether it had one is not known, as SIGCHLD is "
                "ignored (SIG_IGN)"]
    return ["the server has no child, and has never reaped one"]


def _own(processes: Mapping[int, Process], idle: Collection[int]) -> List[Process]:
    return [process for pid, process in processes.items() if pid in idle and not process.zombie]


def _beside_words(processes: Mapping[int, Process], own: Sequence[Process],
                  noun: str) -> List[str]:
    """Returns how many threads there are besides the first one of each own process, under that
    noun; nothing if there are none, or no own process."""
    every = sum(process.threads for process in processes.values() if not process.zombie)
    number = every - len(own)
    if not own or number == 0:
        return []
    return [f"besides the server itself there {verb(number)} {counted(number, noun)}"]
