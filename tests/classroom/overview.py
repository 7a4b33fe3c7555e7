"""The pictures and tables of a class as a whole: how the totals are distributed, and what was
lost."""
from __future__ import annotations

import statistics
from typing import List, NamedTuple, Sequence

from checks.catalogue import FULL
from classroom.gradebook import MISSING
from classroom.model import GRADED, INCONCLUSIVE, NOT_GRADED, SERVERS, UNSURE, Graded
from classroom.tally import UNDECIDED, WAIT, Class, Fault, Tally
from grading.html import escaped, shown

# Points that a bar of the histogram stands for. Fewer, and a small class is a row of single
# submissions; more, and two groups of a class look like one.
BIN = 5
WIDTH, HEIGHT, LEFT, FOOT, HEAD = 760, 220, 8, 24, 20  # of the histogram, in its own units
WAIT_WORDS = "not graded, as another check was lost first"
UNDECIDED_WORDS = "inconclusive, which is not lost"
KINDS = {WAIT: "waits", UNDECIDED: "inconclusive"}  # of what is no letter
BAR = 240  # units that are all submissions, in the bar of a check
URGENT = (NOT_GRADED, INCONCLUSIVE, UNSURE, GRADED)  # first what needs a human most


class Bin(NamedTuple):
    """A bar of the histogram."""
    first: int
    last: int
    number: int


def bins(totals: Sequence[int]) -> List[Bin]:
    """Returns how many have which total; all points have a bar of their own."""
    edges = [*((first, first + BIN - 1) for first in range(0, FULL, BIN)), (FULL, FULL)]
    return [Bin(first, last, sum(first <= total <= last for total in totals))
            for first, last in edges]


def distribution(graded: Sequence[Graded]) -> str:
    """Returns the section on the totals of those that were graded."""
    totals = [one.total for one in graded if one.status != NOT_GRADED]
    if not totals:
        return "<section><h2>Totals</h2><p>Nothing was graded.</p></section>"
    found = bins(totals)
    rows = "".join(f"<tr><th scope='row'>{_range(one)}</th>"
                   f"<td class='number'>{one.number}</td></tr>" for one in found)
    return (f"<section><h2>Totals</h2><p>{_figures(totals)}</p>"
            f"<figure class='histogram'>{_histogram(found)}</figure>"
            "<details><summary>The histogram as numbers</summary><table><caption>Submissions by "
            "total</caption><thead><tr><th scope='col'>points</th><th scope='col' class='number'>"
            f"submissions</th></tr></thead><tbody>{rows}</tbody></table></details></section>")


def _range(one: Bin) -> str:
    return str(one.first) if one.first == one.last else f"{one.first}\u2013{one.last}"


def _figures(totals: Sequence[int]) -> str:
    median, mean = statistics.median(totals), statistics.mean(totals)
    words = [f"{len(totals)} graded", f"median <b>{median:g}</b>", f"mean {mean:.1f}",
             f"from {min(totals)} to {max(totals)}",
             f"{sum(total == FULL for total in totals)} with all {FULL} points"]
    if len(totals) > 1:
        first, _, third = statistics.quantiles(totals, n=4, method="inclusive")
        words.insert(2, f"the middle half from {first:g} to {third:g}")
    return "; ".join(words) + "."


def _histogram(found: Sequence[Bin]) -> str:
    """Returns the picture; its numbers are in the table beside it."""
    most = max(one.number for one in found)
    pitch = (WIDTH - 2 * LEFT) / len(found)
    bottom, elements = HEIGHT - FOOT, []
    for at, one in enumerate(found):
        x, height = LEFT + at * pitch, (bottom - HEAD) * one.number / most
        if one.number:
            elements.append(f"<rect x='{x + 2:.1f}' y='{bottom - height:.1f}' "
                            f"width='{pitch - 4:.1f}' height='{height:.1f}'/>")
            elements.append(_label(x + pitch / 2, bottom - height - 5, str(one.number), "count"))
        if one.first % 10 == 0:
            elements.append(_label(x + pitch / 2, HEIGHT - 7, _range(one), "points"))
    return (f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='Histogram of the totals; "
            f"the numbers are in the table below'><line x1='{LEFT}' x2='{WIDTH - LEFT}' "
            f"y1='{bottom}' y2='{bottom}'/>{''.join(elements)}</svg>")


