"""What is shown below a check's row: the verdict first, then what each process or thread was seen
to do, what was done and expected, what the server printed, a question, and commands.

All of it is escaped, wrapped at words, and indented by the report, so that nothing a submission
writes can stand at the beginning of a line; its own output is marked with bars besides."""
from __future__ import annotations

import re
import textwrap
from itertools import groupby
from typing import List

from checks.advice.kinds import CLIENT
from console import OUTPUT_COLUMNS, OUTPUT_LINES, escaped
from grading.outcome import Failure, Outcome

COLUMNS = 80  # of a line where there is no terminal, the report's indentation included
INDENT = 4  # of a message below its row
# Characters of a line before it is wrapped. Fewer cut what a check has to say; more, and what a
# stranger sends as a reply fills the terminal.
LONGEST = 500
NARROWEST = 40  # columns: on a narrower terminal, lines are as wide as that
KEY = len("expected: ")
BAR = "| "
# What accept() says while the box that was to answer for it is ended: not a word of the student's.
OF_THE_BOX = re.compile(r"tcp_accept: descriptor \d+ cannot accept: Function not implemented$")


def message_of(outcome: Outcome, columns: int = COLUMNS) -> List[str]:
    """Returns the message below a row as lines: printable ASCII, and, but for commands, no more
    than `columns` wide with the report's indentation."""
    width = max(columns, NARROWEST) - INDENT
    notes = [line for text in outcome.lines for line in _wrapped(text, width)]
    if not outcome.failure:
        return notes + printed(outcome.output, width)
    return [*_seen(outcome.failure, width), *notes, *printed(outcome.output, width),
            *_advice(outcome, outcome.failure, width)]


def summary_of(outcome: Outcome) -> str:
    """Returns the message in one line: the verdict, if the check has failed."""
    texts = outcome.failure.seen if outcome.failure else outcome.lines
    return escaped(texts[0], LONGEST)[0] if texts and texts[0].strip() else ""


def _seen(failure: Failure, width: int) -> List[str]:
    lines = _wrapped(failure.seen[0], width, hang=4)
    for text in failure.seen[1:]:
        lines += _wrapped(text, width, indent=2, hang=4)
    return lines + _keyed("done", failure.done, width) + _keyed("expected", failure.expected, width)


def _advice(outcome: Outcome, failure: Failure, width: int) -> List[str]:
    """Returns what to do about it: nothing of its own if an earlier message has said it already."""
    if outcome.same_as:
        return _wrapped(f"the same fault as in {outcome.same_as}, it seems: mend that first, and "
                        "grade again", width)
    lines = _keyed("where", failure.where, width) + _keyed("think", failure.think, width)
    two = any(command.startswith(CLIENT) for command in failure.commands)
    lines += _wrapped("by hand:  in support/" + (", with two terminals" if two else ""), width)
    # Not wrapped: a command is copied.
    return lines + ["  " + line for text in failure.commands for line in escaped(text, LONGEST)]


def printed(output: str, width: int) -> List[str]:
    """Returns the end of what the compiler or a server printed, in lines of `width`, marked with
    bars. Equal lines that follow each other are one, with their number."""
    lines = output.replace("\r\n", "\n").rstrip("\n").split("\n") if output.strip() else []
    lines = [line for line in lines if not OF_THE_BOX.search(line)]
    folded = [(line, len(list(equal))) for line, equal in groupby(lines)]
    found = []
    for line, number in folded[-OUTPUT_LINES:]:
        text = "".join(escaped(line, OUTPUT_COLUMNS))
        times = f" ({number} times)" if number > 1 else ""
        parts = textwrap.wrap(text, width - len(BAR) - len(times), subsequent_indent="    ",
                              break_on_hyphens=False) or [""]
        found += [BAR + part for part in parts]
        found[-1] += times
    return found


def _keyed(key: str, text: str, width: int) -> List[str]:
    """Returns a text behind its key, the lines after the first below its beginning."""
    lines = _wrapped(text, width - KEY)
    return [f"{key + ':' if number == 0 else '':{KEY}}{line}" for number, line in enumerate(lines)]


def _wrapped(text: str, width: int, indent: int = 0, hang: int = 0) -> List[str]:
    """Returns a text as lines, escaped and wrapped at words: the first indented by `indent`, the
    others by `hang`."""
    found = []
    for line in escaped(text, LONGEST):
        found += textwrap.wrap(line, width, initial_indent=" " * indent,
                               subsequent_indent=" " * hang, break_on_hyphens=False)
    return found
