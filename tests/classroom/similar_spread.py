"""How alike a class is as a whole: whoever knows that reads a single figure with more care."""
from __future__ import annotations

import statistics
from typing import List, Sequence

from classroom.similar_files import Work
from classroom.similar_pairs import Pair

BINS = 20  # bars of 5 % each: fewer hide a second hill, more are single submissions
WIDTH, HEIGHT, LEFT, FOOT, HEAD = 760, 200, 8, 24, 20  # of the picture, in its own units


def spread(works: Sequence[Work], pairs: Sequence[Pair]) -> str:
    """Returns the section with the distribution of likeness: for each work of this class that of
    its nearest, and for all pairs."""
    number = sum(not work.old for work in works)
    nearest = {at: float(len(work.members) > 1) for at, work in enumerate(works) if not work.old}
    for pair in pairs:
        for at in (pair.first, pair.second):
            if at in nearest:
                nearest[at] = max(nearest[at], pair.likeness[0])
    old = len(works) - number
    every = number * (number - 1) // 2 + number * old
    if not every:
        return "<h2>The class</h2><p>There are no two submissions to compare.</p>"
    likes = [pair.likeness[0] for pair in pairs] + [0.0] * (every - len(pairs))
    best, all_pairs = _bins(list(nearest.values())), _bins(likes)
    return (f"<h2>The class</h2><p>How alike each submission and its nearest are: half of them at "
            f"most {100 * statistics.median(nearest.values()):.0f}\u202f%; of all {every} pairs, "
            f"half at most {100 * statistics.median(likes):.0f}\u202f%. Only what stands apart "
            "from the rest of the class is worth a look.</p>"
            f"<figure class='histogram'>{_picture(best)}<figcaption>Submissions, by likeness to "
            "the nearest other (per cent)</figcaption></figure>"
            f"<details><summary>As numbers, and for all pairs</summary>{_table(best, all_pairs)}"
            "</details>")


def _bins(values: Sequence[float]) -> List[int]:
    found = [0] * BINS
    for value in values:
        found[min(int(value * BINS), BINS - 1)] += 1
    return found


def _range(at: int) -> str:
    return f"{at * 100 // BINS}\u2013{(at + 1) * 100 // BINS}"


def _picture(found: Sequence[int]) -> str:
    most, pitch, bottom = max(found), (WIDTH - 2 * LEFT) / BINS, HEIGHT - FOOT
    elements = []
    for at, number in enumerate(found):
        x, height = LEFT + at * pitch, (bottom - HEAD) * number / most
        if number:
            elements.append(
                f"<rect x='{x + 2:.1f}' y='{bottom - height:.1f}' width='{pitch - 4:.1f}' "
                f"height='{height:.1f}'><title>{_range(at)}\u202f%: {number}</title></rect>"
                f"<text x='{x + pitch / 2:.1f}' y='{bottom - height - 5:.1f}' class='count'>"
                f"{number}</text>")
        if at % 2 == 0:
            elements.append(f"<text x='{x + pitch / 2:.1f}' y='{HEIGHT - 7}'>{_range(at)}</text>")
    return (f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='Histogram of likeness; "
            f"the numbers are in the table below'><line x1='{LEFT}' x2='{WIDTH - LEFT}' "
            f"y1='{bottom}' y2='{bottom}'/>{''.join(elements)}</svg>")


def _table(best: Sequence[int], pairs: Sequence[int]) -> str:
    rows = "".join(f"<tr><th scope='row'>{_range(at)}\u202f%</th><td class='number'>{best[at]}</td>"
                   f"<td class='number'>{pairs[at]}</td></tr>" for at in range(BINS))
    return ("<table><caption>Likeness</caption><thead><tr><th scope='col'>likeness</th>"
            "<th scope='col' class='number'>submissions, to their nearest</th>"
            f"<th scope='col' class='number'>pairs</th></tr></thead><tbody>{rows}</tbody></table>")
