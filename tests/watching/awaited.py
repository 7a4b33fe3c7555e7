"""On which descriptors is a thread blocked, and so: who waits for which connection?

recv(2) and the like name their descriptor in the first argument; those that poll(2), select(2) and
epoll_wait(2) wait for stand in the memory of the process, or in /proc/PID/fdinfo. All that is read
with the rights of `user` (private.py).
"""
import contextlib
import os
import struct
from typing import Collection, Dict, Iterable, List

from watching import calls, private, procfs
from watching.calls import Call
from watching.procfs import Task

POLLFD = struct.Struct("=ihh")  # struct pollfd
# As many are looked at. Fewer, and a thread that polls more is not known to wait for a connection;
# more, and a wild argument makes reading take long.
MOST = 4096


def awaited(task: Task, call: Call, user: int = -1) -> List[int]:
    """Returns the descriptors that a thread waits for in a system call; none if that cannot be
    seen, or it waits for something else."""
    if call.descriptor is not None:
        return [call.descriptor]
    with contextlib.suppress(OSError, struct.error), private.as_user(user):
        if call.name in ("poll", "ppoll"):
            return _polled(task, call.arguments[0], min(call.arguments[1], MOST))
        if call.name in ("select", "pselect6"):
            return _selected(task, call.arguments[1:4], min(call.arguments[0], MOST))
        if call.name.startswith("epoll"):
            return _registered(task, call.arguments[0] & 0xffffffff)
    return []


def _memory(task: Task, address: int, size: int) -> bytes:
    descriptor = os.open(f"/proc/{task.pid}/task/{task.tid}/mem", os.O_RDONLY)
    try:
        return os.pread(descriptor, size, address)
    finally:
        os.close(descriptor)


def _polled(task: Task, address: int, number: int) -> List[int]:
    content = _memory(task, address, number * POLLFD.size)
    return [descriptor for descriptor, _, _ in POLLFD.iter_unpack(content) if descriptor >= 0]


def _selected(task: Task, addresses: Iterable[int], number: int) -> List[int]:
    found = set()
    for address in filter(None, addresses):
        bits = int.from_bytes(_memory(task, address, (number + 63) // 64 * 8), "little")
        found |= {descriptor for descriptor in range(number) if bits >> descriptor & 1}
    return sorted(found)


def _registered(task: Task, epoll: int) -> List[int]:
    content = procfs.read(f"/proc/{task.pid}/task/{task.tid}/fdinfo/{epoll}")
    return [int(line.split()[1]) for line in content.splitlines() if line.startswith(b"tfd:")]


def readers(tasks: Iterable[Task], inodes: Collection[int], user: int = -1) -> Dict[int, Task]:
    """Returns which threads wait for which of the connections (the inodes of the server's ends).
    A connection is left out if nobody is seen to wait for it: a loop that polls without blocking, a
    signal that announces data, a system that hides system calls. Of several threads that wait for
    the same one, one is named."""
    found: Dict[int, Task] = {}
    asleep = [task for task in tasks if task.state in "SD"]
    for task, call in zip(asleep, calls.calls_of(asleep, user)):
        for descriptor in awaited(task, call, user) if call is not None else ():
            with contextlib.suppress(OSError), private.as_user(user):
                target = os.readlink(f"/proc/{task.pid}/task/{task.tid}/fd/{descriptor}")
                inode = int(target[8:-1]) if target.startswith("socket:[") else 0
                if inode in inodes:
                    found[inode] = task
    return found
