"""What runs in a box, and within which limits: the words of box.c's command line."""
import os
import resource
from pathlib import Path
from typing import List, Mapping, NamedTuple, Optional, Sequence

# Beyond what the user has running: as many as two servers may have, and more.
PROCESSES = 6000
# Bytes of POSIX message queues, where they end with the box (in tier 3). Fewer, and a right server
# cannot have any; more, and a hostile one holds more that is not counted.
MESSAGES = 1 << 19
# Of each process, but for the last three. No "as" (address space): sanitizers reserve terabytes. As
# many processes and descriptors as 1100 clients at the same time need, and twice as many.
LIMITS = {"cpu": 60, "fsize": 1 << 26, "nofile": 4096, "core": 0, "stack": 8 << 20, "nice": 0,
          "rtprio": 0, "msgqueue": 0, "memlock": 1 << 16,
          "memory": 1 << 30, "processes": 2500, "wall": 600}
OF_ALL = ("memory", "processes", "wall")  # of all processes together, which box.c enforces
# What a program may read and execute beside its folder. The lab is not meant to lie in any of it.
READABLE = [path for path in (
    "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/libexec",
    "/usr/include", "/usr/local/bin", "/usr/local/lib", "/usr/local/include",
    "/bin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store",
    "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
    "/etc/ld.so.preload", "/dev/full", "/dev/random", "/dev/urandom", "/proc",
    "/sys/devices/system/cpu") if os.path.exists(path)]


class Preload(NamedTuple):
    """A library that is loaded into the program, though not into the box (ld.so(8))."""
    library: Path
    descriptor: int  # the program's standard input, by which the library reaches the grader


class Program(NamedTuple):
    """What is to run in a box."""
    command: Sequence[str]  # its first word is a path
    folder: Path  # where it starts; it may read what is in it
    environment: Mapping[str, str]
    limits: Mapping[str, int]  # changes to LIMITS
    writable: Optional[Path] = None  # the one folder where it may write
    readable: Sequence[Path] = ()  # what it may read beside READABLE and its folder
    preload: Optional[Preload] = None
    faults: bool = False  # whether its system calls can be made to fail: Box.inject()


class Finished(NamedTuple):
    """A program that was run to its end in a box."""
    status: int  # as wait(2) has it
    output: bytes  # its head, and its tail if there is more
    reason: Optional[str]  # why the box has killed it, if it did


def settings_of(program: Program, tier: int, user: int, threads: int) -> List[str]:
    """Returns box.c's SETTINGs for a program: limits, and what may be read and written. It runs in
    that tier, as that user (-1: the grader's own), who has so many threads already."""
    here = {"nproc": threads + PROCESSES, "msgqueue": MESSAGES if tier == 3 else 0}
    limits = {**LIMITS, **here, **program.limits}
    settings = [f"{name}={_allowed(name, number)}" for name, number in limits.items()]
    readable = (*READABLE, program.folder.resolve(), *program.readable)
    settings += [f"read={path}" for path in readable]
    if program.writable is not None:
        if user != -1:
            os.chown(program.writable, user, user)
        settings.append(f"write={program.writable.resolve()}")
    if program.preload is not None:
        settings.append(f"preload={program.preload.library}")
    if program.faults:
        settings.append("faults=1")
    return settings


def _allowed(name: str, number: int) -> int:
    """Returns the number, or what the grader's own hard limit leaves of it."""
    if name in OF_ALL:
        return number
    hard = resource.getrlimit(getattr(resource, "RLIMIT_" + name.upper()))[1]
    return number if hard == resource.RLIM_INFINITY else min(number, hard)
