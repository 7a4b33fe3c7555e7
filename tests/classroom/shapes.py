"""The shape of a C source: what is left of its tokens when all is taken away that can be changed
without a thought.

Gone are comments, layout, braces, types, qualifiers and what is declared without a value; names,
numbers and strings are all the same. A function that the file does not define keeps its name, and
so does a constant in capitals: whoever needs fork(2) cannot call it anything else. The parts of a
file, its functions and what stands between them, are apart, so that their order does not matter.
"""
from __future__ import annotations

from typing import Iterable, List, NamedTuple, Sequence, Set

from classroom.tokens import (CHARACTER, COMMENT, DIRECTIVE, KEYWORD, NAME, NUMBER, STRING, Token)

ANY_NAME, ANY_NUMBER, ANY_STRING = "n", "0", '"'
BRACES = ("{", "}")
# What a statement is made of that only declares, once the types are gone.
DECLARING = frozenset((ANY_NAME, ANY_NUMBER, ",", "*", "[", "]"))
DROPPED = frozenset(
    "auto const extern inline register restrict static volatile _Atomic _Noreturn _Thread_local"
    " _Bool char double enum float int long short signed struct union unsigned void".split())


class Shape(NamedTuple):
    """What is left of a token."""
    text: str
    at: int  # which token it was


Part = List[Shape]


def parts_of(tokens: Sequence[Token]) -> List[Part]:
    """Returns the parts of a file, each as shapes; those of which nothing is left are not there."""
    own = defined(tokens)
    shaped = (_shaped(part, tokens, own) for part in _parts(tokens))
    return [part for part in shaped if part and not _prototype(part)]


def defined(tokens: Sequence[Token]) -> Set[str]:
    """Returns the names of the functions and macros that a file itself defines."""
    code = [token for token in tokens if token.kind not in (COMMENT, DIRECTIVE)]
    found = {token.text.split()[-1] for token in tokens if token.kind == DIRECTIVE and token.text}
    for before, token, after in zip(code, code[1:], code[2:]):
        typed = before.kind in (NAME, KEYWORD) or before.text == "*"
        if token.kind != NAME:
            continue
        if after.text == "(" and typed and before.text not in ("return", "else", "case", "do"):
            found.add(token.text)
    return found


def _parts(tokens: Sequence[Token]) -> Iterable[List[int]]:
    """The numbers of the tokens of each part; a brace too many is none."""
    part: List[int] = []
    depth = 0
    for at, token in enumerate(tokens):
        if token.kind == DIRECTIVE and depth == 0:
            yield part
            part = []
        if token.kind in (COMMENT, DIRECTIVE):
            continue
        depth = max(0, depth + (token.text == "{") - (token.text == "}"))
        part.append(at)
        if depth == 0 and token.text in ("}", ";"):
            yield part
            part = []
    yield part


def _shaped(part: Sequence[int], tokens: Sequence[Token], own: Set[str]) -> Part:
    found: Part = []
    for at, after in zip(part, [*part[1:], part[-1]] if part else []):
        token = tokens[at]
        if token.text in DROPPED:
            continue
        text = token.text
        if token.kind == NAME:
            called = tokens[after].text == "(" or text.isupper()
            text = text if called and text not in own else ANY_NAME
        text = {STRING: ANY_STRING, CHARACTER: ANY_NUMBER, NUMBER: ANY_NUMBER}.get(token.kind, text)
        if found and text == found[-1].text and text in (ANY_NAME, ANY_STRING):
            continue  # a type and its variable; two strings in a row, which are one
        if text == ";" and _declares_only(found):
            continue
        found.append(Shape(text, at))
    return [one for one in found if one.text not in BRACES]


def _declares_only(found: Part) -> bool:
    """Whether the statement that ends here only declares; if so, takes it away."""
    start = len(found)
    while start and found[start - 1].text in DECLARING:
        start -= 1
    alone = start < len(found) and (start == 0 or found[start - 1].text in (";", *BRACES))
    if alone:
        del found[start:]
    return alone


def _prototype(part: Part) -> bool:
    """Whether a part says only that there is a function."""
    texts = [one.text for one in part]
    return texts[-2:] == [")", ";"] and texts[:2] == [ANY_NAME, "("] and "=" not in texts
