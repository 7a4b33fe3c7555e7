"""The page similar.html: the distribution first, then who is alike, and why."""
from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import quote

from classroom import winnowing
from classroom.model import SERVERS
from classroom.oddities import Oddity, strength
from classroom.similar_files import Work
from classroom.similar_pairs import ALWAYS, COMMON, FEW, Alike, Pair, groups
from classroom.similar_side import side_by_side
from classroom.similar_spread import spread
from grading.html import escaped, page, shown, table

# Pairs that are listed and shown side by side, by likeness and by oddities. Fewer: a large class
# has more to look at. More: the page is of many megabytes, and nobody reads that far.
LISTED, ODD_LISTED = 50, 25
SAID = 12  # oddities of a pair that are shown; the others are counted
LONG = 60  # characters of one that are
TITLE = "Look-alikes"


class Found(NamedTuple):
    """What was found out about a class."""
    works: List[Work]
    pairs: List[Pair]  # ranked
    odd: Dict[Tuple[int, int], List[Oddity]]  # ranked
    links: Dict[str, str]  # the folder of a member's own page, by what it is called
    anonymous: bool
    missing: List[str]  # who has handed in nothing
    number: int  # of submissions of this class
    earlier: int  # of those of earlier years

    @property
    def listed(self) -> List[Pair]:
        """The pairs that are shown side by side, ranked: the most alike, and the oddest."""
        most = self.pairs[:LISTED]
        there = {(pair.first, pair.second) for pair in most}
        odd = [Pair(*pair, {}) for pair in list(self.odd)[:ODD_LISTED] if pair not in there]
        known = {(pair.first, pair.second): pair for pair in self.pairs}
        return most + [known.get((pair.first, pair.second), pair) for pair in odd]


def page_of(found: Found) -> str:
    """Returns the page."""
    sections = [_head(found), _identical(found), spread(found.works, found.pairs), _ranked(found),
                _groups(found), _oddities(found), _sides(found), _apart(found), _how()]
    return page(TITLE, "".join(sections), wide=True)


def _head(found: Found) -> str:
    more = (f", compared with one another and with {found.earlier} of earlier years"
            if found.earlier else "")
    hidden = ("<p class='note'>Names are replaced by numbers. The sources are shown as they are: "
              "whoever has written a name into one is still named there.</p>"
              if found.anonymous else "")
    return (f"<nav><a href='index.html'>The class</a></nav><h1>{TITLE}</h1>"
            "<p><b>This finds what is similar, not what was copied.</b> On a task "
            "of four short gaps, two who have never met write much the same. Nothing here has an "
            "effect on a grade, and no number says that anybody is guilty: read both sources, and "
            f"ask.</p><p class='note'>{found.number} submissions{more}.</p>{hidden}")


def _identical(found: Found) -> str:
    """The section on files that are the same to the byte."""
    items = [f"<li>all files: {_members(found, [work])}</li>" for work in found.works
             if len(work.members) > 1 and not all(_given(work, server) for server in SERVERS)]
    for server in SERVERS:
        same: Dict[bytes, List[Work]] = {}
        for work in found.works:
            if not _given(work, server):
                same.setdefault(work.sources[server], []).append(work)
        items += [f"<li><code>{server}.c</code>: {_members(found, several)}</li>"
                  for several in same.values()
                  if len(several) > 1 and not all(work.old for work in several)]
    if not items:
        return "<h2>Identical files</h2><p>No two files are the same to the byte.</p>"
    return f"<h2>Identical files</h2><p>The same to the byte:</p><ul>{''.join(items)}</ul>"


def _members(found: Found, works: Sequence[Work]) -> str:
    return ", ".join(_member(found, name) for work in works for name in work.members)


def _given(work: Work, server: str) -> bool:
    """Whether a file is the skeleton, or little else: many have that."""
    file = work.files.get(server)
    return file is None or not file.parts


def _ranked(found: Found) -> str:
    if not found.pairs:
        return "<h2>The most alike</h2><p>No two submissions share anything that counts.</p>"
    rows = [_row(found, rank, pair) for rank, pair in enumerate(found.pairs[:LISTED], start=1)]
    heads = ["", "A", "B"]
    for server in SERVERS:
        heads += [f"<code>{server}.c</code><br>of A in B", "<br>of B in A"]
    heads += ["likeness", "oddities"]
    rest = len(found.pairs) - len(rows)
    more = f" {rest} pairs that are less alike are not listed." if rest else ""
    return ("<h2>The most alike</h2><p>How much of what one has written the other has as well, in "
            "both directions: a low and a high figure are a small solution inside a larger one. "
            "Ranked by the likeness of the more similar file.</p>"
            + table(f"The first {len(rows)} pairs.{more}", heads, rows, range(3, 9)))


def _row(found: Found, rank: int, pair: Pair) -> Tuple[str, ...]:
    cells = [f"<a href='#pair-{rank}' aria-label='pair {rank}, side by side'>{rank}</a>",
             _label(found, pair.first), _label(found, pair.second)]
    for server in SERVERS:
        best = pair.alike[server].best if server in pair.alike else None
        cells += [_percent(best.first), _percent(best.second)] if best else ["", ""]
    odd = len(found.odd.get((pair.first, pair.second), []))
    return (*cells, f"<b>{_percent(pair.likeness[0])}</b>", str(odd or ""))


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\u202f%"


def _member(found: Found, name: str) -> str:
    folder = found.links.get(name)
    if folder is None:
        return shown(name)
    return f"<a href='results/{escaped(quote(folder))}/index.html'>{shown(name)}</a>"


