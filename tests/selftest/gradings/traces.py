"""What an attack may leave behind on the machine, found such that it can be told whose it is: by a
name that stands in the attack, or by the user that boxes run as, whom nobody else uses."""
from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path
from typing import Iterator, List, NamedTuple

from sandbox.users import USERS

PUBLIC = ("/dev/shm", "/dev/mqueue", "/var/tmp", "/tmp", tempfile.gettempdir())
LISTENING = "0A"  # TCP_LISTEN in /proc/net/tcp: proc(5)


class Trace(NamedTuple):
    """Something that is there, and when it was made (seconds, as time.time(); 0: not known)."""
    what: str
    made: float


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    with contextlib.suppress(OSError):
        yield from os.scandir(folder)


def named_in(source: str, since: float) -> List[Trace]:
    """Returns the files of public folders that have a name which stands in a string of a C source,
    alone or behind a slash, and that have been made since then."""
    names = set(re.findall(r'"(?:[^"\n]*/)?([\w.-]+)"', source))
    found = []
    for folder in sorted(set(PUBLIC)):
        for entry in _entries(folder):
            with contextlib.suppress(OSError):
                made = entry.stat(follow_symlinks=False).st_mtime
                if entry.name in names and made >= since:
                    found.append(Trace(entry.path, made))
    return found


def of_boxes(since: float) -> List[Trace]:
    """Returns what belongs to users of boxes and has been made since then: processes, files in
    public folders, System V IPC, and sockets that listen."""
    found = [trace for trace in _owned_files() if trace.made >= since]
    return found + list(_ipc()) + list(_listeners())


def _owned_files() -> Iterator[Trace]:
    """Yields processes (by their folder in /proc) and files."""
    for folder in ("/proc", *sorted(set(PUBLIC))):
        for entry in _entries(folder):
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                if status.st_uid in USERS:
                    yield Trace(entry.path, status.st_mtime)


def _ipc() -> Iterator[Trace]:
    """Yields System V shared memory, semaphores and message queues."""
    for kind, column in (("shm", 7), ("sem", 4), ("msg", 7)):
        for line in _rows(f"/proc/sysvipc/{kind}"):
            words = line.split()
            if int(words[column]) in USERS:
                yield Trace(f"{kind} key {words[0]} number {words[1]}", 0.0)


def _listeners() -> Iterator[Trace]:
    for line in _rows("/proc/net/tcp"):
        words = line.split()
        if words[3] == LISTENING and int(words[7]) in USERS:
            yield Trace(f"listening socket {words[1]}", 0.0)


def _rows(path: str) -> List[str]:
    """Returns a table of /proc without its head; none if there is no such table."""
    with contextlib.suppress(OSError):
        return Path(path).read_text().splitlines()[1:]
    return []
