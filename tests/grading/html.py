"""What the lab's pages have in common: one frame, one style, and how a stranger's words get in.

A page is one file. It loads nothing: its policy forbids that to whatever might have slipped in, and
allows only this style and, if there is one, this script, by their hashes. So no element has an
attribute `style` or a handler such as `onclick`."""
from __future__ import annotations

import base64
import hashlib
import html
import re
import unicodedata
from pathlib import Path
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from console import TAKEN_FOR_OURS

STYLE = Path(__file__).with_name("page.css")
# Categories of characters that are not seen, or move what stands beside them: control and format
# characters (zero width, from right to left), halves of surrogate pairs, private ones, those that
# are no characters, separators of lines and paragraphs.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
PLAIN = re.compile(r"[\t\n -~]*\Z")  # what is seen as it is
# Marks that may stand above and below one letter. Fewer, and names in some scripts are spelt out;
# more, and a name covers the lines beside it.
MARKS = 3
# Characters of one line, and lines, of a source. Fewer cut what students write; more, and a file of
# a megabyte makes a page that no browser shows in time.
LINE_LENGTH, LINES = 400, 2000
# What opens and closes a TODO region; solution/skeleton.py makes the skeletons by the same markers.
OPENING = re.compile(r"\s*/\* TODO ([0-9]{1,3}):")
CLOSING = re.compile(r"\s*/\* END TODO ([0-9]{1,3}) \*/")


class Region(NamedTuple):
    """Lines of a source that belong together, from 1 on, the last included: a TODO with its two
    markers."""
    number: int  # of the TODO
    first: int
    last: int


class Mark(NamedTuple):
    """Lines of a source that stand out, the last included."""
    first: int
    last: int
    # How: "added", "removed", "changed", or "same0" to "same5", which have colours of their own.
    kind: str
    label: str = ""  # text, shown at the first line: no mark is told by its colour alone
    name: str = ""  # what the label is called, for links to it (a valid id; "": nothing)
    target: str = ""  # where the label leads ("#NAME"; "": nowhere)


def escaped(text: str) -> str:
    """Returns a stranger's text for a page, as content or as the value of an attribute in double
    quotes. What cannot be seen is spelt out as in a C string: \\x1b, \\u202e. Line ends and tabs
    stay."""
    return _harmless(html.escape(text if PLAIN.match(text) else "".join(_seen(text))))


def shown(text: str) -> str:
    """Returns a stranger's text as content: as escaped() does, and what is spelt out is marked, and
    named where it has a name."""
    if PLAIN.match(text):
        return _harmless(html.escape(text))
    pieces = []
    for character, one in zip(text, _seen(text)):
        if one == character:
            pieces.append(html.escape(one))
        else:
            name = unicodedata.name(character, "control character")
            pieces.append(f'<span class="unseen" title="{html.escape(name)}">{one}</span>')
    return _harmless("".join(pieces))


def _harmless(markup: str) -> str:
    """Returns markup that reads the same, in which nothing looks like the total to a platform that
    searches the file for it."""
    return TAKEN_FOR_OURS.sub(lambda match: f"&#{ord(match[0])};", markup)


def _seen(text: str) -> List[str]:
    """Returns each character, or how it is spelt out."""
    found, marks = [], 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        hidden = category in UNSEEN and character not in "\n\t"
        found.append(_spelt(character) if hidden or marks > MARKS else character)
    return found


