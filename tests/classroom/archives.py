"""What is in an archive, of any kind that is read here. Nothing is ever written to the disk, and
reading takes little time and memory whatever the archive says of itself (bounded.py)."""
from __future__ import annotations

from typing import BinaryIO, Iterator, Optional

from classroom import tars, zips
from classroom.bounded import BadArchive, Budget, Member, faults
from classroom.unpacked import Plain, Unpacked, decompressor

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tbz")
# These can be recognised, and not be read.
OTHERS = {".rar": b"Rar!", ".7z": b"7z\xbc\xaf\x27\x1c", ".tar.zst": b"\x28\xb5\x2f\xfd"}
TAR_MAGIC = 257  # where it stands


def suffix(name: str) -> Optional[str]:
    """Returns the end of an archive's name, as it is there; None if it is no archive's."""
    for one in (*SUFFIXES, *OTHERS):
        if name.lower().endswith(one) and len(name) > len(one):
            return name[-len(one):]
    return None


def members(file: BinaryIO, budget: Budget) -> Iterator[Member]:
    """Yields what is in an archive; what the file begins with tells its kind. Raises BadArchive if
    it is none, or where it cannot be read any further: what came before may be part of the
    attack."""
    with faults():
        file.seek(0)
        head = file.read(tars.BLOCK)
        file.seek(0)
    for name, magic in OTHERS.items():
        if head.startswith(magic):
            raise BadArchive(f"is a {name}, which is not read here: pack it as a .zip")
    if not head:
        raise BadArchive("is empty")
    if head.startswith((zips.LOCAL, zips.END)):
        yield from zips.members(file, budget)
        return
    start = decompressor(head)
    if not start and head[TAR_MAGIC:TAR_MAGIC + 5] != b"ustar" and not _old_tar(head):
        raise BadArchive("is no archive: neither a zip nor a tar, whatever its name says")
    stream: tars.Stream = Unpacked(file, start, budget) if start else Plain(file, budget)
    yield from tars.members(stream, budget)


def _old_tar(head: bytes) -> bool:
    """Returns whether a file begins with the header of a tar from before 1988: its sum is right."""
    digits = head[148:154].strip()
    return (len(head) == tars.BLOCK and digits.isdigit() and max(digits) <= ord("7")
            and int(digits, 8) == sum(head[:148]) + 8 * ord(" ") + sum(head[156:]))