def _label(found: Found, number: int) -> str:
    names = [_member(found, name) for name in found.works[number].members]
    return " = ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _plain(found: Found, number: int) -> str:
    """What a work is called, as text."""
    first, *others = found.works[number].members
    return first + (f" and {len(others)} alike to the byte" if others else "")


def _groups(found: Found) -> str:
    several = groups(found.pairs[:LISTED])
    items = "".join(f"<li>{_percent(likeness)} or more: "
                    + ", ".join(_label(found, number) for number in group) + "</li>"
                    for likeness, group in several)
    what = f"<ul>{items}</ul>" if items else "<p>None among the pairs above.</p>"
    return ("<h2>Groups</h2><p>Of the pairs above, each with the one that it is most like, and the "
            "least likeness of two that are linked so: a group of five is one finding, not ten."
            f"</p>{what}")


def _oddities(found: Found) -> str:
    ranks = {(pair.first, pair.second): rank for rank, pair in enumerate(found.listed, start=1)}
    rows = [(f"<a href='#pair-{ranks[pair]}' aria-label='pair {ranks[pair]}, side by side'>"
             f"{ranks[pair]}</a>", _label(found, pair[0]), _label(found, pair[1]),
             str(strength(several)), _listed(several))
            for pair, several in list(found.odd.items())[:ODD_LISTED]]
    text = ("<h2>Oddities</h2><p>Names, strings, words and misspellings in comments that these two "
            "have, and nobody else: not the lab, nor the C library. On a task of this size that "
            "says more than any percentage; a single one is a coincidence.</p>")
    if not rows:
        return text + "<p>No two submissions share one.</p>"
    heads = ["", "A", "B", "weight", "what only they have"]
    rest = len(found.odd) - len(rows)
    more = f" {rest} pairs that share less are not listed." if rest else ""
    return text + table(f"A misspelling weighs 3, a name or a string 2, a word 1.{more}", heads,
                        rows, [3])


def _listed(several: Sequence[Oddity]) -> str:
    words: List[str] = []
    for one in several[:SAID]:
        text = one.text if len(one.text) <= LONG else one.text[:LONG] + "..."
        words.append(f"{one.kind} <code>{shown(text)}</code>")
    rest = len(several) - SAID
    return "; ".join(words) + (f"; {rest} more" if rest > 0 else "")


def _sides(found: Found) -> str:
    parts = [_side(found, rank, pair) for rank, pair in enumerate(found.listed, start=1)]
    if not parts:
        return ""
    return ("<h2>Side by side</h2><p>Lines of one colour, with one number, are alike in all but "
            "names, numbers, strings, types and layout; the number leads to the other side. The "
            "bar at the left marks the TODO regions. What the skeleton says is not compared.</p>"
            + "".join(parts))


def _side(found: Found, rank: int, pair: Pair) -> str:
    one, other = found.works[pair.first], found.works[pair.second]
    names = _plain(found, pair.first), _plain(found, pair.second)
    odd = found.odd.get((pair.first, pair.second), [])
    said = f"<p>Only these two have: {_listed(odd)}.</p>" if odd else ""
    figures = " ".join(filter(None, (_figures(server, pair.alike.get(server))
                                     for server in SERVERS)))
    return (f"<details><summary>{rank}. {shown(names[0])} and {shown(names[1])}</summary>"
            f"<div id='pair-{rank}'><p class='note'>{figures}</p>{said}"
            f"{side_by_side(one, other, names, f'pair-{rank}')}</div></details>")


def _figures(server: str, alike: Optional[Alike]) -> str:
    if alike is None:
        return ""
    runs, statements = alike
    return (f"{server}.c: by runs of {winnowing.K} tokens {_percent(runs.both)} "
            f"(of A {_percent(runs.first)}, of B {_percent(runs.second)}), by statements "
            f"{_percent(statements.both)} (of A {_percent(statements.first)}, "
            f"of B {_percent(statements.second)}).")


def _apart(found: Found) -> str:
    """The section on what was not compared, or not whole."""
    items = [f"<li>{_label(found, number)}, <code>{server}.c</code>: {escaped(file.note)}</li>"
             for number, work in enumerate(found.works) if not work.old
             for server, file in sorted(work.files.items()) if file.note]
    items += [f"<li>{shown(name)}: nothing handed in</li>" for name in found.missing]
    if not items:
        return ""
    return f"<h2>Not compared</h2><ul>{''.join(items)}</ul>"


def _how() -> str:
    return ("<h2>How it is measured</h2><p>What a student has written is what stands in the TODO "
            "regions and what was added elsewhere; the skeleton, also where it was moved or "
            "edited, and the other given files are taken away. Comments, layout, types and braces "
            "are left out; names, numbers and strings count as alike, but for functions of the C "
            "library and constants. Functions may stand in any order.</p>"
            f"<p>Two measures, and the higher counts: runs of {winnowing.K} tokens, of which "
            f"winnowing keeps the smallest hash of {winnowing.W} (Schleimer, Wilkerson, "
            "Aiken, SIGMOD 2003), and whole statements, which an inserted line does not change. A "
            "fragment that f of N submissions have weighs 1 + log(N / (1 + f)); from "
            f"{FEW} submissions on, one that more than {COMMON:.0%} of them have, and more than "
            f"{ALWAYS}, weighs nothing. So a group that is larger than that hides what it "
            "shares.</p><p><code>mp_server.c</code> is not compared with <code>mt_server.c</code>: "
            "they call other functions, and where they are alike both are by one student.</p>")
