"""The bytes of a file that may be compressed, in order, as tar is read: bounded in what comes out,
in the memory that it takes, and in the number of streams one behind the other.

Python's own GzipFile looks for the end of a name one byte at a time, and its LZMAFile cannot be
told how much memory it may use."""
from __future__ import annotations

import bz2
import lzma
import zlib
from typing import BinaryIO, Callable, Optional, Union

from classroom.bounded import CHUNK, CUT_OFF, MEBIBYTE, BadArchive, Budget, faults

# `xz -9` needs 65 MiB. Smaller -> what is packed so is refused; larger -> a few bytes cost more.
XZ_MEMORY = 80 * MEBIBYTE
# A file may be several streams: those who compress in parallel make one a MiB or so. Larger -> each
# costs a copy of what has been read ahead.
STREAMS = 1000
SIGNATURE = 6  # bytes that tell what compressed a file


class _Inflater:
    """A gzip stream, with the interface of those of bz2 and lzma."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)  # 16: with gzip's head and sum

    @property
    def needs_input(self) -> bool:
        return not self._inflater.unconsumed_tail

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inflater.decompress(self._inflater.unconsumed_tail + data, max_length)


_Decompressor = Union[_Inflater, bz2.BZ2Decompressor, lzma.LZMADecompressor]


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)


def decompressor(head: bytes) -> Optional[Callable[[], _Decompressor]]:
    """Returns what unpacks a file that begins so; None if it is not compressed."""
    if head.startswith(b"\x1f\x8b"):
        return _Inflater
    if head.startswith(b"BZh"):
        return bz2.BZ2Decompressor
    return _xz if head.startswith(b"\xfd7zXZ\0") else None


class Plain:
    """A file that is not compressed."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._file = file
        self._budget = budget

    def read(self, size: int) -> bytes:
        """Returns the next bytes: as many, or all up to the end. Raises BadArchive."""
        with faults():
            data = self._file.read(size)
        self._budget.unpacked(len(data), len(data))
        return data


class Unpacked:
    """A file that is compressed."""

    def __init__(self, file: BinaryIO, start: Callable[[], _Decompressor], budget: Budget) -> None:
        self._file = file
        self._start = start
        self._stream = start()
        self._streams = 1
        self._ahead = b""  # of the file, behind a stream's end
        self._budget = budget

    def read(self, size: int) -> bytes:
        """Returns the next bytes: as many, or all up to the end. Raises BadArchive."""
        pieces = []
        with faults():
            while size > 0 and self._more():
                piece = self._piece(min(size, CHUNK))
                pieces.append(piece)
                size -= len(piece)
        return b"".join(pieces)

    def _piece(self, size: int) -> bytes:
        """Returns what comes next of this stream: up to so many bytes, or none at its end, or if it
        needs to see more first."""
        if not self._stream.needs_input:
            packed, at_end = b"", False
        else:
            packed = self._ahead or self._file.read(CHUNK)
            self._ahead, at_end = b"", not packed
        piece = self._stream.decompress(packed, size)
        self._budget.unpacked(len(piece), len(packed))
        if at_end and not piece and not self._stream.eof:
            raise BadArchive(CUT_OFF)
        return piece

    def _more(self) -> bool:
        """Begins the next stream behind the end of one. Returns whether there is one."""
        if not self._stream.eof:
            return True
        rest = self._stream.unused_data.lstrip(b"\0")  # streams may be padded
        while not rest:
            block = self._file.read(CHUNK)
            if not block:
                return False
            rest = block.lstrip(b"\0")
        rest += self._file.read(SIGNATURE)
        if decompressor(rest) is not self._start:
            return False  # what is behind the end is nobody's
        self._streams += 1
        if self._streams > STREAMS:
            raise BadArchive(f"is made of more than {STREAMS} parts")
        self._stream, self._ahead = self._start(), rest
        return True
