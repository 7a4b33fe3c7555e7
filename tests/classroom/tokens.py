"""A C source as tokens: good enough to compare files, never to compile them.

It takes any text whatever. What is no C becomes tokens of one character; what is never closed, a
string or a comment, ends where its line or the file ends."""
from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple

COMMENT, STRING, CHARACTER, NUMBER = "comment", "string", "character", "number"
NAME, KEYWORD, PUNCTUATION, DIRECTIVE = "name", "keyword", "punctuation", "directive"

# One alternative each, tried in this order. A backslash at the end of a line joins it with the next
# one: it is blank between tokens, and part of the comment, string or directive that it stands in.
LEXEME = re.compile(r"""
    (?P<blank> (?: \s | \\\n )+ )
  | (?P<directive> \#[ \t]* (?: define [ \t]+ \w+
                  | (?: include | undef | if | ifdef | ifndef | elif | else | endif | line
                      | error | warning | pragma ) \b (?: (?! /[/*] ) [^\\\n] | \\. )* ) )
  | (?P<comment> /\* .*? (?: \*/ | \Z ) | // (?: [^\\\n] | \\\n | \\ )* )
  | (?P<string> (?: u8 | [uUL] )? " (?: [^"\\\n] | \\. )* "? )
  | (?P<character> [uUL]? ' (?: [^'\\\n] | \\. )* '? )
  | (?P<number> \.?\d (?: [eEpP][+-] | [\w.] )* )
  | (?P<name> [^\W\d]\w* )
  | (?P<punctuation> \.\.\. | <<= | >>= | -> | \+\+ | -- | << | >> | && | \|\| | \#\#
                   | [<>=!+\-*/%&|^]= | . )
    """, re.VERBOSE | re.DOTALL)

DEFINE = re.compile(r"\#[ \t]*define")
LINE = re.compile(r"(?:[^\\\n]|\\.|\\)*", re.DOTALL)

KEYWORDS = frozenset(
    "auto break case char const continue default do double else enum extern float for goto if"
    " inline int long register restrict return short signed sizeof static struct switch typedef"
    " union unsigned void volatile while _Alignas _Alignof _Atomic _Bool _Generic _Noreturn"
    " _Static_assert _Thread_local".split())


class Token(NamedTuple):
    """A token, and where in the text it stands."""
    kind: str
    text: str
    start: int
    end: int  # the first character after it


def text_of(source: bytes) -> str:
    """Returns a file as text; what is no UTF-8 is kept as surrogates. Lines end with \\n alone."""
    text = source.decode("utf-8-sig", errors="surrogateescape")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def tokens_of(text: str) -> List[Token]:
    """Returns all tokens of a text, comments and directives too. Of a #define, the directive is all
    up to its name; an empty one stands where it ends."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    defined_until = -1  # where the line of a #define ends, while it is read
    for found in LEXEME.finditer(text):
        kind = found.lastgroup or PUNCTUATION
        if -1 < defined_until <= found.start():
            yield Token(DIRECTIVE, "", defined_until, defined_until)
            defined_until = -1
        if kind == NAME and found.group() in KEYWORDS:
            kind = KEYWORD
        if kind == DIRECTIVE and defined_until < 0 and DEFINE.match(found.group()):
            defined_until = LINE.match(text, found.end()).end()  # type: ignore[union-attr]
        if kind != "blank":
            yield Token(kind, found.group(), found.start(), found.end())
