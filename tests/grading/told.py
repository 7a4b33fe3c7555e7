"""A check's message in its parts, for what lays it out itself: the words are those of message.py,
escaped like there. Either from the outcome, or from the text that results.json has."""
from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Tuple

from console import escaped
from grading.message import BAR, COLUMNS, INDENT, KEY, LONGEST, printed
from grading.outcome import Outcome

ENDLESS = 1 << 20  # columns: wider than any line
BY_HAND = "by hand:"
SAME = re.compile(r"the same fault as in ([a-z-]+),")
KEYED = re.compile(r"(done|expected|where|think): +(.*)")


class Told(NamedTuple):
    """A message. What there is none of is empty."""
    seen: Tuple[str, ...] = ()  # the verdict, then details
    done: str = ""
    expected: str = ""
    notes: Tuple[str, ...] = ()
    printed: Tuple[str, ...] = ()  # by the compiler or a server
    same_as: str = ""  # the id of the check that has failed by the same cause
    where: str = ""
    think: str = ""
    commands: Tuple[str, ...] = ()  # each behind the prompt of its terminal

    @property
    def first(self) -> str:
        """The line that tells most."""
        return next(iter([*self.seen, *self.notes]), "")


def told_of(outcome: Outcome) -> Told:
    """Returns the message of an outcome."""
    notes = tuple(line for text in outcome.lines for line in escaped(text, LONGEST))
    output = tuple(line[len(BAR):] for line in printed(outcome.output, ENDLESS))
    failure = outcome.failure
    if failure is None:
        return Told(notes=notes, printed=output)
    told = Told(tuple(map(_whole, failure.seen)), _whole(failure.done),
                _whole(failure.expected), notes, output, outcome.same_as)
    if outcome.same_as:
        return told
    commands = tuple(line for text in failure.commands for line in escaped(text, LONGEST))
    return told._replace(where=_whole(failure.where), think=_whole(failure.think),
                         commands=commands)


def _whole(text: str) -> str:
    return " ".join(escaped(text, LONGEST))


def told_in(text: str, failed: bool, width: int = COLUMNS - INDENT) -> Told:
    """Returns the message of a check from its text, which was wrapped to lines of `width`. `failed`
    says whether the check was run and has failed: then the text begins with what was seen."""
    reader = _Reader(failed, width)
    for line in text.split("\n") if text else []:
        reader.read(line)
    keyed = {key: reader.keyed.get(key, "") for key in ("done", "expected", "where", "think")}
    return Told(seen=tuple(reader.seen), notes=tuple(reader.notes), printed=tuple(reader.printed),
                same_as=reader.same_as, commands=tuple(reader.commands), **keyed)


class _Reader:
    """Takes a message apart, line by line. A paragraph is one of its lists' last elements, or what
    a key says; the lines that follow are added to it."""

    def __init__(self, failed: bool, width: int) -> None:
        self.seen: List[str] = []
        self.notes: List[str] = []
        self.printed: List[str] = []
        self.commands: List[str] = []
        self.keyed: Dict[str, str] = {}
        self.same_as = ""
        self._width = width
        self._seeing = failed  # nothing but what was seen has come yet
        self._key = ""  # of the line before
        self._by_hand = False
        self._last = ""  # line

    def read(self, line: str) -> None:
        """Takes the next line."""
        key = KEYED.match(line)
        if self._by_hand:
            self.commands.append(line[2:])
        elif line.startswith(BAR.rstrip()):
            self._read_printed(line[len(BAR):])
        elif line.startswith(BY_HAND):
            self._by_hand = True
        elif key:
            self._seeing, self._key = False, key[1]
            self.keyed[self._key] = key[2]
        elif self._key and line.startswith(" " * KEY):
            self.keyed[self._key] += " " + line.strip()
        elif self._seeing:
            self._read_seen(line)
        else:
            self._read_note(line)
        self._last = line

    def _read_seen(self, line: str) -> None:
        if line.startswith("    ") and self.seen:
            self.seen[-1] += " " + line.strip()
        else:
            self.seen.append(line.strip())

    def _read_printed(self, text: str) -> None:
        wrapped = text.startswith("    ") and self._is_wrapped(text)
        if wrapped and self.printed:
            self.printed[-1] += " " + text.strip()
        else:
            self.printed.append(text)

    def _read_note(self, line: str) -> None:
        same = SAME.match(line)
        if same or self.same_as:
            self.same_as = same[1] if same else self.same_as
        elif self.notes and not self._key and self._is_wrapped(line):
            self.notes[-1] += " " + line
        else:
            self.notes.append(line)
        self._key = ""

    def _is_wrapped(self, line: str) -> bool:
        """Whether the line before had no room for the first word of this one."""
        word = (line.split() or [""])[0]
        return len(self._last) + 1 + len(word) > self._width
