#!/usr/bin/env python3
"""Makes support/'s skeletons from the solution: what stands between two TODO markers is left out.

    skeleton.py            writes support/mp_server.c and support/mt_server.c
    skeleton.py --check    writes nothing; fails when one of them is not what would be written
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


class MarkerError(Exception):
    """The TODO markers of a file are not numbered pairs in order, each around something."""


def skeleton_of(source: str) -> str:
    """Returns the source without the lines between each TODO comment and its END; raises MarkerError."""
    kept: List[str] = []
    number = 0  # of the region that was opened last
    region: Optional[List[str]] = None  # what it holds so far; None outside
    in_comment = False  # within the opening comment, which is kept
    for at, line in enumerate(source.splitlines(), start=1):
        opening, closing = OPENING.match(line), CLOSING.match(line)
        if not (opening or closing or in_comment) and re.search(r"\bTODO\b", line):
            raise MarkerError(f"line {at}: a TODO that is no marker: /* TODO N: ... */ or /* END TODO N */")
        if opening:
            if region is not None:
                raise MarkerError(f"line {at}: TODO {opening[1]} begins inside TODO {number}")
            if int(opening[1]) != number + 1:
                raise MarkerError(f"line {at}: TODO {opening[1]} where TODO {number + 1} was due")
            number, region, in_comment = number + 1, [], True
        if closing:
            if region is None or int(closing[1]) != number:
                raise MarkerError(f"line {at}: END TODO {closing[1]} closes nothing")
            if not "".join(region).strip():
                raise MarkerError(f"line {at}: TODO {number} is empty")
            region = None
        if region is None or in_comment:
            kept.append(line)
        else:
            region.append(line)
        in_comment = in_comment and "*/" not in line
    if region is not None:
        raise MarkerError(f"TODO {number} is never closed")
    if number == 0:
        raise MarkerError("there is no TODO")
    return "\n".join(kept) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes support/'s skeletons from the solution.")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 when a skeleton differs")
    check = parser.parse_args().check
    drift = 0
    for name in NAMES:
        try:
            wanted = skeleton_of((SOLUTION / name).read_text())
            present = (SUPPORT / name).read_text() if (SUPPORT / name).exists() else None
            if present == wanted:
                continue
            if check:
                print(f"support/{name} is not what solution/{name} makes: run `make skeletons`", file=sys.stderr)
                drift = 1
            else:
                (SUPPORT / name).write_text(wanted)
                print(f"support/{name} written")
        except (MarkerError, OSError, UnicodeDecodeError) as error:
            sys.exit(f"skeleton.py: solution/{name}: {error}")
    return drift


if __name__ == "__main__":
    sys.exit(main())
