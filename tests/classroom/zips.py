"""What is in a .zip: its directory, read by hand, and the bytes of what is asked for.

Python's zipfile believes the directory: it makes an object of each of a million entries, it reads
what several of them share, and its versions differ in what they refuse."""
from __future__ import annotations

import os
import stat
import struct
import zlib
from typing import BinaryIO, Iterator, List, NamedTuple, Tuple

from classroom.bounded import (CHUNK, CUT_OFF, DAMAGED, FILE, FOLDER, LINK, LONGEST_NAME, OTHER,
                               BadArchive, Budget, Member, faults, leads_out, path_of, shown)

LIES = "has a directory that does not fit what it holds"
END, END_64, LOCATOR, ENTRY, LOCAL = b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\1\2", b"PK\3\4"
LONGEST_COMMENT = 0xFFFF
ENCRYPTED, SIZES_FOLLOW, UTF_8 = 0x01, 0x08, 0x800  # flags
STORED, DEFLATED = 0, 8  # methods
IN_64_BITS = 0xFFFFFFFF  # stands for a number that is written elsewhere, in 64 bits
UNIX, MACOS = 3, 19  # systems that keep the kind of a file
# Bytes of the directory for each member: smaller -> long names with times and owners are refused.
FOR_ONE = 1024


class _End(NamedTuple):
    """What stands at the end: where the directory is."""
    members: int
    size: int
    offset: int


class _Entry(NamedTuple):
    """What the directory says of a member."""
    system: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    offset: int
    name: bytes

    def shown(self) -> str:
        """Returns the name, for a message."""
        return shown(_decoded(self))


def members(file: BinaryIO, budget: Budget) -> Iterator[Member]:
    """Yields what is in a zip. Raises BadArchive if nothing sensible can be read."""
    with faults():
        entries = _directory(file, budget)
    _check_overlaps(entries)
    budget.declared(sum(entry.size for entry in entries), sum(entry.packed for entry in entries))
    for entry in entries:
        yield _member(file, entry, budget)


def _directory(file: BinaryIO, budget: Budget) -> List[_Entry]:
    end = _end(file)
    budget.member(end.members)
    if end.size > (end.members + 1) * FOR_ONE:
        raise BadArchive(LIES)
    file.seek(end.offset)
    data = file.read(end.size)
    entries, at = [], 0
    for _ in range(end.members):
        if data[at:at + 4] != ENTRY:
            raise BadArchive(LIES)
        entry, at = _entry(data, at)
        if entry.offset + 30 + len(entry.name) + entry.packed > end.offset:
            raise BadArchive(LIES)
        entries.append(entry)
    if at != len(data):
        raise BadArchive(LIES)
    return entries


def _end(file: BinaryIO) -> _End:
    length = file.seek(0, os.SEEK_END)
    begin = file.seek(max(0, length - 22 - LONGEST_COMMENT))
    tail = file.read(22 + LONGEST_COMMENT)
    at = tail.rfind(END)
    if at < 0 or at + 22 > len(tail):
        raise BadArchive(f"{CUT_OFF}, or was never a zip")
    disk, first, here, count, size, offset = struct.unpack_from("<4H2L", tail, at + 4)
    if at >= 20 and tail[at - 20:at - 16] == LOCATOR:
        file.seek(struct.unpack_from("<Q", tail, at - 12)[0])
        record = file.read(56)
        if record[:4] != END_64:
            raise BadArchive(LIES)
        disk, first, here, count, size, offset = struct.unpack_from("<2L4Q", record, 16)
    if disk or first or here != count:
        raise BadArchive("is one part of several")
    if offset + size > begin + at:
        raise BadArchive(LIES)
    return _End(count, size, offset)


def _entry(data: bytes, at: int) -> Tuple[_Entry, int]:
    """Returns what stands there in the directory, and where the next one begins."""
    (made_by, _, flags, method, _, _, crc, packed, size, name_size, extra_size, comment_size, _, _,
     attributes, offset) = struct.unpack_from("<6H3L5H2L", data, at + 4)
    name = data[at + 46:at + 46 + name_size]
    extra = data[at + 46 + name_size:at + 46 + name_size + extra_size]
    if len(name) > LONGEST_NAME:
        raise BadArchive(f"has a name of more than {LONGEST_NAME} bytes")
    if IN_64_BITS in (size, packed, offset):
        size, packed, offset = _in_64_bits(extra, size, packed, offset)
    entry = _Entry(made_by >> 8, flags, method, crc, packed, size, attributes >> 16, offset, name)
    return entry, at + 46 + name_size + extra_size + comment_size


