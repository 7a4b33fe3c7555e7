"""What /proc shows of processes, threads and connections to everybody: proc(5).

Everything here may race with the process it looks at: what has ended in the meantime is left out,
never an error. A line that is not of the form that proc(5) gives is an error, and loud: it must not
be taken for "no such process".

What the kernel shows only to the user of a process is in private.py.
"""
import contextlib
import os
import time
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from watching.stat import TICK as TICK  # with "as": what callers of this module deal with
from watching.stat import Process as Process
from watching.stat import fields_of, line_of, list_of, parsed
from watching.stat import read as read

NANOSECONDS = 1e9
CPU_CLOCK = 2  # CPUCLOCK_SCHED: which of a process's clocks, in the lowest bits of its clock's id
LISTENS = 10  # TCP_LISTEN, in the state column of /proc/net/tcp
SIGNAL_SETS = ("SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt")


class Task(NamedTuple):
    """One thread of a process. Times are seconds, since it began."""
    pid: int
    tid: int
    state: str
    run: float  # on a CPU
    waiting: float  # runnable, but waiting for a CPU


class Connection(NamedTuple):
    """One line of /proc/PID/net/tcp."""
    local: int  # ports
    remote: int
    state: int
    waiting: int  # bytes to be read; connections to be accepted, if the socket listens
    inode: int  # 0: nobody has accepted it, or all have closed it


# --- processes and threads ---

def process(pid: int) -> Optional[Process]:
    """Returns the process, or None if there is none (any more)."""
    try:
        line = line_of(f"/proc/{pid}/stat")
    except OSError:
        return None
    if not line:
        return None
    found = parsed(pid, line)
    return found if found.state not in "ZX" or found.zombie else _without_initial(found)


def _without_initial(found: Process) -> Process:
    """Returns a process whose initial thread has ended, as one of its other threads has it."""
    for tid in _thread_ids(found.pid):
        with contextlib.suppress(OSError):
            line = line_of(f"/proc/{found.pid}/task/{tid}/stat")
            other = parsed(found.pid, line) if line else found
            if other.state not in "ZX":
                return found._replace(state=other.state, address_space=other.address_space)
    return found


def folder(pid: int) -> str:
    """Returns the folder of a process in /proc. Where its initial thread has ended and others go on
    that is the folder of one of those: the initial thread's own shows no memory, no descriptors and
    no network any more."""
    with contextlib.suppress(OSError):
        line = line_of(f"/proc/{pid}/stat")
        if line and parsed(pid, line).state in "ZX":
            for task in tasks(pid):
                return f"/proc/{pid}/task/{task.tid}"
    return f"/proc/{pid}"


