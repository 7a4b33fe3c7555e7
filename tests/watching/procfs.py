"""What /proc shows of processes, threads and connections to everybody: proc(5).

Everything here may race with the process it looks at: what has ended in the meantime is left out,
never an error. A line that is not of the form that proc(5) gives is an error, and loud: it must not
be taken for "no such process".

What the kernel shows only to the user of a process is in private.py.
"""
import contextlib
import os
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence

TICK = os.sysconf("SC_CLK_TCK")
NANOSECONDS = 1e9
LISTENS = 10  # TCP_LISTEN, in the state column of /proc/net/tcp
SIGNAL_SETS = ("SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt")


class Process(NamedTuple):
    """One line of /proc/PID/stat. Times are seconds of CPU."""
    pid: int
    name: str
    state: str
    parent: int
    threads: int
    own_time: float  # utime + stime
    reaped_time: float  # of children waited for: cutime + cstime
    reaped_faults: int  # page faults of children waited for: each child has some
    address_space: int  # bytes

    @property
    def zombie(self) -> bool:
        """Whether it has ended, and its parent has not waited for it yet."""
        return self.state in "ZX"


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


def read(path: str) -> bytes:
    """Returns all of a file, in one read where the kernel makes its content up; raises OSError."""
    with open(path, "rb", buffering=0) as file:
        return file.read()


def _fields(stat: bytes) -> List[bytes]:
    """Returns the fields of a stat line from the third on, the state: the name before may hold
    blanks, brackets and newlines, so they are counted from the last bracket."""
    return stat.rpartition(b")")[2].split()


# --- processes and threads ---

def process(pid: int) -> Optional[Process]:
    """Returns the process, or None if there is none (any more)."""
    try:
        line = read(f"/proc/{pid}/stat")
    except OSError:
        return None
    return parsed(pid, line) if line else None


def parsed(pid: int, line: bytes) -> Process:
    """Returns what a line of /proc/PID/stat says; raises ValueError or IndexError if it is no such
    line."""
    name = line.rpartition(b")")[0].partition(b"(")[2]
    fields = _fields(line)
    utime, stime, cutime, cstime = (int(field) / TICK for field in fields[11:15])
    return Process(pid, name.decode("ascii", "replace"), fields[0].decode("ascii"),
                   parent=int(fields[1]), threads=int(fields[17]), own_time=utime + stime,
                   reaped_time=cutime + cstime, reaped_faults=int(fields[8]),
                   address_space=int(fields[20]))


def _thread_ids(pid: int) -> List[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []


def _children(pid: int) -> List[int]:
    found: List[int] = []
    for tid in _thread_ids(pid):
        with contextlib.suppress(OSError):
            found += map(int, read(f"/proc/{pid}/task/{tid}/children").split())
    return found


_HAS_CHILDREN = os.path.exists(f"/proc/self/task/{os.getpid()}/children")  # CONFIG_PROC_CHILDREN


def tree(root: int) -> Dict[int, Process]:
    """Returns all descendants of a process, zombies included, without itself."""
    return _tree_by_children(root) if _HAS_CHILDREN else _tree_by_parents(root)


def descends_from(root: int, pid: int) -> bool:
    """Returns whether a process is a descendant of another one, a zombie included. Unlike `tree`,
    looks at its ancestors alone, however many descendants there are."""
    seen = process(pid)
    while seen is not None and seen.parent not in (0, root):
        seen = process(seen.parent)
    return seen is not None and seen.parent == root


def _tree_by_children(root: int) -> Dict[int, Process]:
    found: Dict[int, Process] = {}
    todo = _children(root)
    while todo:
        pid = todo.pop()
        seen = process(pid)
        if seen is not None and pid not in found:
            found[pid] = seen
            todo += _children(pid)
    return found


def _tree_by_parents(root: int) -> Dict[int, Process]:
    everyone: Dict[int, Process] = {}
    for name in os.listdir("/proc"):
        seen = process(int(name)) if name.isdigit() else None
        if seen is not None:
            everyone[seen.pid] = seen
    family = {root}
    while True:
        more = {pid for pid, seen in everyone.items() if seen.parent in family} - family
        if not more:
            return {pid: everyone[pid] for pid in family - {root}}
        family |= more


def tasks(pid: int) -> Iterator[Task]:
    """Yields the threads of a process that have not ended."""
    for tid in _thread_ids(pid):
        with contextlib.suppress(OSError):
            found = _task(pid, int(tid))
            if found is not None:
                yield found


def _task(pid: int, tid: int) -> Optional[Task]:
    """Returns a thread; None for a zombie. Raises OSError when it has ended."""
    folder = f"/proc/{pid}/task/{tid}"
    line = read(f"{folder}/stat")
    if not line:
        return None
    fields = _fields(line)
    state = fields[0].decode("ascii")
    if state in "ZX":
        return None
    try:
        times = read(f"{folder}/schedstat").split()
        run, waiting = int(times[0]) / NANOSECONDS, int(times[1]) / NANOSECONDS
    except FileNotFoundError:  # ended just now, or a kernel without CONFIG_SCHED_INFO
        run, waiting = (int(fields[11]) + int(fields[12])) / TICK, 0.0
    return Task(pid, tid, state, run, waiting)


def in_kernel(task: Task) -> bool:
    """Returns whether a thread has spent most of its time in the kernel."""
    try:
        fields = _fields(read(f"/proc/{task.pid}/task/{task.tid}/stat"))
    except OSError:
        return False
    return bool(fields) and int(fields[12]) > 2 * int(fields[11])


def signal_sets(pid: int) -> Dict[str, int]:
    """Returns the signal sets of a process as bit masks, by the names of proc(5), status
    (SIGNAL_SETS); none if it has ended."""
    try:
        lines = read(f"/proc/{pid}/status").decode(errors="replace").splitlines()
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
        lines = read(f"/proc/{pid}/net/tcp").decode("ascii").splitlines()[1:]
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
        lines = read(f"/proc/{pid}/net/netstat").decode("ascii").splitlines()
    except OSError:
        return 0
    for names, numbers in zip(lines, lines[1:]):
        if names.startswith("TcpExt:") and numbers.startswith("TcpExt:"):
            return int(dict(zip(names.split(), numbers.split())).get("ListenOverflows", 0))
    return 0
