"""What /proc shows of a process only to the same user: descriptors, memory maps, wait channels.

The kernel shows them to whoever may trace the process, too (ptrace(2),
"PTRACE_MODE_READ_FSCREDS"); in a container, root may not. So these files are read with the rights
of `user`, the one whose processes are looked at (-1: no matter). As in procfs.py, what has ended in
the meantime is left out, never an error.
"""
import contextlib
import ctypes
import os
import re
from typing import Collection, Counter, Dict, Iterable, Iterator, List, Optional, Tuple

from watching import procfs

PR_SET_PDEATHSIG, PR_GET_PDEATHSIG = 1, 2  # prctl(2)
_LIBC = ctypes.CDLL(None)
# What a descriptor is open for, by what readlink(2) shows of it (proc(5), fd). The first that fits
# counts.
KINDS = (
    (re.compile(r"socket:"), "socket"),
    (re.compile(r"pipe:"), "pipe"),
    (re.compile(r"anon_inode:\[?eventpoll"), "epoll instance"),
    (re.compile(r"anon_inode:\[?(\w+)"), ""),  # "": as the kernel calls it: eventfd, signalfd, ...
    (re.compile(r"(pidfd):"), ""),
    (re.compile(r"/memfd:"), "memfd"),
    (re.compile(r"/dev/shm/"), "shared memory object"),
    (re.compile(r"/dev/"), "device"),
)


@contextlib.contextmanager
def as_user(user: int) -> Iterator[None]:
    """A time in which this thread reads files with the rights of another user, by setfsuid(2); -1:
    with its own. The kernel then forgets that this process is to end with its parent, so it is told
    again."""
    if user == -1:
        yield
        return
    number = ctypes.c_int()
    _LIBC.prctl(PR_GET_PDEATHSIG, ctypes.byref(number))
    _LIBC.setfsgid(user)
    _LIBC.setfsuid(user)
    try:
        yield
    finally:
        _LIBC.setfsuid(os.geteuid())
        _LIBC.setfsgid(os.getegid())
        _LIBC.prctl(PR_SET_PDEATHSIG, number)


def _descriptors(pid: int) -> List[str]:
    """Returns a process's open descriptors, as paths; raises OSError. The initial thread has none
    any more where it has ended before others."""
    try:
        names = os.listdir(f"/proc/{pid}/fd")
        folder = f"/proc/{pid}/fd/"
    except PermissionError:
        names = []
    if not names:
        folder = f"{procfs.folder(pid)}/fd/"
        names = os.listdir(folder)
    return [folder + name for name in names]


def descriptor_count(pid: int, user: int = -1) -> Optional[int]:
    """Returns how many descriptors a process has open: 0 if it has ended, None if it hides them
    (prctl(2), PR_SET_DUMPABLE)."""
    try:
        with as_user(user):
            return len(_descriptors(pid))
    except PermissionError:
        seen = procfs.process(pid)
        return None if seen is not None and not seen.zombie else 0
    except OSError:
        return 0


def _targets(pid: int) -> Iterator[Tuple[int, str]]:
    """Yields a process's open descriptors, and what each is open for, as readlink(2) has it."""
    with contextlib.suppress(OSError):
        for path in _descriptors(pid):
            with contextlib.suppress(OSError):
                yield int(path.rpartition("/")[2]), os.readlink(path)


def kinds(pid: int, user: int = -1) -> Counter[str]:
    """Returns how many descriptors of each kind a process has open: "socket", "pipe", "file" and so
    on, in the singular. None if that cannot be read, or it has ended."""
    with as_user(user):
        return Counter(_kind(target) for _, target in _targets(pid))


def kind(pid: int, descriptor: int, user: int = -1) -> str:
    """Returns of what kind a descriptor of a process is; "" if that cannot be read."""
    with contextlib.suppress(OSError), as_user(user):
        return _kind(os.readlink(f"{procfs.folder(pid)}/fd/{descriptor}"))
    return ""


def _kind(target: str) -> str:
    for pattern, kind in KINDS:
        found = pattern.match(target)
        if found:
            return kind or found[1]
    return "file"


def sockets(pid: int, user: int = -1) -> Dict[int, int]:
    """Returns a process's sockets, by inode: the descriptor of each, the lowest if there are
    several. Nothing if that cannot be read, or it has ended."""
    found: Dict[int, int] = {}
    with as_user(user):
        for descriptor, target in _targets(pid):
            if target.startswith("socket:["):
                inode = int(target[8:-1])
                found[inode] = min(descriptor, found.get(inode, descriptor))
    return found


def holders(pids: Iterable[int], inode: int, user: int = -1) -> List[Tuple[int, int]]:
    """Returns which of the processes have a socket open, and as which descriptor, the lowest of
    each."""
    return all_holders(pids, [inode], user)[inode]


def all_holders(pids: Iterable[int], inodes: Collection[int],
                user: int = -1) -> Dict[int, List[Tuple[int, int]]]:
    """Returns, for each of many sockets, which of the processes have it open, and as which
    descriptor, the lowest of each. Looks at each process once."""
    found: Dict[int, List[Tuple[int, int]]] = {inode: [] for inode in inodes}
    for pid in pids:
        for inode, descriptor in sockets(pid, user).items():
            if inode in found:
                found[inode].append((pid, descriptor))
    return found


def wait_channels(of: Iterable[procfs.Task], user: int = -1) -> List[str]:
    """Returns the kernel functions in which threads sleep (proc(5), wchan); "" where that is not
    known."""
    found = []
    with as_user(user):
        for task in of:
            try:
                name = procfs.read(f"/proc/{task.pid}/task/{task.tid}/wchan")
                found.append(name.decode("ascii", "replace"))
            except OSError:
                found.append("")
    return found


def exit_status(pid: int, user: int = -1) -> Optional[int]:
    """Returns how a zombie has ended, as wait(2) has it; None if that is hidden, or it is gone."""
    with contextlib.suppress(OSError, ValueError, IndexError), as_user(user):
        os.readlink(f"/proc/{pid}/ns/user")  # refused to whom the status is hidden from: it is 0
        return procfs.exit_status(pid)
    return None


def heap(pid: int, user: int = -1) -> int:
    """Returns the bytes of a process's heap that are in memory (proc(5), smaps); 0 if it has none,
    or that cannot be read. What malloc(3) gives grows it by single pages, and its size in steps."""
    inside = False
    with contextlib.suppress(OSError), as_user(user):
        for line in procfs.read(f"{procfs.folder(pid)}/smaps").splitlines():
            if b"[heap]" in line:
                inside = True
            elif inside and line.startswith(b"Rss:"):
                return int(line.split()[1]) << 10
    return 0
