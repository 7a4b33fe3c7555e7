"""How many processes and threads this machine has room for."""
import contextlib
import os
import resource
from pathlib import Path
from typing import Iterator, List

from sandbox.program import LIMITS, PROCESSES

PROC = Path("/proc")
SYSTEM = 200  # numbers and threads to leave to others; fewer, and they fail while a check runs


def room(running: int) -> int:
    """Returns how many processes and threads a program in a box may have here, at most, if its user
    runs so many already: by the box's own limits, those of this process (setrlimit(2), hard
    limits), of its cgroups, and of the kernel."""
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    limits = [LIMITS["processes"], PROCESSES, *_of_cgroups(PROC), _of_kernel(PROC)]
    if hard != resource.RLIM_INFINITY:
        limits.append(hard - running)
    return max(0, min(limits))


def _of_kernel(proc: Path) -> int:
    """Returns how many more threads the kernel can have, and numbers for them: proc(5)."""
    running = int((proc / "loadavg").read_text().split()[3].partition("/")[2])
    most = min(_number(proc / "sys/kernel/threads-max", LIMITS["processes"] + running),
               _number(proc / "sys/kernel/pid_max", LIMITS["processes"] + running))
    return most - running - SYSTEM


def _of_cgroups(proc: Path) -> Iterator[int]:
    """Yields how many more processes each cgroup that this process is in, or that is above one,
    may have: cgroups(7)."""
    for folder in _cgroups(proc):
        with contextlib.suppress(OSError, ValueError):  # no such controller, or "max"
            most = int((folder / "pids.max").read_text())
            yield most - int((folder / "pids.current").read_text())


def _cgroups(proc: Path) -> Iterator[Path]:
    """Yields the folders of this process's cgroups that may limit processes, up to the topmost that
    can be seen: version 2, and of version 1 the hierarchy of pids."""
    with contextlib.suppress(OSError):
        mounts = [line.split() for line in (proc / "self/mountinfo").read_text().splitlines()]
        for line in (proc / "self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers in ("", "pids") or "pids" in controllers.split(","):
                for root, point in _mounts_of(mounts, controllers):
                    yield from _upwards(point, path, root)


def _mounts_of(mounts: List[List[str]], controllers: str) -> Iterator[List[str]]:
    """Yields where a hierarchy is mounted: its folder that is the mount's root, and the path."""
    for words in mounts:
        kind = words.index("-") + 1
        options = words[kind + 2].split(",")
        if controllers == "" and words[kind] == "cgroup2":
            yield words[3:5]
        if controllers != "" and words[kind] == "cgroup" and "pids" in options:
            yield words[3:5]


def _upwards(point: str, path: str, root: str) -> Iterator[Path]:
    """Yields the folders from that of a cgroup up to where its hierarchy is mounted. In a container
    the paths may be those outside: then only the mount itself is there."""
    below = os.path.relpath(path, root)
    folder = Path(point) if below.startswith("..") else Path(point, below)
    while True:
        yield folder
        if folder == Path(point) or folder == folder.parent:
            return
        folder = folder.parent


def _number(path: Path, otherwise: int) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return otherwise
