#!/usr/bin/env python3
"""Makes support/'s skeletons from the solution: leaves out what stands between two TODO markers.

    skeleton.py            writes support/mp_server.c and support/mt_server.c
    skeleton.py --check    writes nothing; fails if one of them is not what would be written
"""
import argparse
import re
import sys
from pathlib import Path
from typing import List, Optional

SOLUTION = Path(__file__).resolve().parent
SUPPORT = SOLUTION.parent / "support"
NAMES = ("mp_server.c", "mt_server.c")
OPENING = re.compile(r"\s*/\* TODO (\d+): (?!\*/)\S")
CLOSING = re.compile(r"\s*/\* END TODO (\d+) \*/$")
STRAY = "a TODO that is no marker: /* TODO N: ... */ or /* END TODO N */"


class MarkerError(Exception):
    """The TODO markers of a file are not numbered pairs in order, each around something."""


class Regions:
    """Follows the TODO markers through a file; `kept` has the lines that a skeleton keeps."""

    def __init__(self) -> None:
        self.kept: List[str] = []
        self._number = 0  # of the region that was opened last
        self._region: Optional[List[str]] = None  # what it holds so far; None outside of regions
        self._in_comment = False  # within the comment that opens a region, which is kept

    def read(self, line: str) -> None:
        """Takes the file's next line; raises MarkerError."""
        opening, closing = OPENING.match(line), CLOSING.match(line)
        if opening:
            self._open(int(opening[1]))
        elif closing:
            self._close(int(closing[1]))
        elif not self._in_comment and re.search(r"\bTODO\b", line):
            raise MarkerError(STRAY)
        if self._region is None or self._in_comment:
            self.kept.append(line)
        else:
            self._region.append(line)
        self._in_comment = self._in_comment and "*/" not in line

    def end(self) -> None:
        """Called at the end of the file; raises MarkerError."""
        if self._region is not None:
            raise MarkerError(f"TODO {self._number} is never closed")
        if self._number == 0:
            raise MarkerError("there is no TODO")

    def _open(self, number: int) -> None:
        if self._region is not None:
            raise MarkerError(f"TODO {number} begins inside TODO {self._number}")
        if number != self._number + 1:
            raise MarkerError(f"TODO {number} where TODO {self._number + 1} was due")
        self._number, self._region, self._in_comment = number, [], True

    def _close(self, number: int) -> None:
        if self._region is None or number != self._number:
            raise MarkerError(f"END TODO {number} closes nothing")
        if not "".join(self._region).strip():
            raise MarkerError(f"TODO {number} is empty")
        self._region = None


def skeleton_of(source: str) -> str:
    """Returns the source without what its TODO regions hold; raises MarkerError.

    Both markers of a region stay, and so does the whole of the comment that opens it."""
    regions = Regions()
    for at, line in enumerate(source.splitlines(), start=1):
        try:
            regions.read(line)
        except MarkerError as error:
            raise MarkerError(f"line {at}: {error}") from None
    regions.end()
    return "\n".join(regions.kept) + "\n"


def update(name: str, only_compare: bool) -> bool:
    """Writes a skeleton if it is not what the solution makes, or only says so.

    Returns whether it is right now; raises MarkerError, OSError, UnicodeDecodeError."""
    wanted = skeleton_of((SOLUTION / name).read_text())
    path = SUPPORT / name
    if path.exists() and path.read_text() == wanted:
        return True
    if only_compare:
        print(f"support/{name} is not what solution/{name} makes: run `make skeletons`",
              file=sys.stderr)
        return False
    path.write_text(wanted)
    print(f"support/{name} written")
    return True


def main() -> int:
    """Does what the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(description="Makes support/'s skeletons from the solution.")
    parser.add_argument("--check", action="store_true",
                        help="only compare; exit 1 if a skeleton differs")
    only_compare = parser.parse_args().check
    same = True
    for name in NAMES:
        try:
            same = update(name, only_compare) and same
        except (MarkerError, OSError, UnicodeDecodeError) as error:
            sys.exit(f"skeleton.py: solution/{name}: {error}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
