"""What /proc knows of processes and threads: proc(5). Everything here may race with the process it looks at: what has
ended in the meantime is left out, never an error."""
import contextlib
import os
from typing import Dict, Iterator, List, NamedTuple, Optional

TICK = os.sysconf("SC_CLK_TCK")


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()


class Process(NamedTuple):
    """One line of /proc/PID/stat. Times are seconds of CPU."""
    pid: int
    name: str
    state: str
    parent: int
    threads: int
    own_time: float  # utime + stime
    reaped_time: float  # of children waited for: cutime + cstime
    reaped_faults: int  # page faults of children waited for: each has some
    address_space: int  # bytes

    @property
    def zombie(self) -> bool:
        return self.state in "ZX"


class Task(NamedTuple):
    """One thread of a process. Times are seconds, since it began."""
    pid: int
    tid: int
    state: str
    run: float  # on a CPU
    waiting: float  # runnable, but waiting for a CPU


def process(pid: int) -> Optional[Process]:
    """Returns the process, or None if there is none (any more)."""
    try:
        line = _read(f"/proc/{pid}/stat").decode("ascii", "replace")
    except OSError:
        return None
    # The name may hold blanks, brackets and newlines: fields are counted from the last bracket.
    before, _, after = line.rpartition(")")
    fields = after.split()
    ticks = [int(field) / TICK for field in fields[11:15]]
    return Process(pid, before.partition("(")[2], fields[0], int(fields[1]), int(fields[17]), ticks[0] + ticks[1],
                   ticks[2] + ticks[3], int(fields[8]), int(fields[20]))


def _children(pid: int) -> List[int]:
    found: List[int] = []
    for tid in _tids(pid):
        with contextlib.suppress(*_ENDED):
            found += map(int, _read(f"/proc/{pid}/task/{tid}/children").split())
    return found


def _tids(pid: int) -> List[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []


# A process may end while it is looked at, without that being an error.
_ENDED = (OSError, ValueError, IndexError)
_HAS_CHILDREN = os.path.exists(f"/proc/self/task/{os.getpid()}/children")  # CONFIG_PROC_CHILDREN


def tree(root: int) -> Dict[int, Process]:
    """Returns all descendants of a process, zombies included, without itself."""
    if _HAS_CHILDREN:
        found: Dict[int, Process] = {}
        todo = _children(root)
        while todo:
            pid = todo.pop()
            seen = process(pid)
            if seen is not None and pid not in found:
                found[pid] = seen
                todo += _children(pid)
        return found
    everyone = {int(name): process(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    family = {root}
    while True:
        more = {pid for pid, seen in everyone.items() if seen and seen.parent in family} - family
        if not more:
            return {pid: everyone[pid] for pid in family - {root}}  # type: ignore[misc]
        family |= more


def tasks(pid: int) -> Iterator[Task]:
    """Yields the threads of a process that have not ended, zombies left out."""
    for tid in _tids(pid):
        with contextlib.suppress(*_ENDED):
            folder = f"/proc/{pid}/task/{tid}"
            fields = _read(f"{folder}/stat").rpartition(b")")[2].split()
            state = fields[0].decode()
            if state in "ZX":
                continue
            try:
                run, waiting = (int(number) / 1e9 for number in _read(f"{folder}/schedstat").split()[:2])
            except OSError:  # a kernel without CONFIG_SCHED_INFO
                run, waiting = (int(fields[11]) + int(fields[12])) / TICK, 0.0
            yield Task(pid, int(tid), state, run, waiting)


def in_kernel(task: Task) -> bool:
    """Returns whether a thread has spent most of its time in the kernel."""
    try:
        fields = _read(f"/proc/{task.pid}/task/{task.tid}/stat").rpartition(b")")[2].split()
        return int(fields[12]) > 2 * int(fields[11])
    except _ENDED:
        return False


def signals(pid: int) -> Dict[str, int]:
    """Returns the sets of signals of a process, by the names of proc(5), status; none if it has ended."""
    try:
        lines = _read(f"/proc/{pid}/status").decode(errors="replace").splitlines()
    except OSError:
        return {}
    return {line[:6]: int(line[7:], 16) for line in lines if line[:7] in ("SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:")}


class Connection(NamedTuple):
    """One line of /proc/PID/net/tcp."""
    local: int  # ports
    remote: int
    state: int
    waiting: int  # bytes to be read; clients to be accepted, if the socket listens
    inode: int  # 0: nobody has accepted it, or all have closed it


LISTENS = 10


def connections(pid: int) -> List[Connection]:
    """Returns the TCP sockets (IPv4) of the network that a process is in; none if that cannot be seen."""
    try:
        lines = _read(f"/proc/{pid}/net/tcp").decode().splitlines()[1:]
    except OSError:
        return []
    fields = [line.split() for line in lines]
    return [Connection(int(line[1][-4:], 16), int(line[2][-4:], 16), int(line[3], 16), int(line[4][-8:], 16), int(line[9]))
            for line in fields]


def listen_overflows(pid: int) -> int:
    """Returns how many connections have found a full backlog in the network namespace of a process (netstat(8), -s); 0
    where that is not known."""
    with contextlib.suppress(*_ENDED):
        lines = _read(f"/proc/{pid}/net/netstat").decode().splitlines()
        for names, numbers in zip(lines, lines[1:]):
            if names.startswith("TcpExt:") and numbers.startswith("TcpExt:"):
                return int(dict(zip(names.split(), numbers.split())).get("ListenOverflows", 0))
    return 0


def cores() -> int:
    """Returns on how many CPUs this process may run."""
    return len(os.sched_getaffinity(0))
