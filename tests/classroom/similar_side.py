"""Two works side by side: what both have is coloured, and each piece leads to the other's."""
from __future__ import annotations

from bisect import bisect_right
from typing import List, Sequence, Tuple

from classroom.model import SERVERS
from classroom.similar_files import File, Work
from classroom.tiling import Tile, tiles
from grading.html import Mark, Region, escaped, regions_in, source

# Of the shortest piece that is coloured, in shapes. Smaller: every `close(connfd);` is coloured.
# Larger: what was taken apart by an inserted statement stays plain.
LEAST = 8
# What is shown and coloured of one file. Smaller: the end of a long solution is not seen. Larger:
# fifty pairs of files made to be large make a page that no browser shows.
LINES, COLUMNS, SHAPES = 400, 200, 1500
COLOURS = 6  # same0 to same5


def side_by_side(one: Work, other: Work, names: Tuple[str, str], prefix: str) -> str:
    """Returns both files of two works beside one another, those of the same server that share
    anything; `names` are text, `prefix` the beginning of ids."""
    blocks = []
    for server in SERVERS:
        if server in one.files and server in other.files:
            blocks.append(_block(one.files[server], other.files[server], names, server,
                                 f"{prefix}-{server[:2]}"))
    return "".join(blocks)


def _block(one: File, other: File, names: Tuple[str, str], server: str, prefix: str) -> str:
    found = matches(one, other)
    if not found:
        return f"<p class='note'>{server}.c: no piece of {LEAST} tokens in common.</p>"
    left = [_mark(lines, at, f"{prefix}-a", f"{prefix}-b", "\u2192")
            for at, (lines, _) in enumerate(found)]
    right = [_mark(lines, at, f"{prefix}-b", f"{prefix}-a", "\u2190")
             for at, (_, lines) in enumerate(found)]
    longest = max(last - first + 1 for (first, last), _ in found)
    columns = "".join(
        f"<div><h4>{escaped(name)}</h4>{_source(file.text, marks)}</div>"
        for name, file, marks in ((names[0], one, left), (names[1], other, right)))
    pieces = "piece" if len(found) == 1 else "pieces"
    lines = "line" if longest == 1 else "lines"
    return (f"<h3>{server}.c: {len(found)} {pieces} in common, the longest of {longest} {lines}"
            "</h3><div class='beside'>" + columns + "</div>")


def matches(one: File, other: File) -> List[Tuple[Tuple[int, int], Tuple[int, int]]]:
    """Returns the first and last lines, in both files, of each piece of the students' own that both
    have."""
    ours, theirs = _flat(one, "a"), _flat(other, "b")
    found: List[Tile] = tiles([text for text, _ in ours], [text for text, _ in theirs], LEAST)
    return [(_lines(one, ours[at.first:at.first + at.length]),
             _lines(other, theirs[at.second:at.second + at.length])) for at in found]


def _flat(file: File, end: str) -> List[Tuple[str, int]]:
    """All shapes; what stands between two parts is like nothing in the other file."""
    found = [pair for part in file.parts
             for pair in [*((shape.text, shape.at) for shape in part), (f"end of {end}", -1)]]
    return found[:SHAPES]


def _lines(file: File, shapes: Sequence[Tuple[str, int]]) -> Tuple[int, int]:
    starts = [0, *(at + 1 for at, character in enumerate(file.text) if character == "\n")]
    tokens = [file.tokens[at] for _, at in shapes if at >= 0]
    return bisect_right(starts, tokens[0].start), bisect_right(starts, tokens[-1].end - 1)


def _mark(lines: Tuple[int, int], at: int, mine: str, others: str, arrow: str) -> Mark:
    return Mark(lines[0], lines[1], f"same{at % COLOURS}", f"{at + 1} {arrow}",
                f"{mine}-{at + 1}", f"#{others}-{at + 1}")


def _source(text: str, marks: Sequence[Mark]) -> str:
    lines = text.split("\n")
    shown = "\n".join(line if len(line) <= COLUMNS else line[:COLUMNS] + " ..."
                      for line in lines[:LINES])
    more = len(lines) - LINES
    rest = f"<p class='note'>{more} more lines are not shown.</p>" if more > 0 else ""
    regions: Sequence[Region] = regions_in(shown)
    return source(shown, regions, [mark for mark in marks if mark.first <= LINES]) + rest
