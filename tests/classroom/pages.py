"""The pages of a class: index.html, and of each submission results/KEY/index.html, which is for the
instructor alone: it shows the solution."""
from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Optional, Sequence
from urllib.parse import quote

from checks.catalogue import FULL
from classroom.beside import beside
from classroom.matrix import matrix
from classroom.model import NOT_GRADED, SERVERS, Graded, Submission
from classroom.overview import distribution, for_a_human, losses, reasons
from classroom.places import Places
from classroom.tally import entry, tallied
from console import write_whole
from grading import TESTS, html, page
from grading.html import decoded, escaped, shown

SCRIPT = Path(__file__).with_name("table.js")
SOLUTION = TESTS.parent / "solution"
INDEX, SIMILAR = "index.html", "similar.html"
FILES = (("gradebook.csv", "the gradebook"), ("look-at.txt", "what needs a human, as a list"),
         (SIMILAR, "what is similar"))


def write(out: Path, graded: Sequence[Graded], submissions: Sequence[Submission]) -> None:
    """Writes the pages of a class into its folder. Raises CommandFailed or OSError if it cannot."""
    places = Places(out)
    sources = {one.key: one.sources for one in submissions}
    solution = read_solution()
    for at, one in enumerate(graded):
        folder = places.result(one.key)
        folder.mkdir(parents=True, exist_ok=True)
        near = {word: graded[other] for word, other in (("previous", at - 1), ("next", at + 1))
                if 0 <= other < len(graded)}
        write_whole(folder / INDEX, student(one, sources.get(one.key, {}), solution, near, places))
    there = [(name, words) for name, words in FILES if (out / name).exists()]
    write_whole(out / INDEX, index(graded, places, there))


def read_solution() -> Dict[str, str]:
    """Returns the solution's sources, by server, as far as it is here."""
    found = {}
    for server in SERVERS:
        path = SOLUTION / f"{server}.c"
        if path.is_file():
            found[server] = path.read_text(encoding="utf-8")
    return found


def index(graded: Sequence[Graded], places: Places, files: Sequence[Sequence[str]] = ()) -> str:
    """Returns the page of the class, with links to the pages of its submissions, and to `files`
    beside it: names, and what they are."""
    found = tallied(graded)
    links = [link(one, places) for one in graded]
    beside_it = ", ".join(f"<a href='{name}'>{words}</a>" for name, words in files)
    labs = sorted({one.lab for one in graded})
    body = "\n".join([
        "<header><p class='over'>Concurrent servers</p>"
        f"<h1>{len(graded)} <span class='of'>submissions</span></h1>"
        f"<p class='note'>Checker: {escaped(', '.join(labs))}. {_also(beside_it)}</p></header>"
        "<main>", for_a_human(graded, links), distribution(graded), losses(found),
        matrix(found, links), "</main>"])
    return html.page(f"{len(graded)} submissions: concurrent servers", body,
                     SCRIPT.read_text(encoding="utf-8"), wide=True)


def _also(links: str) -> str:
    return f"Also: {links}." if links else ""


def link(one: Graded, places: Places, base: str = "results/") -> str:
    """Returns a link to the page of a submission, from that of the class."""
    target = quote(places.result(one.key).name)
    return f"<a href='{base}{target}/{INDEX}'><bdi>{shown(one.name or one.key)}</bdi></a>"


def student(one: Graded, sources: Dict[str, bytes], solution: Dict[str, str],
            near: Dict[str, Graded], places: Places) -> str:
    """Returns the page of one submission; `near` are those before and after it."""
    entries = [entry(row) for row in one.rows]
    body = [f"<nav class='screen'><a href='../../{INDEX}'>all submissions</a>",
            *(f"{word}: {link(other, places, '../')}" for word, other in near.items()), "</nav>",
            f"<header><p class='over'><bdi>{shown(one.name)}</bdi> [<bdi>{shown(one.key)}</bdi>]"
            f"</p>{_heading(one)}</header><main>", _notes(one)]
    if entries:
        body += [page.checks(entries), page.messages(entries, sources)]
    body += [_compared(sources, solution), page.listings(sources), "</main>"]
    total = f"{one.total} of {FULL}" if one.status != NOT_GRADED else one.status
    return html.page(f"{one.name}: {total}", "\n".join(body), wide=True)


def _heading(one: Graded) -> str:
    return page.score(one.total) if one.status != NOT_GRADED else f"<h1>{escaped(one.status)}</h1>"


def _notes(one: Graded) -> str:
    items = "".join(f"<li>{shown(words)}</li>" for words in reasons(one))
    return f"<p><b>{escaped(one.status)}</b></p><ul class='why'>{items}</ul>" if items else ""


def _compared(sources: Dict[str, bytes], solution: Dict[str, str]) -> str:
    found: List[str] = []
    for server in SERVERS:
        other: Optional[str] = solution.get(server)
        if server in sources and other is not None:
            found.append(beside(f"What differs in {server}.c", f"{server}.c",
                                decoded(sources[server]), other))
    if not found:
        return ""
    return "\n".join(["<section class='solution'><h2>Beside the solution</h2><p class='note'>For "
                      "the instructor: this is not in what students get.</p>", *found,
                      "</section>"])
