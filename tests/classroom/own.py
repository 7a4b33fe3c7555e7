"""What a student has written in a file: what stands in the TODO regions, and what was added
elsewhere.

The lab's skeleton is taken away by what it says, not by where it stands: it may have been moved,
laid out anew or edited. Only between the two markers of a TODO everything is the student's."""
from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import FrozenSet, List, Sequence, Set, Tuple

from classroom import winnowing
from classroom.shapes import Part, parts_of
from classroom.tiling import tiles
from classroom.tokens import COMMENT, Token, text_of, tokens_of

SUPPORT = Path(__file__).resolve().parents[2] / "support"
OPENING = re.compile(r"/\* TODO (\d+):")
CLOSING = re.compile(r"/\* END TODO (\d+) \*/$")
# The shortest run of shapes that counts as the skeleton's. Smaller: `close(connfd);` of the
# student's own is taken for the skeleton's. Larger: a skeleton that was edited counts as written.
LEAST = 8


@functools.lru_cache(maxsize=None)
def skeleton(server: str) -> Tuple[str, ...]:
    """Returns the shapes of a server's skeleton."""
    source = (SUPPORT / f"{server}.c").read_bytes()
    return tuple(one.text for part in parts_of(tokens_of(text_of(source))) for one in part)


@functools.lru_cache(maxsize=None)
def given() -> FrozenSet[int]:
    """Returns the hashes of all fragments of the code that every student is given."""
    found: Set[int] = set()
    for path in sorted(SUPPORT.glob("*.c")):
        for part in parts_of(tokens_of(text_of(path.read_bytes()))):
            found.update(winnowing.hashes([one.text for one in part]))
    return frozenset(found)


def own_parts(tokens: Sequence[Token], server: str) -> List[Part]:
    """Returns the parts of a file without what is the skeleton's."""
    parts = parts_of(tokens)
    every = [one for part in parts for one in part]
    theirs = inside(tokens)
    # What can be no shape separates what is the student's for sure.
    texts = ["" if theirs[one.at] else one.text for one in every]
    taken: Set[int] = set()
    for tile in tiles(texts, skeleton(server), LEAST):
        first, last = tile.first, tile.first + tile.length
        # What is cut off from a statement that is not the skeleton's stays with it.
        while first < last and texts[first] in (")", ";"):
            first += 1
        while first < last and texts[last - 1] not in (")", ";"):
            last -= 1
        taken.update(one.at for one in every[first:last])
    left = ([one for one in part if one.at not in taken] for part in parts)
    return [part for part in left if part]


def inside(tokens: Sequence[Token]) -> bytearray:
    """Returns for each token whether it stands in a TODO region that has both its markers."""
    found = bytearray(len(tokens))
    opened, number = 0, ""
    for at, token in enumerate(tokens):
        if token.kind != COMMENT:
            continue
        opening, closing = OPENING.match(token.text), CLOSING.match(token.text)
        if opening:
            opened, number = at, opening[1]
        elif closing and closing[1] == number:
            found[opened + 1:at] = b"\1" * (at - opened - 1)
            number = ""
    return found
