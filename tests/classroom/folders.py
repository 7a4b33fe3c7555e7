"""What is in a folder on the disk, as far as a submission may go. No link is followed, and nothing
is opened that is no regular file: a pipe would wait for ever."""
from __future__ import annotations

import os
import stat
from typing import Callable, Iterator, List, Tuple

from classroom.bounded import (FILE, FOLDER, LINK, OTHER, BadArchive, Budget, Member, printable)

# The history of a checkout, and what the programs that copy files leave behind.
LEFT_OUT = {".git", ".svn", ".hg", "__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini",
            "$RECYCLE.BIN", "System Volume Information"}
DEEPEST = 40  # folders in folders: nobody works further down; a loop of mounts ends here
FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def left_out(name: str) -> bool:
    """Returns whether a file or folder of this name is no part of a submission. Those that begin
    with ._ keep what macOS knows of the file behind: ._mp_server.c is no program."""
    return name in LEFT_OUT or name.startswith("._")


def names(folder: str) -> List[str]:
    """Returns the names in a folder, in their order. Raises OSError."""
    return sorted(name for name in os.listdir(folder) if not left_out(name))


def members(top: str, path: Tuple[str, ...], budget: Budget) -> Iterator[Member]:
    """Yields what is in a folder and below it, or a file itself, under this path. Raises BadArchive
    if it is too much. What cannot be read is yielded with its fault."""
    pending = [(top, path)]
    while pending:
        here, path = pending.pop()
        budget.member()
        member = _member(here, path)
        yield member
        if member.kind != FOLDER or member.fault:
            continue
        try:
            inside = names(here)
        except OSError as error:
            yield member._replace(fault=f"cannot be read: {error.strerror}")
            continue
        pending += [(os.path.join(here, name), (*path, printable(name)))
                    for name in reversed(inside)]


def _member(here: str, path: Tuple[str, ...]) -> Member:
    try:
        status = os.stat(here, follow_symlinks=False)
    except OSError as error:
        return Member(path, OTHER, 0, f"cannot be read: {error.strerror}", bytes)
    kind = {stat.S_IFREG: FILE, stat.S_IFDIR: FOLDER, stat.S_IFLNK: LINK}.get(
        stat.S_IFMT(status.st_mode), OTHER)
    fault = "is too deep to be looked into" if kind == FOLDER and len(path) > DEEPEST else ""
    return Member(path, kind, status.st_size, fault, _reader(here, status.st_size))


def _reader(path: str, size: int) -> Callable[[], bytes]:
    """Returns what reads a file of so many bytes."""
    def read() -> bytes:
        try:
            descriptor = os.open(path, FLAGS)
            with open(descriptor, "rb") as file:
                return file.read(size)
        except OSError as error:
            raise BadArchive(f"cannot be read: {error.strerror}") from None
    return read
