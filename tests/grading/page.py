"""--html: the page of one grading, for the student; its parts also make the instructor's page of
a student (classroom/pages.py). It is one file without scripts, and everything that a submission has
a say in is escaped."""
from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Dict, List, Mapping, Match, NamedTuple, Optional, Sequence

from checks.advice.kinds import CLIENT
from checks.catalogue import BY_ID, FULL
from console import write_whole
from grading import html
from grading.build import SERVERS, read_regular_file
from grading.html import Mark, Region, decoded, escaped, regions_in, shown
from grading.outcome import FAILED, INCONCLUSIVE, PASSED, Outcome
from grading.told import Told, told_of

MARKS = {PASSED: "\u2713", FAILED: "\u2717", INCONCLUSIVE: "?"}
UNTIL = "not graded until"  # how the message of a check begins that waits for another one
WAITS = "waits"
PROMPT = re.compile(r"(server|client)\$ (.*)")
LEGEND = ("Lines with a bar at their left belong to a TODO. What cannot be seen, such as a control "
          "character, is spelt out and outlined.")


class Entry(NamedTuple):
    """What one check gave."""
    id: str
    status: str
    score: int
    points: int
    told: Told

    @property
    def waits(self) -> bool:
        """Whether the check was not run, as another one was lost."""
        return self.status == FAILED and self.told.first.startswith(UNTIL)

    @property
    def title(self) -> str:
        """What the check is about; "" if this lab does not have it."""
        return BY_ID[self.id].title if self.id in BY_ID else ""

    @property
    def server(self) -> str:
        """The server that it checks."""
        return self.id.partition("-")[0] + "_server"


class Source(NamedTuple):
    """What of a server's source can be linked to."""
    lines: int = 0
    regions: Sequence[Region] = ()


def write_page(path: Path, outcomes: Sequence[Outcome], notes: Sequence[str],
               sources: Mapping[str, bytes]) -> None:
    """Writes the page of a grading. `notes` are lines on all of it, `sources` what was handed in,
    by server. Raises CommandFailed if it cannot."""
    entries = [Entry(one.id, one.status, one.score, one.points, told_of(one)) for one in outcomes]
    total = sum(one.score for one in entries)
    body = "\n".join([
        f"<header><p class='over'>Concurrent servers</p>{score(total)}</header>\n<main>",
        *(f"<p class='note'>{escaped(line)}</p>" for line in notes),
        checks(entries), messages(entries, sources), listings(sources), "</main>"])
    write_whole(path, html.page(f"{total} of {FULL} points: concurrent servers", body))


def read_sources(folder: Path) -> Dict[str, bytes]:
    """Returns what was handed in, by server; what is no regular file, or too large, is left out."""
    found = {}
    for server in SERVERS:
        content, problem = read_regular_file(folder / f"{server}.c")
        if problem is None:
            found[server] = content
    return found


def score(total: int) -> str:
    """Returns the heading that has the total."""
    return f"<h1>{total} <span class='of'>of {FULL} points</span></h1>"


def checks(entries: Sequence[Entry]) -> str:
    """Returns a table of all checks, with links to what is said about each."""
    groups = []
    for server, group in groupby(entries, key=lambda entry: entry.server):
        ours = list(group)
        points = f"{sum(one.score for one in ours)}/{sum(one.points for one in ours)}"
        groups.append(f"<tbody><tr class='group'><th scope='rowgroup' colspan='3'>{escaped(server)}"
                      f"</th><td class='number'>{points}</td></tr>"
                      f"{''.join(map(_row, ours))}</tbody>")
    heads = "".join(f"<th scope='col' class='{kind}'>{name}</th>" for name, kind in (
        ("check", "text"), ("what is checked", "text"), ("result", "text"), ("points", "number")))
    return ("<table class='checks'><caption>The checks, and what they gave</caption>"
            f"<thead><tr>{heads}</tr></thead>{''.join(groups)}</table>")


def _row(entry: Entry) -> str:
    id, title = escaped(entry.id), escaped(entry.title)
    if entry.status != PASSED:
        id = f"<a href='#{id}'>{id}</a>"
    elif entry.told.notes:
        title += "".join(f"<br><small>{shown(line)}</small>" for line in entry.told.notes)
    return (f"<tr><th scope='row'>{id}</th><td>{title}</td><td>{status(entry)}</td>"
            f"<td class='number'>{entry.score}/{entry.points}</td></tr>")


def status(entry: Entry) -> str:
    """Returns how a check has ended: a mark and a word."""
    if entry.waits:
        return f"<span class='status {WAITS}'><span aria-hidden='true'>\u2013</span> waits</span>"
    mark = MARKS.get(entry.status, "?")
    return (f"<span class='status {escaped(entry.status)}'><span aria-hidden='true'>{mark}</span> "
            f"{escaped(entry.status)}</span>")


