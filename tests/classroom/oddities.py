"""What only two works of a class have: a name, a string, a word in a comment, a misspelling.

What the lab itself says, what the C library is called, and common English is nothing odd."""
from __future__ import annotations

import functools
import importlib
import re
from collections import defaultdict
from pathlib import Path
from typing import Dict, FrozenSet, Iterable, List, NamedTuple, Sequence, Set, Tuple

from classroom.own import SUPPORT
from classroom.similar_files import File, Work
from classroom.tokens import COMMENT, NAME, STRING

IDENTIFIER, STRING_LITERAL, WORD, MISSPELLING = "name", "string", "word", "misspelling"
# How much each says: two people hardly misspell a word alike, but may well use one.
WEIGHTS = {MISSPELLING: 3, IDENTIFIER: 2, STRING_LITERAL: 2, WORD: 1}
LETTERS = re.compile(r"[^\W\d_]{3,40}")
INCLUDED = re.compile(r"#[ \t]*include[ \t]*<([\w/.-]+\.h)>")
# The headers that are read at most. Fewer: names of the C library count as a student's. More: a
# submission that includes all there is costs seconds.
HEADERS = 500
# Of a word that may be another one misspelt. Shorter ones have too many neighbours.
LONG = 5
ENDINGS = ("s", "es", "d", "ed", "ing", "er", "ers", "ly", "n't")
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


class Oddity(NamedTuple):
    """Something that only two works have."""
    kind: str
    text: str

    @property
    def weight(self) -> int:
        """How much it says."""
        return WEIGHTS[self.kind]


def oddities(works: Sequence[Work]) -> Dict[Tuple[int, int], List[Oddity]]:
    """Returns what only two works have, by their numbers, those that share most first. Two works of
    earlier years are no pair."""
    files = [file for work in works for file in work.files.values()]
    names = library(files)
    known = {*vocabulary()} | {word for name in names for word in _words(name)}
    owners: Dict[Oddity, List[int]] = defaultdict(list)
    for number, work in enumerate(works):
        for one in set().union(*(_odd(file, names, known) for file in work.files.values())):
            owners[one].append(number)
    found: Dict[Tuple[int, int], List[Oddity]] = defaultdict(list)
    for one, having in owners.items():
        if len(having) == 2 and not (works[having[0]].old and works[having[1]].old):
            found[having[0], having[1]].append(
                _word(one.text, known) if one.kind == WORD else one)
    for several in found.values():
        several.sort(key=lambda one: (-one.weight, one))
    return dict(sorted(found.items(), key=lambda one: (-strength(one[1]), one[0])))


def strength(several: Iterable[Oddity]) -> int:
    """Returns how much oddities say together."""
    return sum(one.weight for one in several)


def _odd(file: File, names: Set[str], known: Set[str]) -> Set[Oddity]:
    """Returns what might be odd in a file."""
    found: Set[Oddity] = set()
    for token in file.tokens:
        if token.kind == NAME and len(token.text) > 2 and token.text not in names:
            found.add(Oddity(IDENTIFIER, token.text))
        elif token.kind == STRING and set(LETTERS.findall(token.text)) - names:
            found.add(Oddity(STRING_LITERAL, token.text))
        elif token.kind == COMMENT:
            found.update(Oddity(WORD, word) for word in _words(token.text)
                         if not _is(word, known))
    return found


def _words(text: str) -> Set[str]:
    return {word.lower() for word in LETTERS.findall(text)}


def _is(word: str, known: Set[str]) -> bool:
    """Whether a word is known, or is a form of one."""
    stems = [word[:-len(ending)] for ending in ENDINGS if word.endswith(ending)]
    stems += [stem[:-1] for stem in stems if stem[-2:-1] == stem[-1:]]  # logged: log
    return word in known or word + "s" in known or any(
        stem in known or stem + "e" in known for stem in stems if len(stem) > 2)


def _word(word: str, known: Set[str]) -> Oddity:
    """Returns a word that is not known: as a misspelling if one letter makes it one that is."""
    if len(word) < LONG or not word.isascii():
        return Oddity(WORD, word)
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    near = {a + b[1:] for a, b in parts} | {a + b[1:2] + b[:1] + b[2:] for a, b in parts}
    near |= {a + letter + rest for a, b in parts for letter in ALPHABET for rest in (b, b[1:])}
    return Oddity(MISSPELLING if near & known else WORD, word)


@functools.lru_cache(maxsize=None)
def vocabulary() -> FrozenSet[str]:
    """Returns the words that the lab itself uses, and some of common English: those that Python
    brings along to explain itself, where it does."""
    lab = SUPPORT.parent
    paths = [lab / "guide.md", lab / "README.md", *sorted(SUPPORT.iterdir())]
    texts = [path.read_text(errors="replace") for path in paths if path.is_file()]
    try:
        texts += importlib.import_module("pydoc_data.topics").topics.values()
    except ImportError:  # some distributions leave it out: then more words are odd
        pass
    return frozenset(word for text in texts for word in _words(text))


def library(files: Iterable[File]) -> Set[str]:
    """Returns the names that the given code and the headers use that these files include."""
    folders = [Path("/usr/include"), *sorted(Path("/usr/include").glob("*-linux-gnu")),
               *sorted(Path("/usr/lib/gcc").glob("*/*/include"))]
    found: Set[str] = set()
    texts = [path.read_text(errors="replace") for path in sorted(SUPPORT.glob("*.[ch]"))]
    for text in texts:
        found.update(re.findall(r"[A-Za-z_]\w*", text))
    wanted = sorted({name for text in [*texts, *(one.text for one in files)]
                     for name in INCLUDED.findall(text) if ".." not in name})
    seen = set(wanted)
    for name in wanted:  # grows while it is read
        text = _header(name, folders)
        found.update(re.findall(r"[A-Za-z_]\w*", text))
        new = [one for one in INCLUDED.findall(text) if one not in seen and len(seen) < HEADERS]
        seen.update(new)
        wanted += new
    return found


def _header(name: str, folders: Sequence[Path]) -> str:
    for folder in folders:
        try:
            return (folder / name).read_text(errors="replace")
        except OSError:
            continue
    return ""
