"""Mutants: a server with one statement or condition changed mechanically (of the first order), or
with two such changes (of the second).

Four changes: `delete` a statement, `swap` it with the next one of its block, `negate` a condition,
or make it `always` true."""
from __future__ import annotations

import re
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from selftest.campaigns import log
from selftest.process import LAB

STATEMENT = re.compile(r"\t+(?!for|while|if|return NULL)[^#/\s{}].*;(\s*/\*.*\*/)?$")
# Without it, the rest does not compile, or is as before.
DECLARATION = re.compile(r"\t+(?!return|goto)(\w+ )+[*\w\[\], +]+;")
COMMENT = re.compile(r"\s*(/\*| \*)")
TRAILING_COMMENT = re.compile(r"\s*/\*.*\*/")
CONDITION = re.compile(r"^(\t+(?:\} else )?if )\((.*)\)( \{)?$")
FUNCTION = re.compile(r"^\w.*\b(\w+)\([^()]*\)$")
# As support/Makefile, but without debugging information, which has line numbers in it.
COMPILE = ("cc", "-std=gnu17", "-O2", "-g0", "-w", "-pthread", f"-I{LAB / 'support'}", "-c")


class Change(NamedTuple):
    """One change: lines of the source from `at` on (as many as `width`) are replaced."""
    kind: str
    place: str  # "FUNCTION: STATEMENT", and " (2)" for the second such in that function
    at: int  # from 0
    width: int
    replacement: Tuple[str, ...]

    @property
    def line(self) -> int:
        """The line of the statement (from 1)."""
        return self.at + 1

    @property
    def text(self) -> str:
        """The statement."""
        return self.place.partition(": ")[2]

    def apart(self, other: Change) -> bool:
        """Returns whether the two change different lines."""
        return self.at + self.width <= other.at or other.at + other.width <= self.at


class Mutant(NamedTuple):
    """A server with one change or more; `name` is that of the server (servers.py)."""
    name: str
    changes: Tuple[Change, ...]
    source: str

    @property
    def code(self) -> str:
        """What its source is recognised by."""
        return log.digest(self.source)


def mutant(name: str, source: str, *changes: Change) -> Mutant:
    """Returns a server's source with some changes, each of lines of its own."""
    lines = source.splitlines()
    for change in sorted(changes, key=lambda one: -one.at):
        lines[change.at:change.at + change.width] = change.replacement
    return Mutant(name, changes, "\n".join(lines) + "\n")


def changes(source: str) -> Iterator[Change]:
    """Yields every single change of a source."""
    lines = source.splitlines()
    starts: Dict[str, List[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        for kind, start, width, replacement in _of_line(lines, at, line):
            text = TRAILING_COMMENT.sub("", lines[start]).strip()
            place = f"{_function(lines, at)}: {text}"
            if start not in starts[place]:
                starts[place].append(start)
            number = starts[place].index(start) + 1
            yield Change(kind, place + (f" ({number})" if number > 1 else ""), start, width,
                         tuple(replacement))


def _of_line(lines: Sequence[str], at: int,
             line: str) -> Iterator[Tuple[str, int, int, List[str]]]:
    """Yields the kind of each change of a line, where it begins, how many lines it replaces, and by
    what."""
    if line.strip() == ";":  # the body of the loop above
        yield "delete", at - 1, 2, []
    elif is_statement(lines, at):
        yield "delete", at, 1, [_indent(line) + ";"]
        after = following(lines, at)
        if after:
            yield "swap", at, after + 1 - at, [lines[after], *lines[at + 1:after], line]
    condition = CONDITION.match(line)
    if condition:
        head, test, tail = condition[1], condition[2], condition[3] or ""
        yield "negate", at, 1, [f"{head}(!({test})){tail}"]
        yield "always", at, 1, [f"{head}(({test}) || 1){tail}"]


def is_statement(lines: Sequence[str], at: int) -> bool:
    """Returns whether a line is one whole statement."""
    line = lines[at]
    whole = line.count("(") == line.count(")")
    return bool(STATEMENT.match(line)) and whole and not DECLARATION.fullmatch(
        TRAILING_COMMENT.sub("", line))


def _indent(line: str) -> str:
    return line[:len(line) - len(line.lstrip("\t"))]


def _function(lines: Sequence[str], at: int) -> str:
    """Returns the name of the function that a line is in; "" for none."""
    for line in reversed(lines[:at]):
        if line == "}":
            return ""
        head = FUNCTION.match(line)
        if head:
            return head[1]
    return ""


def following(lines: Sequence[str], at: int) -> int:
    """Returns the number of the line with the next statement of the same block; 0 if the block
    ends before, or goes on with something else."""
    for after in range(at + 1, len(lines)):
        line = lines[after]
        if line.strip() and not COMMENT.match(line):
            same_block = _indent(line) == _indent(lines[at])
            return after if same_block and is_statement(lines, after) else 0
    return 0


def compiled(source: str) -> Optional[bytes]:
    """Returns what the compiler makes of a source, None if it does not compile. Two sources of
    which it makes the same are equivalent: M. Papadakis et al., "Trivial compiler equivalence",
    ICSE 2015."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        path, made = Path(folder) / "server.c", Path(folder) / "server.o"
        path.write_text(source)
        result = subprocess.run([*COMPILE, "-o", str(made), path.name], cwd=folder,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        return made.read_bytes() if result.returncode == 0 else None