def _thread_ids(pid: int) -> List[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []


def _children(pid: int, threads: int) -> List[int]:
    found: List[int] = []
    for tid in _thread_ids(pid) if threads > 1 else (pid,):
        with contextlib.suppress(OSError):
            found += map(int, list_of(f"/proc/{pid}/task/{tid}/children").split())
    return found


_HAS_CHILDREN = os.path.exists(f"/proc/self/task/{os.getpid()}/children")  # CONFIG_PROC_CHILDREN
# A family that has so many threads and processes is looked for among all processes of the machine,
# if these are fewer. Smaller, and the machine's processes are counted for small families, too;
# larger, and it takes longer to find out that this is the quicker way.
LARGE = 64


def tree(root: int) -> Dict[int, Process]:
    """Returns all descendants of a process, zombies included, without itself."""
    found = _tree_by_children(root) if _HAS_CHILDREN else None
    return _tree_by_parents(root) if found is None else found


def descends_from(root: int, pid: int) -> bool:
    """Returns whether a process is a descendant of another one, a zombie included. Unlike `tree`,
    looks at its ancestors alone, however many descendants there are."""
    seen = process(pid)
    while seen is not None and seen.parent not in (0, root):
        seen = process(seen.parent)
    return seen is not None and seen.parent == root


def _tree_by_children(root: int) -> Optional[Dict[int, Process]]:
    """Returns the descendants of a process by the list of children that each thread has; None if
    it takes less to look at all processes of the machine."""
    found: Dict[int, Process] = {}
    begin = process(root)
    todo = _children(root, begin.threads) if begin is not None else []
    files, limit = 2 * len(todo), LARGE  # to be read; more than that are not
    while todo:
        pid = todo.pop()
        seen = process(pid)
        if seen is None or pid in found:
            continue
        found[pid] = seen
        if seen.zombie:  # its children have another parent
            continue
        files += seen.threads - 1
        if files > limit:
            limit = max(limit, len(os.listdir("/proc")))
            if files > limit:
                return None
        more = _children(pid, seen.threads)
        files += 2 * len(more)
        todo += more
    return found


def _tree_by_parents(root: int) -> Dict[int, Process]:
    """Returns the descendants of a process by the parent that each process of the machine has."""
    everyone: Dict[int, Process] = {}
    children: Dict[int, List[int]] = {}
    for name in os.listdir("/proc"):
        seen = process(int(name)) if name.isdigit() else None
        if seen is not None:
            everyone[seen.pid] = seen
            children.setdefault(seen.parent, []).append(seen.pid)
    found: Dict[int, Process] = {}
    todo = list(children.get(root, ()))
    while todo:
        pid = todo.pop()
        found[pid] = everyone[pid]
        todo += children.get(pid, ())
    return found


def tasks(pid: int) -> Iterator[Task]:
    """Yields the threads of a process that have not ended."""
    for tid in _thread_ids(pid):
        with contextlib.suppress(OSError):
            found = _task(pid, int(tid))
            if found is not None:
                yield found


def _task(pid: int, tid: int) -> Optional[Task]:
    """Returns a thread; None for a zombie. Raises OSError when it has ended."""
    task = f"/proc/{pid}/task/{tid}"
    line = line_of(f"{task}/stat")
    if not line:
        return None
    fields = fields_of(line)
    state = fields[0].decode("ascii")
    if state in "ZX":
        return None
    times: Sequence[bytes] = ()
    with contextlib.suppress(FileNotFoundError):  # ended just now, or no CONFIG_SCHED_INFO
        times = line_of(f"{task}/schedstat").split()
    if len(times) == 3 and times[2] != b"0":  # it has run, and that is counted
        return Task(pid, tid, state, int(times[0]) / NANOSECONDS, int(times[1]) / NANOSECONDS)
    return Task(pid, tid, state, (int(fields[11]) + int(fields[12])) / TICK, 0.0)


def thread_states(of: Process) -> Iterator[Tuple[int, str]]:
    """Yields the threads of a process that have not ended, and the state of each: less than `tasks`
    does, and cheaper. `of` must have been looked at just now."""
    if of.threads == 1:
        if not of.zombie:
            yield of.pid, of.state
        return
    for tid in _thread_ids(of.pid):
        with contextlib.suppress(OSError):
            line = line_of(f"/proc/{of.pid}/task/{tid}/stat")
            if line:
                at = line.rindex(b") ") + 2
                state = line[at:at + 1].decode("ascii")
                if state not in "ZX":
                    yield int(tid), state


def cpu_clock(pid: int) -> float:
    """Returns the seconds that the threads of a process have run, those that have ended included;
    0.0 if the process has ended. To the nanosecond, in one system call however many threads there
    are (clock_getcpuclockid(3))."""
    try:
        return time.clock_gettime(~pid << 3 | CPU_CLOCK)
    except OSError:  # it has ended, or this system has no clock for it
        return sum(task.run for task in tasks(pid))


def in_kernel(task: Task) -> bool:
    """Returns whether a thread has spent most of its time in the kernel."""
    try:
        fields = fields_of(read(f"/proc/{task.pid}/task/{task.tid}/stat"))
    except OSError:
        return False
    return bool(fields) and int(fields[12]) > 2 * int(fields[11])


def exit_status(pid: int) -> int:
    """Returns how a zombie has ended, as wait(2) has it, or 0 to whom may not see that; raises
    OSError, IndexError or ValueError if there is none."""
    return int(fields_of(line_of(f"/proc/{pid}/stat"))[49])


def signal_sets(pid: int) -> Dict[str, int]:
    """Returns the signal sets of a process as bit masks, by the names of proc(5), status
    (SIGNAL_SETS); none if it has ended."""
    try:
        lines = read(f"{folder(pid)}/status").decode(errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in lines if line.startswith(SIGNAL_SETS))
    return {name: int(mask, 16) for name, mask in pairs}


def cores() -> int:
    """Returns on how many CPUs this process may run."""
    return len(os.sched_getaffinity(0))


# --- connections ---

def connections(pid: int) -> List[Connection]:
    """Returns the TCP sockets (IPv4) of the network namespace of a process; none if that cannot be
    seen."""
    try:
        lines = read(f"{folder(pid)}/net/tcp").decode("ascii").splitlines()[1:]
    except OSError:
        return []
    return [_connection(line.split()) for line in lines]


def _connection(fields: Sequence[str]) -> Connection:
    """Field 1 is the local address, 2 the remote one (hexadecimal ADDRESS:PORT), 4 the queues
    (SEND:RECEIVE)."""
    return Connection(int(fields[1][-4:], 16), int(fields[2][-4:], 16), int(fields[3], 16),
                      int(fields[4][-8:], 16), int(fields[9]))


def listen_overflows(pid: int) -> int:
    """Returns how many connections have found a full listen queue in the network namespace of a
    process (netstat(8), -s); 0 where that is not known."""
    try:
        lines = read(f"{folder(pid)}/net/netstat").decode("ascii").splitlines()
    except OSError:
        return 0
    for names, numbers in zip(lines, lines[1:]):
        if names.startswith("TcpExt:") and numbers.startswith("TcpExt:"):
            return int(dict(zip(names.split(), numbers.split())).get("ListenOverflows", 0))
    return 0
