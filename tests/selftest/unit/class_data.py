"""Archives as students pack them, and as nobody does who means well."""
from __future__ import annotations

import functools
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, Tuple

MP, MT = b"int mp;\n", b"int mt;\n"
BOTH = {"mp_server.c": MP, "mt_server.c": MT}
GIBIBYTE = 1 << 30


def zip_of(files: Dict[str, bytes]) -> bytes:
    """Returns a zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tar_of(files: Dict[str, bytes], compressed: str = "", kind: bytes = tarfile.REGTYPE,
           target: str = "") -> bytes:
    """Returns a tar of these files and, if it is not a regular file's, of one member of a kind."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{compressed}") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        if kind != tarfile.REGTYPE:
            info = tarfile.TarInfo("strange")
            info.type, info.linkname = kind, target
            archive.addfile(info)
    return buffer.getvalue()


class Raw(NamedTuple):
    """A member of a zip that may lie about itself."""
    name: bytes
    packed: bytes
    size: int
    crc: int = 0
    method: int = 8
    flags: int = 0
    mode: int = 0
    at: int = -1  # where the directory says it is; -1: where it is


def raw_zip(members: Iterable[Raw]) -> bytes:
    """Returns a zip whose directory says what it is told to."""
    body, directory, count = b"", b"", 0
    for one in members:
        numbers = (one.crc, len(one.packed), one.size, len(one.name), 0)
        at = len(body) if one.at < 0 else one.at
        body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, one.flags, one.method, 0, 33, *numbers)
        body += one.name + one.packed
        directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", 3 << 8 | 20, 20, one.flags, one.method,
                                 0, 33, *numbers, 0, 0, 0, one.mode << 16, at) + one.name
        count += 1
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


def honest(name: str, content: bytes, mode: int = 0, flags: int = 0) -> Raw:
    """Returns a member that is not compressed."""
    return Raw(name.encode(), content, len(content), zlib.crc32(content), 0, flags, mode)


def zeros(size: int, bits: int, before: bytes = b"") -> bytes:
    """Returns zeros, compressed in no time: the same piece again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    first = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(bytes(1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + piece * (size >> 24) + packer.flush()


def much_memory() -> bytes:
    """Returns an .xz of a few bytes that asks for a dictionary of 4 GiB."""
    data = bytearray(lzma.compress(tar_of(BOTH), check=lzma.CHECK_CRC32))
    size = (data[12] + 1) * 4  # of the block's header, which ends with its sum
    data[16] = 40
    data[12 + size - 4:12 + size] = struct.pack("<L", zlib.crc32(data[12:12 + size - 4]))
    return bytes(data)


Hostile = List[Tuple[str, bytes, str]]  # names, contents, and what is said of each
PLAIN = [honest(name, content) for name, content in BOTH.items()]


@functools.lru_cache(maxsize=None)
def hostile() -> Hostile:
    """Returns archives that are not to be trusted, or cannot be read."""
    return _leading_out() + _too_much() + _lying() + _other()


def _leading_out() -> Hostile:
    link, device = 0o120777, 0o020644
    return [
        ("parent.zip", raw_zip([*PLAIN, honest("../../x.c", b"")]), "leads out"),
        ("parent.tgz", tar_of({**BOTH, "a/../../x": b""}, "gz"), "leads out"),
        ("absolute.zip", raw_zip([*PLAIN, honest("/etc/x", b"")]), "absolute name"),
        ("windows.zip", raw_zip([*PLAIN, honest("C:\\x.c", b"")]), "absolute name"),
        ("absolute.tar", tar_of({**BOTH, "/etc/x": b""}), "absolute name"),
        ("link.zip", raw_zip([*PLAIN, honest("x", b"../../etc", link)]), "link that leads out"),
        ("link.tar", tar_of(BOTH, "", tarfile.SYMTYPE, "/etc/passwd"), "link that leads out"),
        ("hard.tar", tar_of(BOTH, "", tarfile.LNKTYPE, "../x"), "link that leads out"),
        ("device.zip", raw_zip([*PLAIN, honest("sda", b"", device)]), "a device, 'sda'"),
        ("device.tar.xz", tar_of(BOTH, "xz", tarfile.CHRTYPE), "a device, 'strange'"),
        ("case.zip", zip_of({**BOTH, "MP_Server.c": MT}), "two files"),
        ("twice.tar", tar_of(BOTH)[:1024] + tar_of(BOTH), "two files mp_server.c")]


def _too_much() -> Hostile:
    bomb = zeros(4 * GIBIBYTE - (1 << 24), -15)
    header, pax = tarfile.TarInfo("zeros"), tarfile.TarInfo("pax")
    header.size = 4 * GIBIBYTE
    head = tar_of(BOTH)[:2048] + header.tobuf(tarfile.GNU_FORMAT)
    pax.type, pax.size = b"x", GIBIBYTE
    block = lzma.compress(bytes(1 << 24))
    many = {str(number): b"" for number in range(10_000)}
    inner = zip_of({"lab.zip": zip_of({"lab.zip": zip_of(BOTH)})})
    return [
        ("many.zip", zip_of({**BOTH, **many}), "has more than 6000"),
        ("many.tgz", tar_of({**BOTH, **many}, "gz"), "has more than 6000"),
        ("bomb.zip", raw_zip([*PLAIN, Raw(b"zeros", bomb, 0xFF000000)]), "more than 256 MiB"),
        ("quiet.zip", raw_zip([Raw(b"mp_server.c", bomb, 1000)]), "damaged: 'mp_server.c'"),
        ("bomb.tgz", zeros(4 * GIBIBYTE, 31, head), "200 times its size"),
        ("bomb.txz", lzma.compress(head) + block * 256, "200 times its size"),
        ("memory.tar.xz", much_memory(), "too much memory"),
        ("pax.tar", pax.tobuf(tarfile.GNU_FORMAT) + bytes(1024), "a name of 1073741824 bytes"),
        ("pieces.tgz", gzip.compress(b"") * 5000, "more than 1000 parts"),
        ("deep.zip", inner, "an archive in an archive in an archive"),
        ("large.zip", zip_of({"mp_server.c": bytes((1 << 20) + 1)}), "larger than 1 MiB")]


def _lying() -> Hostile:
    whole = zip_of({**BOTH, "more.c": bytes(range(256)) * 40})
    renamed = whole.replace(b"mt_server.c", b"mt_server.h", 1)  # where it stands; not where it says
    return [
        ("truncated.zip", whole[:len(whole) // 2], "cut off"),
        ("truncated.tgz", tar_of(BOTH, "gz")[:-30], "cut off"),
        ("truncated.tar", tar_of(BOTH)[:1200], "cut off"),
        ("overlap.zip", raw_zip([*PLAIN, honest("x", MP)._replace(at=10)]), "shares bytes"),
        ("size.zip", raw_zip([honest("mp_server.c", MP)._replace(size=99)]), "does not fit"),
        ("name.zip", renamed, "does not fit")]


def _other() -> Hostile:
    return [
        ("encrypted.zip", raw_zip([*PLAIN, honest("notes", b"???", flags=1)]), "is encrypted"),
        ("none.zip", b"<html>Please log in</html>", "neither a zip nor a tar"),
        ("empty.zip", b"", "is empty"),
        ("lab.rar", b"Rar!\x1a\x07\x00 and more", "is a .rar")]


def written(folder: Path, files: Dict[str, bytes]) -> Path:
    """Writes files into a folder, and returns it."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder
