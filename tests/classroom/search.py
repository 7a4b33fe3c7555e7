"""Looking for the two servers in what one student has handed in: folders, files, archives."""
from __future__ import annotations

import io
import re
from typing import BinaryIO, Iterable, List, NamedTuple, Tuple

from classroom import archives
from classroom.bounded import (FILE, FOLDER, MEBIBYTE, ONE_SUBMISSION, BadArchive, Budget, Member,
                               folded)
from classroom.folders import left_out
from classroom.model import SERVERS

Path = Tuple[str, ...]
# The reference solutions have 8 KB. Larger -> a class of such files needs so much more memory.
LARGEST_SOURCE = MEBIBYTE
LARGEST_ARCHIVE = 64 * MEBIBYTE  # in memory, one at a time
LARGEST_SUM = 16 * MEBIBYTE  # of all files of these names that one student has
DEEPEST = 2  # archives in archives, without the platform's own
# What is nearly the name of a server: a browser's second download, a third underscore.
NEARLY = re.compile(r"m[pt].?server.*\.c|.*server.*\.txt", re.IGNORECASE | re.DOTALL)
SHOWN = 3  # names or faults in a message


class Candidate(NamedTuple):
    """A file that has a server's name."""
    server: str
    path: Path  # an archive is a folder here
    content: bytes
    archives: int  # that it is in


class Search:
    """What was found of one submission."""

    def __init__(self) -> None:
        self.candidates: List[Candidate] = []
        self.faults: List[str] = []  # lines: what could not be looked into, and why
        self.nearly: List[str] = []  # what may have been meant
        self.budget = Budget(ONE_SUBMISSION)
        self._size = 0

    def folder(self, members: Iterable[Member]) -> None:
        """Looks through a folder."""
        try:
            for member in members:
                self.loose(member)
        except BadArchive as error:
            self.candidates = []
            self.faults.append(f"the folder {error}")

    def loose(self, member: Member) -> None:
        """Looks at what is in no archive of the student's: if it cannot be read, the rest can."""
        try:
            self._take(member, 0)
        except BadArchive as error:
            self.faults.append(f"{'/'.join(member.path)} {error}")

    def archive(self, file: BinaryIO, path: Path, archives_around: int) -> None:
        """Looks through an archive. Of one that is bad, nothing is kept."""
        before = len(self.candidates)
        try:
            if archives_around >= DEEPEST:
                raise BadArchive("is an archive in an archive in an archive: pack it once")
            inside = archives.members(file, self.budget)
            for member in inside:
                self._take(member._replace(path=(*path, *member.path)), archives_around + 1)
            _check_names(self.candidates[before:], len(path))
        except BadArchive as error:
            del self.candidates[before:]
            self.faults.append(f"{'/'.join(path)} {error}")

    def _take(self, member: Member, archives_around: int) -> None:
        """Looks at a file or folder; into it, if it is an archive. Raises BadArchive if the archive
        that it is in should not be trusted."""
        if member.fault and archives_around:
            raise BadArchive(member.fault)
        if member.fault:
            self.faults.append(f"{'/'.join(member.path)} {member.fault}")
        elif member.path and not any(map(left_out, member.path)) and member.kind != FOLDER:
            self._look(member, archives_around)

    def _look(self, member: Member, archives_around: int) -> None:
        name, shown = member.path[-1], "/".join(member.path)
        server = folded(name)[:-2]
        if server in SERVERS and folded(name).endswith(".c"):
            if member.kind != FILE:
                self.faults.append(f"{shown} is {member.kind}, and so not read")
            elif member.size > LARGEST_SOURCE:
                self.faults.append(f"{shown} is larger than {LARGEST_SOURCE // MEBIBYTE} MiB")
            else:
                self._keep(Candidate(server, member.path, member.read(), archives_around))
        elif archives.suffix(name) and member.kind == FILE:
            if member.size > LARGEST_ARCHIVE:
                self.faults.append(f"{shown} is larger than {LARGEST_ARCHIVE // MEBIBYTE} MiB")
            else:
                self.archive(io.BytesIO(member.read()), member.path, archives_around)
        elif len(name) < 256 and NEARLY.fullmatch(name):
            self.nearly.append(shown)

    def _keep(self, candidate: Candidate) -> None:
        self._size += len(candidate.content)
        if self._size > LARGEST_SUM:
            raise BadArchive(f"has {self._size // MEBIBYTE} MiB of {candidate.server}.c")
        self.candidates.append(candidate)


def _check_names(candidates: List[Candidate], within: int) -> None:
    """Raises BadArchive if what was found in an archive has two files of the same name in a folder,
    as far as some systems see: which of them is meant?"""
    seen = set()
    for one in candidates:
        place = (one.server, tuple(map(folded, one.path[:-1])))
        if place in seen:
            raise BadArchive(f"has two files {'/'.join(one.path[within:])}, "
                             "maybe in upper and lower case")
        seen.add(place)