def _label(x: float, y: float, words: str, kind: str) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' class='{kind}'>{words}</text>"


def losses(found: Class) -> str:
    """Returns the section on what was lost, a row a check."""
    rows = "".join(map(_loss, found.tallies))
    heads = _heads("check", "lost by", "of these, how")
    return ("<section><h2>What was lost</h2><table class='losses'><caption>A letter stands for a "
            "symptom of its check, here and in the table of submissions.</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>")


def _heads(*names: str) -> str:
    return "".join(f"<th scope='col'>{name}</th>" for name in names)


def _loss(tally: Tally) -> str:
    share = f"{tally.lost} of {tally.graded}"
    if tally.graded:
        share += f" <small>{100 * tally.lost / tally.graded:.0f}&#8239;%</small>"
    items = "".join(_fault(tally.id, one) for one in tally.faults)
    if tally.waits:
        items += _fault(tally.id, Fault(WAIT, WAIT_WORDS, tally.waits))
    if tally.undecided:
        items += _fault(tally.id, Fault(UNDECIDED, UNDECIDED_WORDS, tally.undecided))
    return (f"<tr><th scope='row'><b>{escaped(tally.id)}</b><br><small>{escaped(tally.title)}"
            f"</small></th><td class='share'>{share}{_bar(tally)}</td>"
            f"<td><ul class='faults'>{items}</ul></td></tr>")


def _fault(id: str, fault: Fault) -> str:
    pick = escaped(f"{id}:{fault.letter}")
    kind = KINDS.get(fault.letter, "")
    return (f"<li><a class='pick' href='#submissions' data-pick='{pick}'>"
            f"<b class='letter {kind}'>{escaped(fault.letter)}</b> "
            f"<span class='times'>{fault.number}</span></a> <span>{shown(fault.words)}</span></li>")


def _bar(tally: Tally) -> str:
    parts, x = [], 0.0
    for kind, number in (("failed", tally.lost - tally.waits), ("waits", tally.waits),
                         ("inconclusive", tally.undecided)):
        width = BAR * number / max(tally.graded, 1)
        if number:
            parts.append(f"<rect class='{kind}' x='{x:.1f}' y='0' width='{width:.1f}' height='8'/>")
        x += width
    return (f"<svg class='bar' viewBox='0 0 {BAR} 8' preserveAspectRatio='none' aria-hidden='true'>"
            f"<rect class='all' x='0' y='0' width='{BAR}' height='8'/>{''.join(parts)}</svg>")


def reasons(one: Graded) -> List[str]:
    """Returns why a human should look at a submission."""
    missing = [MISSING % server for server in SERVERS if not one.hashes.get(server)]
    return [*one.notes, *(missing if one.status != NOT_GRADED else [])]


def for_a_human(graded: Sequence[Graded], links: Sequence[str]) -> str:
    """Returns the section on those that need a human; `links` has a link for each submission."""
    rows = []
    for one, link in sorted(zip(graded, links), key=lambda pair: URGENT.index(pair[0].status)):
        why = reasons(one)
        if one.status != GRADED or why:
            items = "".join(f"<li>{shown(words)}</li>" for words in why)
            rows.append(f"<tr><th scope='row'>{link}</th><td class='status "
                        f"{one.status.replace(' ', '-')}'>{escaped(one.status)}</td>"
                        f"<td><ul class='why'>{items}</ul></td></tr>")
    if not rows:
        return "<section><h2>What needs a human</h2><p>Nothing.</p></section>"
    heads = _heads("submission", "status", "why")
    return (f"<section><h2>What needs a human</h2><table class='human'><caption>{len(rows)} of "
            f"{len(graded)} submissions</caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table></section>")
