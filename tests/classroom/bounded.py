"""What bounds the reading of an archive in time and memory, whatever the archive says of itself."""
from __future__ import annotations

import contextlib
import lzma
import re
import struct
import unicodedata
import zlib
from typing import Callable, Iterator, NamedTuple, Tuple

MEBIBYTE = 1 << 20
CHUNK = 1 << 16  # bytes read at once: smaller -> more calls, larger -> more memory for each
# A name longer than any file system's is not looked at.
LONGEST_NAME = 4096
FREE = 64 * MEBIBYTE  # so much may come out of little: smaller -> a log of one line costs a student
# Text shrinks to a fifth, object files to a third, zeros to a thousandth. Smaller -> what is merely
# monotonous is refused; larger -> a bomb takes longer to be one.
RATIO = 200

FILE, FOLDER, LINK, OTHER = "a file", "a folder", "a link", "no regular file"
CUT_OFF = "is cut off"
DAMAGED = "is damaged"


class BadArchive(Exception):
    """An archive is not read any further. The text says what it is, or has, behind its name."""


class Limits(NamedTuple):
    """How much is read at the most."""
    members: int
    size: int  # bytes of everything in it, unpacked


# The lab, with its builds and a history of loose objects, has about 2000 files. Smaller -> such an
# archive is refused; larger -> one that attacks costs more time: 10 000 headers take 0.1 s.
ONE_SUBMISSION = Limits(members=6000, size=256 * MEBIBYTE)
# Some thousand students, each with the lab's folder.
WHOLE_CLASS = Limits(members=400_000, size=64 * 1024 * MEBIBYTE)


class Budget:
    """What is left of the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._members = 0
        self._read = 0
        self._unpacked = 0

    def member(self, count: int = 1) -> None:
        """Counts members. Raises BadArchive if there are too many."""
        self._members += count
        if self._members > self._limits.members:
            raise BadArchive(f"has more than {self._limits.members} files and folders")

    def declared(self, size: int, packed: int) -> None:
        """Takes note of how much an archive says it holds, before anything is unpacked. Raises
        BadArchive if that is too much. A whole class is not judged by what one of it has added."""
        if self._limits is not WHOLE_CLASS:
            self.unpacked(size, packed)

    def unpacked(self, size: int, read: int) -> None:
        """Counts bytes that came out, and of how many. Raises BadArchive if they are too many."""
        self._read += read
        self._unpacked += size
        if self._unpacked > self._limits.size:
            most = self._limits.size // MEBIBYTE
            raise BadArchive(f"holds more than {most} MiB: only the two servers are wanted")
        if self._unpacked > FREE + RATIO * self._read:
            raise BadArchive(f"unpacks to more than {RATIO} times its size: this is no source code")


class Member(NamedTuple):
    """One thing in an archive, or in a folder."""
    path: Tuple[str, ...]  # printable
    kind: str
    size: int
    fault: str  # why nobody packs such a thing in good faith, or why it cannot be read; else ""
    # All its bytes, of which there are `size`: look at the size first. Raises BadArchive. Only to
    # be called before the next member is asked for.
    read: Callable[[], bytes]


@contextlib.contextmanager
def faults() -> Iterator[None]:
    """Lets everything that Python's modules raise over bad data be a BadArchive."""
    try:
        yield
    except MemoryError:
        raise BadArchive("needs too much memory") from None
    except lzma.LZMAError as error:
        raise BadArchive("needs too much memory" if "emory" in str(error) else DAMAGED) from None
    except EOFError:
        raise BadArchive(CUT_OFF) from None
    except OSError as error:
        raise BadArchive(f"cannot be read: {error.strerror}" if error.errno else DAMAGED) from None
    except (ArithmeticError, ValueError, struct.error, zlib.error):
        raise BadArchive(DAMAGED) from None


# Those that move the cursor on a terminal, break a line of a table or turn the direction of writing
# around, and halves of characters, which cannot be written to a file.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """Returns a stranger's text with everything escaped that is more than a letter on a line. What
    os.fsdecode() could not decode is written as the byte that it is."""
    return UNPRINTABLE.sub(_escape, text)


def _escape(match: "re.Match[str]") -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def path_of(name: str) -> Tuple[Tuple[str, ...], str]:
    """Returns the parts of a member's name, without those that lead elsewhere, and what is wrong
    with it, or ""."""
    parts = name.split("/")
    fault = ""
    if len(name) > LONGEST_NAME:
        fault = "has a name of more than 4096 characters"
    elif name.startswith("/") or re.match("[A-Za-z]:", name):
        fault = f"has an absolute name, {shown(name)}"
    elif ".." in parts:
        fault = f"has a name that leads out of it, {shown(name)}"
    elif "\0" in name:
        fault = f"has a name that ends early, {shown(name)}"
    kept = tuple(printable(part) for part in parts if part not in ("", ".", ".."))
    return kept[:LONGEST_NAME], fault


def shown(name: str, width: int = 80) -> str:
    """Returns a name for a message: printable, and not longer than a line."""
    text = printable(name)
    return f"'{text if len(text) <= width else text[:width - 3] + '...'}'"


def leads_out(path: Tuple[str, ...], target: str) -> bool:
    """Returns whether a symbolic link at this path of an archive points at something outside."""
    if target.startswith("/") or re.match("[A-Za-z]:", target):
        return True
    depth = len(path) - 1
    for part in target.split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return False


def folded(name: str) -> str:
    """Returns what two names have in common that some file systems take for the same."""
    return unicodedata.normalize("NFC", name).casefold()