def _spelt(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # a byte that is no character, by surrogateescape
        return f"\\x{ord(character) - 0xdc00:02x}"
    return ascii(character)[1:-1]


def source(text: str, regions: Sequence[Region] = (), marks: Sequence[Mark] = (),
           prefix: str = "") -> str:
    """Returns a source as a list of numbered lines: that of `text`, of which a stranger may have
    written every character. Lines of regions are marked as such. With a prefix (a valid id),
    line 12 is called PREFIX-12, and TODO 3 PREFIX-todo-3."""
    lines = lines_of(text)
    kinds = _kinds(lines, regions, marks)
    labels = _labels(regions, marks, prefix)
    items = []
    for number, line in enumerate(lines[:LINES], start=1):
        words = f' class="{" ".join(kinds[number])}"' if number in kinds else ""
        words += f' id="{prefix}-{number}"' if prefix else ""
        items.append(f"<li{words}>{labels.get(number, '')}<code>{_line(line)}</code></li>")
    rest = len(lines) - LINES
    more = f'<p class="note">{rest} more lines are not shown.</p>' if rest > 0 else ""
    return f'<ol class="source">{"".join(items)}</ol>{more}'


def decoded(source: bytes) -> str:
    """Returns a source as text: UTF-8, where bytes that are no UTF-8 become visible as
    \\xNN when it is escaped."""
    return source.decode("utf-8", errors="surrogateescape")


def regions_in(text: str) -> List[Region]:
    """Returns the TODO regions of a source, as far as its markers are still there: each from its
    first marker to its second."""
    found: List[Region] = []
    begun: Optional[Tuple[int, int]] = None
    for at, line in enumerate(lines_of(text), start=1):
        opening, closing = OPENING.match(line), CLOSING.match(line)
        if opening:
            begun = int(opening[1]), at
        elif closing and begun and int(closing[1]) == begun[0]:
            found.append(Region(begun[0], begun[1], at))
            begun = None
    return found


def lines_of(text: str) -> List[str]:
    """Returns the lines of a source, as an editor counts them: without their ends, of either kind,
    and without a byte order mark."""
    text = text[1:] if text.startswith("\ufeff") else text
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _line(line: str) -> str:
    rest = len(line) - LINE_LENGTH
    more = f'<span class="unseen">... {rest} more characters</span>' if rest > 0 else ""
    return shown(line[:LINE_LENGTH]) + more


def _kinds(lines: Sequence[str], regions: Sequence[Region],
           marks: Sequence[Mark]) -> Mapping[int, List[str]]:
    """Returns the classes of each line that has some."""
    kinds: Dict[int, List[str]] = {}
    for first, last, kind in [*((one.first, one.last, "todo") for one in regions),
                              *((one.first, one.last, one.kind) for one in marks)]:
        for number in range(first, min(last, len(lines), LINES) + 1):
            kinds.setdefault(number, []).append(kind)
    return kinds


def _labels(regions: Sequence[Region], marks: Sequence[Mark], prefix: str) -> Mapping[int, str]:
    """Returns what stands at the right of each line that has something there."""
    labels: Dict[int, str] = {}
    first = {one.number: one.first for one in reversed(regions)}  # of two of a number, the first
    for number, line in first.items() if prefix else ():
        labels[line] = f'<span id="{prefix}-todo-{number}"></span>'
    for mark in marks:
        words = f' id="{escaped(mark.name)}"' if mark.name else ""
        words += f' href="{escaped(mark.target)}"' if mark.target else ""
        label = f'<a class="label {mark.kind}"{words}>{escaped(mark.label)}</a>'
        if mark.label or mark.name:
            labels[mark.first] = labels.get(mark.first, "") + label
    return labels


def page(title: str, body: str, script: str = "", wide: bool = False) -> str:
    """Returns a whole file: `title` is text, `body` markup, `script` the page's own. A wide page
    uses all of a large window, others are as wide as reads well."""
    style = STYLE.read_text(encoding="utf-8")
    allowed = f"'{_hash(script)}'" if script else "'none'"
    policy = (f"default-src 'none'; style-src '{_hash(style)}'; script-src {allowed}; "
              "base-uri 'none'; form-action 'none'")
    end = f"<script>{script}</script>\n" if script else ""
    return ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n'
            '<meta name="referrer" content="no-referrer">\n'
            f"<title>{escaped(title)}</title>\n<style>{style}</style>\n</head>\n"
            f'<body{" class=wide" if wide else ""}>\n{body}\n{end}</body>\n</html>\n')


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode()


def table(caption: str, heads: Sequence[str], rows: Sequence[Tuple[str, ...]],
          numbers: Sequence[int] = ()) -> str:
    """Returns a table. All but the caption is markup; the first cell of a row is its head. The
    columns of `numbers` are aligned to the right."""
    kinds = ["number" if column in numbers else "text" for column in range(len(heads))]
    head = "".join(f'<th scope="col" class="{kind}">{one}</th>' for one, kind in zip(heads, kinds))
    body = []
    for first, *rest in rows:
        cells = "".join(f'<td class="{kind}">{one}</td>' for one, kind in zip(rest, kinds[1:]))
        body.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    return (f"<table><caption>{escaped(caption)}</caption><thead><tr>{head}</tr></thead>"
            f'<tbody>{"".join(body)}</tbody></table>')
