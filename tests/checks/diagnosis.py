"""What was observed of a server that does wrong, in words for the student. All this is asked only after a check has found
a fault: it names the symptom, and decides nothing."""
import signal
from collections import Counter
from typing import Collection, Dict, Sequence

from checker import proc
from checker.box import Box
from checker.client import Client

SIGCHLD = 1 << (signal.SIGCHLD - 1)
STACK = 8 << 20  # bytes of address space that a thread takes by default: what the box limits a stack to
# What a thread waits for, by the kernel function that it sleeps in: "the server ...", "N others ...".
WAITS = (("futex", "waits for a lock or a thread", "wait for a lock or a thread"),
         ("kernel_clone", "waits until a child of vfork() lets it go on", "wait until a child of vfork() lets them go on"),
         ("do_wait", "waits for a child to end", "wait for a child to end"),
         ("lock_inode", "waits for a lock on a file", "wait for a lock on a file"),
         ("accept", "waits for a new client", "wait for a new client"),
         ("nanosleep", "sleeps by the clock", "sleep by the clock"),
         ("wait_woken", "waits for a client to send", "wait for a client to send"),
         ("poll", "waits in poll or select", "wait in poll or select"),
         ("pipe", "waits for a pipe", "wait for a pipe"),
         ("sigsuspend", "waits for a signal", "wait for a signal"),
         ("sigtimedwait", "waits for a signal", "wait for a signal"),
         ("pause", "waits for a signal", "wait for a signal"))
ASLEEP, COMPUTES = ("sleeps", "sleep"), ("computes", "compute")
CALLS = ("makes one system call after the other", "make one system call after the other")
FOR_A_CHILD = WAITS[2][1:]


def doing(box: Box, tree: Dict[int, proc.Process], idle: Collection[int]) -> str:
    """Returns what the server's threads do right now; nothing if there is none. `idle` are its processes without clients."""
    tasks = sorted(task for pid in tree for task in proc.tasks(pid))
    if not tasks:
        return ""
    main = next((at for at, task in enumerate(tasks) if task.pid in idle), 0)
    found = [_asleep(function) if task.state in "SD" else CALLS if proc.in_kernel(task) else COMPUTES
             for task, function in zip(tasks, box.waits_in(tasks))]
    children = [str(child.pid) for child in tree.values() if child.parent == tasks[main].pid and not child.zombie]
    which = f" (process {', '.join(children[:3])})" if found[main] == FOR_A_CHILD and children else ""
    if found[main] in (FOR_A_CHILD, CALLS) and _sigchld(tasks[main].pid, "SigBlk") and _sigchld(tasks[main].pid, "SigCgt"):
        which += " while SIGCHLD is blocked, as in a handler of that signal"
    others = Counter(words for at, words in enumerate(found) if at != main)
    rest = "".join(f", {count} other{'s'[:count - 1]} {words[count > 1]}" for words, count in others.most_common())
    return f"the server {found[main][0]}{which}{rest or ', and there is nobody else'}"


def _asleep(function: str) -> Sequence[str]:
    return next((words[1:] for words in WAITS if words[0] in function), ASLEEP)


def _sigchld(pid: int, which: str) -> bool:
    """Returns whether SIGCHLD is in one of the signal sets of a process: proc(5), status."""
    return bool(proc.signals(pid).get(which, 0) & SIGCHLD)


def connection(box: Box, port: int, client: Client, idle: Collection[int]) -> str:
    """Returns where the server's end of a client's connection is: not accepted yet, or who holds it as which descriptor."""
    pids = sorted(pid for pid, process in box.tree().items() if not process.zombie)
    sockets = proc.connections(pids[0]) if pids else []
    mine = [one for one in sockets if (one.local, one.remote) == (port, client.port())]
    waiting = sum(one.waiting for one in sockets if one.local == port and one.state == proc.LISTENS)
    if not mine or not (mine[0].inode or waiting):
        return ""
    if not mine[0].inode:
        return "the client is not accepted" if waiting < 2 else f"{waiting} clients are not accepted, this one among them"
    names = [f"descriptor {descriptor} of {'the server itself' if pid in idle else f'a child (process {pid})'}"
             for pid, descriptor in box.holders(pids, mine[0].inode)]
    return f"its connection is {' and '.join(names[:3])}{' and more' * (len(names) > 3)}" if names else ""


def listeners(box: Box, port: int) -> str:
    """Returns which processes have the socket open that listens on a port."""
    pids = sorted(pid for pid, process in box.tree().items() if not process.zombie)
    inodes = [one.inode for one in (proc.connections(pids[0]) if pids else []) if (one.local, one.state) == (port, proc.LISTENS)]
    held = box.holders(pids, inodes[0]) if inodes else []
    return f"{len(held)} processes have it open, {held[0][0]} as descriptor {held[0][1]}" if held else ""


def sigchld(pid: int) -> str:
    """Returns what becomes of the signal that a child of the process has ended."""
    if _sigchld(pid, "SigBlk"):
        pending = _sigchld(pid, "ShdPnd") or _sigchld(pid, "SigPnd")
        return "SIGCHLD is blocked there" + (", and one is pending" if pending else "")
    if _sigchld(pid, "SigCgt"):
        return "a handler is installed for SIGCHLD"
    return f"no handler is installed for SIGCHLD{', it is ignored' if _sigchld(pid, 'SigIgn') else ''}"


def helpers(tree: Dict[int, proc.Process], idle: Collection[int], threads: bool) -> str:
    """Returns what there is of processes or threads that were made for clients, or has been."""
    own = [process for pid, process in tree.items() if pid in idle and not process.zombie]
    others = sum(process.threads for process in tree.values() if not process.zombie) - len(own)
    size = sum(process.address_space for process in own)
    if not own:
        return ""
    if others:
        kind = ("thread" if threads else "process") + ("" if others == 1 else "s" if threads else "es")
        return f"there {'is' if others == 1 else 'are'} {others} {kind} beside the server itself"
    if threads:
        return "" if size > STACK else f"no thread was made: all memory of the server, {size >> 10} KiB, is less than one stack"
    if any(process.reaped_faults for process in own) or len(tree) > len(own):
        return "a child was made, and has ended"
    return "" if any(_sigchld(process.pid, "SigIgn") for process in own) else "no child is there, and none was ever waited for"
