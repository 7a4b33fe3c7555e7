"""Greedy string tiling: which runs of tokens two texts share, in whatever order they stand.

Wise: YAP3, SIGCSE 1996. The longest run is taken first, and no token belongs to two runs."""
from __future__ import annotations

import heapq
from collections import defaultdict
from typing import Dict, List, NamedTuple, Sequence, Tuple

# How many places of the second text are tried for a run that begins in the first. Smaller: a run
# may be found at another place than it was copied from. Larger: a file made of a single statement,
# thousands of times, takes minutes.
PLACES = 16


class Tile(NamedTuple):
    """A run of tokens that two texts share."""
    first: int  # where it begins in the one text
    second: int  # and in the other
    length: int


def tiles(one: Sequence[str], other: Sequence[str], least: int) -> List[Tile]:
    """Returns the runs of at least so many tokens, in the order of the first text."""
    longest = [(-length, i, j) for i, j, length in _runs(one, other, least)]
    heapq.heapify(longest)
    in_one, in_other = bytearray(len(one)), bytearray(len(other))
    found: List[Tile] = []
    while longest:
        minus, i, j = heapq.heappop(longest)
        start, length = _free(in_one, in_other, i, j, -minus)
        if length < least:
            continue
        if length < -minus:
            heapq.heappush(longest, (-length, i + start, j + start))
            continue
        found.append(Tile(i, j, length))
        in_one[i:i + length] = in_other[j:j + length] = b"\1" * length
    return sorted(found)


def _runs(one: Sequence[str], other: Sequence[str], least: int) -> List[Tuple[int, int, int]]:
    """All runs that can be made no longer."""
    places: Dict[Tuple[str, ...], List[int]] = defaultdict(list)
    for j in range(len(other) - least + 1):
        where = places[tuple(other[j:j + least])]
        if len(where) < PLACES:
            where.append(j)
    found = []
    for i in range(len(one) - least + 1):
        for j in places.get(tuple(one[i:i + least]), ()):
            if i and j and one[i - 1] == other[j - 1]:
                continue  # a part of the run that began before
            length = least
            while (i + length < len(one) and j + length < len(other)
                   and one[i + length] == other[j + length]):
                length += 1
            found.append((i, j, length))
    return found


def _free(in_one: bytearray, in_other: bytearray, i: int, j: int, length: int) -> Tuple[int, int]:
    """Of a run, where its longest part that belongs to no other begins, and how long it is."""
    best = start = size = 0
    for at in range(length):
        size = 0 if in_one[i + at] or in_other[j + at] else size + 1
        if size > best:
            best, start = size, at + 1 - size
    return start, best
