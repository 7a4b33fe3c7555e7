"""A student's source beside the solution's: lines that are the same on one line, what was removed
on the left, what was added on the right."""
from __future__ import annotations

import difflib
from typing import List, NamedTuple, Sequence, Tuple

from grading.html import LINE_LENGTH, lines_of, shown

# Lines of a source that are compared. Fewer, and a long one is not; more, and one that was made to
# take long does: the time grows with the square.
MOST = 1000
CONTEXT = 3  # lines of what is the same, around what is not
SIGNS = {"removed": "\u2212", "added": "+"}
SIMILAR = 0.5  # of two lines, for what differs in them to be marked; less, and it is all of both


class Pair(NamedTuple):
    """A line of the comparison: numbers from 1 on, 0 where there is no line."""
    kind: str  # "same", "changed", "removed", "added", or "gap" for what is left out
    left: int
    right: int


def pairs(left: Sequence[str], right: Sequence[str]) -> List[Pair]:
    """Returns the lines of two sources side by side, without what is the same in both and far from
    what is not."""
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    found: List[Pair] = []
    for group in matcher.get_grouped_opcodes(CONTEXT):
        if found or group[0][1] > 0 or group[0][3] > 0:
            found.append(Pair("gap", 0, 0))
        for tag, first, last, begin, end in group:
            found += _pairs_of(tag, range(first, last), range(begin, end))
    return found


def _pairs_of(tag: str, left: Sequence[int], right: Sequence[int]) -> List[Pair]:
    """Returns the pairs of one stretch; `tag` is difflib's word for it."""
    found = []
    for at in range(max(len(left), len(right))):
        one = left[at] + 1 if at < len(left) else 0
        other = right[at] + 1 if at < len(right) else 0
        kind = "same" if tag == "equal" else "changed"
        if not one or not other:
            kind = "added" if other else "removed"
        found.append(Pair(kind, one, other))
    return found


def beside(caption: str, name: str, source: str, solution: str) -> str:
    """Returns a table of what differs between a student's source, which may hold anything, and the
    solution."""
    left, right = lines_of(source), lines_of(solution)
    if left == right:
        return "<p class='note'>The same as in solution/.</p>"
    if len(left) > MOST:
        return f"<p class='note'>Not compared with solution/: more than {MOST} lines.</p>"
    rows = "".join(_row(pair, left, right) for pair in pairs(left, right))
    return (f"<table class='diff'><caption>{caption}</caption><colgroup><col class='n'><col>"
            "<col class='n'><col></colgroup><thead><tr>"
            f"<th scope='col' colspan='2'>{name}</th><th scope='col' colspan='2'>solution/{name}"
            f"</th></tr></thead><tbody>{rows}</tbody></table>")


def _row(pair: Pair, left: Sequence[str], right: Sequence[str]) -> str:
    if pair.kind == "gap":
        return "<tr class='gap'><td colspan='4'>\u22ee</td></tr>"
    one = left[pair.left - 1] if pair.left else ""
    other = right[pair.right - 1] if pair.right else ""
    before, after = shown(one[:LINE_LENGTH]), shown(other[:LINE_LENGTH])
    if pair.kind == "changed":
        before, after = _marked(one[:LINE_LENGTH], other[:LINE_LENGTH])
    kinds = {"changed": ("removed", "added"), "removed": ("removed", "none"),
             "added": ("none", "added"), "same": ("", "")}[pair.kind]
    cells = _cell(pair.left, before, kinds[0]) + _cell(pair.right, after, kinds[1])
    return f"<tr>{cells}</tr>"


def _cell(number: int, markup: str, kind: str) -> str:
    words = f" class='{kind}'" if kind else ""
    sign = f"<span class='sign'>{SIGNS[kind]}</span>" if kind in SIGNS else ""
    return f"<td class='n'>{number or ''}{sign}</td><td{words}><code>{markup}</code></td>"


def _marked(one: str, other: str) -> Tuple[str, str]:
    """Returns two lines with what differs in them marked, if they have much in common."""
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    if not one or not other or matcher.ratio() < SIMILAR:
        return shown(one), shown(other)
    before, after = [], []
    for tag, first, last, begin, end in matcher.get_opcodes():
        before.append(_span("del", one[first:last], tag))
        after.append(_span("ins", other[begin:end], tag))
    return "".join(before), "".join(after)


def _span(name: str, text: str, tag: str) -> str:
    return shown(text) if tag == "equal" or not text else f"<{name}>{shown(text)}</{name}>"
