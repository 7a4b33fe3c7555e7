"""The files of /proc, and the line of /proc/PID/stat that says most of a process: proc(5)."""
import os
from typing import List, NamedTuple

TICK = os.sysconf("SC_CLK_TCK")
LINE = 4096  # bytes: more than the longest line of stat and schedstat has
SHORT = 1024  # bytes: less than a page without its last number


class Process(NamedTuple):
    """One line of /proc/PID/stat. Times are seconds of CPU. Where the initial thread has ended
    (pthread_exit(3)) and others go on, state and address space are those of one of the others."""
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
        """Whether it has ended, all its threads, and its parent has not waited for it yet."""
        return self.state in "ZX" and self.threads <= 1


def read(path: str) -> bytes:
    """Returns all of a file; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        parts = [os.read(descriptor, 1 << 16)]
        while parts[-1]:
            parts.append(os.read(descriptor, 1 << 16))
        return b"".join(parts)
    finally:
        os.close(descriptor)


def line_of(path: str) -> bytes:
    """Returns a file that is one line; raises OSError. Without the second read, which would only
    say that this is all: looks at a server that has many threads consist of little else."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, LINE)
    finally:
        os.close(descriptor)


def list_of(path: str) -> bytes:
    """Returns a file that is a list of numbers; raises OSError. The kernel hands such a list out by
    the page: a short one is whole, and one read is enough."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        content = part = os.read(descriptor, LINE)
        while len(part) >= SHORT:
            part = os.read(descriptor, LINE)
            content += part
        return content
    finally:
        os.close(descriptor)


def fields_of(stat: bytes) -> List[bytes]:
    """Returns the fields of a stat line from the third on, the state: the name before may hold
    blanks, brackets and newlines, so they are counted from the last bracket."""
    return stat.rpartition(b")")[2].split()


def parsed(pid: int, line: bytes) -> Process:
    """Returns what a line of /proc/PID/stat says; raises ValueError or IndexError if it is no such
    line."""
    end = line.rindex(b")")
    fields = line[end + 1:].split(None, 21)  # those after the 21st are not needed
    utime, stime, cutime, cstime = map(int, fields[11:15])
    return Process(pid, line[line.index(b"(") + 1:end].decode("ascii", "replace"),
                   state=fields[0].decode("ascii"), parent=int(fields[1]), threads=int(fields[17]),
                   own_time=(utime + stime) / TICK, reaped_time=(cutime + cstime) / TICK,
                   reaped_faults=int(fields[8]), address_space=int(fields[20]))
