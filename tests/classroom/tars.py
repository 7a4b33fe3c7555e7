"""What is in a .tar, which may be compressed: its blocks, read by hand in their order.

Python's tarfile reads a long name, or what pax has to add, in whole however long it says it is, and
calls itself once for each of them that follows another."""
from __future__ import annotations

from typing import Dict, Iterator, NamedTuple, Tuple, Union

from classroom.bounded import (CHUNK, CUT_OFF, DAMAGED, FILE, FOLDER, LINK, OTHER, BadArchive,
                               Budget, Member, leads_out, path_of, shown)
from classroom.unpacked import Plain, Unpacked

Stream = Union[Plain, Unpacked]
BLOCK = 512
LONGEST_HEADER = 1 << 16  # bytes of a long name, or of what pax adds, which may be a comment
RECORDS = 100  # that pax may have for one member: each costs a microsecond, in each of thousands
FILES, FOLDERS, LINKS, FIFO = (b"0", b"\0", b"7"), b"5", (b"1", b"2"), b"6"
HARD_LINK, DEVICES, SPARSE = b"1", (b"3", b"4"), b"S"
PAX, PAX_FOR_ALL, LONG_NAME, LONG_TARGET = b"x", b"g", b"L", b"K"


class _Header(NamedTuple):
    """One block that says what follows."""
    name: str
    size: int
    kind: bytes
    target: str


def members(stream: Stream, budget: Budget) -> Iterator[Member]:
    """Yields what is in a tar. Raises BadArchive where it cannot be read any further. What has been
    yielded by then was read right."""
    said: Dict[str, str] = {}  # of the member that comes next
    while True:
        block = stream.read(BLOCK)
        if len(block) < BLOCK:
            raise BadArchive(CUT_OFF)  # a block of zeros is the end
        if not block.strip(b"\0"):
            break
        budget.member()
        header = _header(block)
        if header.kind in (PAX, PAX_FOR_ALL, LONG_NAME, LONG_TARGET):
            said.update(_said(stream, header))
            continue
        header = _header_as_said(header, said)
        said = {}
        data = _Data(stream, header.size)
        path, fault = path_of(header.name)
        yield Member(path, _kind(header), header.size, fault or _fault(header, path), data.read)
        data.skip()
    while stream.read(CHUNK):  # to the sum at the end
        pass


class _Data:
    """What follows a header: it can be read once, or not at all."""

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream = stream
        self._size = size
        self._left = size + -size % BLOCK  # whole blocks follow

    def read(self) -> bytes:
        """Returns all of it. Raises BadArchive if there is less."""
        data = self._stream.read(self._size)
        self._left -= len(data)
        if len(data) < self._size:
            raise BadArchive(CUT_OFF)
        return data

    def skip(self) -> None:
        """Goes to the next header."""
        while self._left:
            skipped = len(self._stream.read(min(self._left, CHUNK)))
            if not skipped:
                raise BadArchive(CUT_OFF)
            self._left -= skipped


def _header(block: bytes) -> _Header:
    sums = sum(block[:148]) + 8 * ord(" ") + sum(block[156:])
    if sums != _number(block[148:156]):
        raise BadArchive(DAMAGED)
    name, prefix = _text(block[:100]), _text(block[345:500])
    if block[257:263] == b"ustar\0" and prefix:  # GNU's has other things there
        name = f"{prefix}/{name}"
    kind, target = block[156:157], _text(block[157:257])
    size = _number(block[124:136])
    if kind in LINKS or kind in DEVICES or kind in (FOLDERS, FIFO):
        size = 0  # whatever stands there, nothing follows
    return _Header(name, size, FOLDERS if kind == b"\0" and name.endswith("/") else kind, target)


def _number(field: bytes) -> int:
    """Returns a number: octal, or, if the first bit is set, binary."""
    if field[0] & 0x80:
        number = int.from_bytes(field, "big") - (0x80 << 8 * (len(field) - 1))
    else:
        digits = field.split(b"\0")[0].strip() or b"0"
        if not digits.isdigit() or max(digits) > ord("7"):
            raise BadArchive(DAMAGED)
        number = int(digits, 8)
    if number >= 1 << 63:  # negative, or as good as that
        raise BadArchive(DAMAGED)
    return number


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "surrogateescape")


def _said(stream: Stream, header: _Header) -> Dict[str, str]:
    """Returns what stands before a member because it has no room in its own header."""
    if header.size > LONGEST_HEADER:
        raise BadArchive(f"has a name of {header.size} bytes")
    data = _Data(stream, header.size)
    text = data.read()
    data.skip()
    if header.kind == LONG_NAME:
        return {"path": _text(text)}
    if header.kind == LONG_TARGET:
        return {"linkpath": _text(text)}
    # What is said for all members is a comment: no program says names or sizes there.
    return _records(text) if header.kind == PAX else {}


def _records(text: bytes) -> Dict[str, str]:
    """Returns what pax says: lines of LENGTH KEY=VALUE, of which the value may have lines."""
    found: Dict[str, str] = {}
    at = 0
    while at < len(text) and text[at:at + 1] != b"\0":
        digits = text[at:at + 8].split(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        record = text[at + len(digits) + 1:at + length]
        key, equals, value = record.partition(b"=")
        whole = equals and record.endswith(b"\n") and at + length <= len(text)
        if not whole or len(found) == RECORDS:
            raise BadArchive(DAMAGED)
        found[key.decode("utf-8", "replace")] = value[:-1].decode("utf-8", "surrogateescape")
        at += length
    return found


def _header_as_said(header: _Header, said: Dict[str, str]) -> _Header:
    size = said.get("size", "")
    if size and not (size.isascii() and size.isdigit() and len(size) < 19):
        raise BadArchive(DAMAGED)
    sparse = any(key.startswith("GNU.sparse.") for key in said)
    return header._replace(
        name=said.get("path", header.name), target=said.get("linkpath", header.target),
        size=int(size) if size and header.kind in FILES else header.size,
        kind=SPARSE if sparse else header.kind)


def _kind(header: _Header) -> str:
    if header.kind in FILES:
        return FILE
    if header.kind in LINKS:
        return LINK
    return FOLDER if header.kind == FOLDERS else OTHER


def _fault(header: _Header, path: Tuple[str, ...]) -> str:
    if header.kind in DEVICES:
        return f"has a device, {shown(header.name)}"
    if header.kind == SPARSE:
        return f"has a file with holes, {shown(header.name)}: pack it without --sparse"
    # A hard link's target is a name in the archive; a symbolic one's begins where it stands.
    start = ("",) if header.kind == HARD_LINK else path
    if header.kind in LINKS and leads_out(start, header.target):
        return f"has a link that leads out of it, {shown(header.name)}"
    return ""
