"""What look-alikes are looked for in: the files of a class, read as far as they can be read.

Byte-identical submissions are one work: they are named together, and compared once."""
from __future__ import annotations

from typing import Dict, FrozenSet, List, NamedTuple, Sequence, Tuple

from classroom import winnowing
from classroom.model import SERVERS, Submission
from classroom.own import given, own_parts
from classroom.shapes import Part
from classroom.statements import statements_of
from classroom.tokens import Token, text_of, tokens_of

# Bytes of a file that are looked at. Smaller: a long file is compared in part. Larger: a file made
# to be large costs all others time. (The solution has 2000.)
MOST = 32 * 1024
# Tokens of a part that has no K of them and still is a fragment, as a whole. Smaller: every
# `n(n) { return n; }` looks alike. Larger: short functions are not seen at all.
SHORT = 7
EMPTY, BINARY, TOO_LITTLE = "empty", "not text", "nothing, or too little, besides the skeleton"


class File(NamedTuple):
    """One server's file, and what of it is compared."""
    text: str
    tokens: List[Token]
    parts: List[Part]  # the student's own
    fragments: FrozenSet[int]  # fingerprints of runs of tokens
    statements: FrozenSet[int]
    note: str = ""  # why it is not compared, or not whole


class Work(NamedTuple):
    """What one student, or several alike to the byte, have handed in."""
    members: List[str]  # what they are called, those of this class first
    old: bool  # all of them are of earlier years
    files: Dict[str, File]  # by server
    sources: Dict[str, bytes]


def read_file(source: bytes, server: str) -> File:
    """Returns what is compared of a file, whatever it holds."""
    text = text_of(source[:MOST])
    if not source.strip():
        return File(text, [], [], frozenset(), frozenset(), EMPTY)
    if b"\0" in source:
        return File("", [], [], frozenset(), frozenset(), BINARY)
    tokens = tokens_of(text)
    parts = own_parts(tokens, server)
    fragments = frozenset(set().union(*map(_fragments, parts)) - given())
    statements = frozenset(statements_of(parts))
    note = f"only its first {MOST // 1024} KiB are compared" if len(source) > MOST else ""
    if not fragments and not statements:
        note = TOO_LITTLE
    return File(text, tokens, parts, fragments, statements, note)


def _fragments(part: Part) -> FrozenSet[int]:
    texts = [one.text for one in part]
    if len(texts) >= winnowing.K:
        return frozenset(winnowing.fingerprints(texts))
    return frozenset([winnowing.hash_of(texts)] if len(texts) >= SHORT else [])


def works_of(submissions: Sequence[Submission], names: Sequence[str], old: Sequence[Submission],
             old_names: Sequence[str]) -> List[Work]:
    """Returns the works, those of this class first, each in the order in which its first member
    came. Whoever has handed in nothing at all is not there."""
    found: Dict[Tuple[bytes, ...], Work] = {}
    for one, name, before in [*((one, name, False) for one, name in zip(submissions, names)),
                              *((one, name, True) for one, name in zip(old, old_names))]:
        key = tuple(one.sources.get(server, b"") for server in SERVERS)
        if not any(key):
            continue
        if key in found:
            found[key].members.append(name)
            continue
        files = {server: read_file(source, server) for server, source in one.sources.items()}
        found[key] = Work([name], before, files, dict(one.sources))
    return list(found.values())