def messages(entries: Sequence[Entry], sources: Mapping[str, bytes]) -> str:
    """Returns a section for each check that has not passed; those that wait share one."""
    lost = [entry for entry in entries if entry.status != PASSED]
    if not lost:
        return "<p class='all'>Every check has passed.</p>"
    linked = {server: _linked(decoded(source)) for server, source in sources.items()}
    found = ["<section><h2>What the checks saw</h2>"]
    for waiting, group in groupby(lost, key=lambda one: one.told.first if one.waits else ""):
        ours = list(group)
        if waiting:
            found.append(_waiting(ours))
        else:
            found += [_message(one, linked.get(one.server, Source())) for one in ours]
    return "\n".join([*found, "</section>"])


def _linked(text: str) -> Source:
    return Source(min(len(html.lines_of(text)), html.LINES), regions_in(text))


def _waiting(entries: Sequence[Entry]) -> str:
    names = ", ".join(f"<span id='{escaped(one.id)}'>{escaped(one.id)}</span>" for one in entries)
    points = sum(one.points for one in entries)
    return (f"<article class='{WAITS}'><h3><span>{names}</span> {status(entries[0])} "
            f"<span class='points'>0/{points}</span></h3>"
            f"<p>{shown(entries[0].told.first)}</p></article>")


def _message(entry: Entry, source: Source) -> str:
    told = entry.told
    parts = [f"<article class='{escaped(entry.status)}' id='{escaped(entry.id)}'>"
             f"<h3><span>{escaped(entry.id)}: {escaped(entry.title)}</span> {status(entry)} "
             f"<span class='points'>{entry.score}/{entry.points}</span></h3>"]
    if told.seen:
        parts.append(f"<p class='verdict'>{shown(told.seen[0])}</p>")
    if told.seen[1:]:
        items = "".join(f"<li>{shown(line)}</li>" for line in told.seen[1:])
        parts.append(f"<ul class='seen'>{items}</ul>")
    parts.append(_facts({"done": shown(told.done), "expected": shown(told.expected)}))
    parts += [f"<p>{shown(line)}</p>" for line in told.notes]
    parts.append(_printed(told, entry.server, source))
    if told.same_as:
        other = escaped(told.same_as)
        parts.append(f"<p>the same fault as in <a href='#{other}'>{other}</a>, it seems: mend that "
                     "first, and grade again</p>")
    parts.append(_facts({"where": _where(told.where, entry.server, source.regions),
                         "think": shown(told.think)}))
    return "".join([*parts, _by_hand(told), "</article>"])


def _facts(facts: Mapping[str, str]) -> str:
    items = "".join(f"<div class='{key}'><dt>{key}</dt><dd>{words}</dd></div>"
                    for key, words in facts.items() if words)
    return f"<dl>{items}</dl>" if items else ""


def _where(where: str, server: str, regions: Sequence[Region]) -> str:
    """Returns the words with links to those TODOs that are still in the source."""
    there = {region.number for region in regions}

    def linked(match: Match[str]) -> str:
        if int(match[2]) not in there:
            return match[0]
        return f"<a href='#{server}-todo-{int(match[2])}'>{match[0]}</a>"

    return re.sub(r"\b(TODO )?([0-9]{1,3})\b(?!;)", linked, shown(where))


def _printed(told: Told, server: str, source: Source) -> str:
    """Returns what was printed; a compiler's mp_server.c:12: leads to that line."""
    def linked(match: Match[str]) -> str:
        if match[1] != server or not 0 < int(match[2]) <= source.lines:
            return match[0]
        return f"<a href='#{server}-{int(match[2])}'>{match[0]}</a>"

    if not told.printed:
        return ""
    lines = re.sub(r"\b(m[pt]_server)\.c:([0-9]{1,4})\b", linked,
                   "\n".join(shown(line) for line in told.printed))
    return f"<figure><figcaption>printed</figcaption><pre>{lines}</pre></figure>"


def _by_hand(told: Told) -> str:
    """Returns the commands; the prompts are not copied with them."""
    lines = []
    for command in told.commands:
        match = PROMPT.match(command)
        lines.append(f"<span class='prompt {match[1]}'>{match[1]}$ </span>{shown(match[2])}"
                     if match else shown(command))
    if not lines:
        return ""
    two = any(command.startswith(CLIENT) for command in told.commands)
    where = "in support/" + (", with two terminals" if two else "")
    return (f"<figure><figcaption>by hand: {where}</figcaption>"
            "<pre>{}</pre></figure>".format("\n".join(lines)))


def listings(sources: Mapping[str, bytes],
             marks: Optional[Mapping[str, Sequence[Mark]]] = None) -> str:
    """Returns a section for each server's source, with its TODO regions and other marks."""
    found: List[str] = []
    for server in SERVERS:
        found.append(f"<section><h2 id='{server}'>{server}.c</h2>")
        if server in sources:
            text = decoded(sources[server])
            regions = regions_in(text)
            if not regions:
                found.append("<p class='note'>No TODO marker is left in this file.</p>")
            found.append(html.source(text, regions, (marks or {}).get(server, ()), server))
        else:
            found.append("<p>This file was not handed in, or cannot be read.</p>")
        found.append("</section>")
    return "\n".join([*found, f"<p class='note'>{LEGEND}</p>"])
