"""The table of a class: a row a submission, a column a check, in it a letter."""
from __future__ import annotations

from typing import Optional, Sequence

from classroom.model import NOT_GRADED, Graded, Row
from classroom.overview import reasons
from classroom.tally import PASS, REST, UNDECIDED, WAIT, Class, waits
from grading.html import escaped, shown
from grading.outcome import FAILED, INCONCLUSIVE, PASSED

KEY = ((PASS, "passed", PASSED), ("A", "failed, by the symptom of that letter", FAILED),
       (REST, "failed, by a rarer one", FAILED),
       (WAIT, "not graded, as another check was lost", "waits"),
       (UNDECIDED, "inconclusive", INCONCLUSIVE))
UNKNOWN = "\u2212"  # what is shown, and sorted, where there is no number


def matrix(found: Class, links: Sequence[str]) -> str:
    """Returns the section with the table; `links` has a link for each submission. It can be read,
    and searched with the browser, as it is; a script makes it sortable."""
    ids = [tally.id for tally in found.tallies]
    heads = [_head("name"), _head("key"), _head("status"), _head("total", "number"),
             *(_head(f"<span>{escaped(id)}</span>", f"check {_begin(id, ids)}") for id in ids),
             _head("seconds", "number")]
    rows = "".join(_row(found, one, link, ids) for one, link in zip(found.graded, links))
    key = " ".join(f"<span class='cell {kind}'>{mark}</span> {words}."
                   for mark, words, kind in KEY)
    return ("<section id='submissions'><h2>Submissions</h2>"
            f"<p class='note'>{key}</p><div id='tools' class='screen'></div>"
            "<div class='scroll' tabindex='0' role='region' aria-label='Submissions'>"
            "<table id='class'><caption>A row a submission, a column a check</caption>"
            f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{rows}</tbody></table></div>"
            "</section>")


def _head(name: str, kind: str = "text") -> str:
    return f"<th scope='col' class='{kind}'>{name}</th>"


def _row(found: Class, one: Graded, link: str, ids: Sequence[str]) -> str:
    rows = {row.id: row for row in one.rows}
    total = str(one.total) if one.status != NOT_GRADED else UNKNOWN
    cells = [_cell(found, rows.get(id), _begin(id, ids)) for id in ids]
    picks = " ".join(f"{row.id}:{found.letter(row)}" for row in one.rows if row.status != PASSED)
    words = " ".join([one.name, one.key, one.status, *reasons(one)])
    seconds = f"{one.seconds:.0f}" if one.rows else UNKNOWN
    return (f"<tr data-words=\"{escaped(words)}\" data-picks=\"{escaped(picks)}\">"
            f"<th scope='row'>{link}</th><td class='key'><bdi>{shown(one.key)}</bdi></td>"
            f"<td>{escaped(one.status)}</td><td class='number total'>{total}</td>{''.join(cells)}"
            f"<td class='number'>{seconds}</td></tr>")


def _begin(id: str, ids: Sequence[str]) -> str:
    """Returns a class for the first column of each server."""
    before = ids[ids.index(id) - 1]
    return "begin" if before[:2] != id[:2] or before == ids[-1] else ""


def _cell(found: Class, row: Optional[Row], begin: str) -> str:
    if row is None:
        return f"<td class='cell {begin}'></td>"
    kind = "waits" if waits(row) else row.status
    return f"<td class='cell {escaped(kind)} {begin}'>{found.letter(row)}</td>"