def _in_64_bits(extra: bytes, *numbers: int) -> Tuple[int, ...]:
    """Returns the numbers, with those that stand elsewhere taken from there."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            wide = list(struct.unpack_from(f"<{min(size, 24) // 8}Q", extra, at + 4))
            return tuple(wide.pop(0) if number == IN_64_BITS and wide else number
                         for number in numbers)
        at += 4 + size
    return numbers


def _check_overlaps(entries: List[_Entry]) -> None:
    """Members that share bytes make a small archive a large one."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        if entry.offset < end:
            raise BadArchive(f"{LIES}: {entry.shown()} shares bytes with another")
        end = entry.offset + 30 + len(entry.name) + entry.packed


def _decoded(entry: _Entry) -> str:
    """Returns a name. Those who do not say that it is UTF-8 may mean it all the same (macOS); if it
    cannot be, it is in the code page of the first PC, or in one that is as good here."""
    try:
        return entry.name.decode("utf-8")
    except UnicodeDecodeError:
        return entry.name.decode(
            *(("utf-8", "surrogateescape") if entry.flags & UTF_8 else ("cp437",)))


def _member(file: BinaryIO, entry: _Entry, budget: Budget) -> Member:
    name = _decoded(entry).replace("\\", "/")  # old Windows programs
    path, fault = path_of(name)
    mode = entry.mode if entry.system in (UNIX, MACOS) else 0
    kind = {stat.S_IFLNK: LINK, stat.S_IFDIR: FOLDER, stat.S_IFREG: FILE,
            0: FOLDER if name.endswith("/") else FILE}.get(stat.S_IFMT(mode), OTHER)
    if entry.flags & ENCRYPTED:
        fault = fault or f"is encrypted: {entry.shown()} needs a password"
    elif kind == OTHER:
        fault = fault or f"has a device, {entry.shown()}"
    elif kind == LINK:
        fault = fault or _fault_of_link(file, entry, path, budget)
    return Member(path, kind, entry.size, fault, lambda: _content(file, entry, budget))


def _fault_of_link(file: BinaryIO, entry: _Entry, path: Tuple[str, ...], budget: Budget) -> str:
    if entry.size > LONGEST_NAME:
        return f"has a link, {entry.shown()}, to a name that is too long"
    target = os.fsdecode(_content(file, entry, budget))
    return f"has a link that leads out of it, {entry.shown()}" if leads_out(path, target) else ""


def _content(file: BinaryIO, entry: _Entry, budget: Budget) -> bytes:
    with faults():
        file.seek(entry.offset)
        head = file.read(30)
        # Signature, version, flags, method, time, date, CRC, sizes, lengths of the name and more.
        (signature, _, flags, method, _, _, crc, packed, size, name_size,
         extra_size) = struct.unpack("<4s5H3L2H", head)
        same = (signature, method, file.read(name_size)) == (LOCAL, entry.method, entry.name)
        known = flags & SIZES_FOLLOW or IN_64_BITS in (packed, size)
        if not same or not (known or (crc, packed, size) == (entry.crc, entry.packed, entry.size)):
            raise BadArchive(f"{LIES}: {entry.shown()}")
        file.seek(entry.offset + 30 + name_size + extra_size)
        data = _unpacked(file, entry, budget)
    if len(data) != entry.size or zlib.crc32(data) != entry.crc:
        raise BadArchive(f"{DAMAGED}: {entry.shown()}")
    return data


def _unpacked(file: BinaryIO, entry: _Entry, budget: Budget) -> bytes:
    """Returns a member's bytes; never more than one more than it is said to have."""
    if entry.method not in (STORED, DEFLATED):
        raise BadArchive(f"is compressed in a way that few programs know ({entry.method})")
    if entry.method == STORED:
        if entry.packed != entry.size:
            raise BadArchive(f"{LIES}: {entry.shown()}")
        budget.unpacked(entry.size, entry.size)
        return file.read(entry.size)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)  # negative: without a head and a sum
    left, room, pieces = entry.packed, entry.size + 1, []
    while left and room and not inflater.eof:
        packed = file.read(min(left, CHUNK))
        if not packed:
            raise BadArchive(CUT_OFF)
        pieces.append(inflater.decompress(packed, room))
        budget.unpacked(len(pieces[-1]), len(packed))
        left -= len(packed)
        room -= len(pieces[-1])
    return b"".join(pieces)
