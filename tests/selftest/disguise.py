"""What somebody does to a copy so that it does not look like one. Each disguise takes a C source
and a Random, and returns a source that does the same.

It knows C as far as the corpus needs it, and shares nothing with the lexer that it is to deceive.
"""
from __future__ import annotations

import random
import re
from typing import Callable, Dict, List

LITERAL = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
COMMENT = r"/\*.*?\*/|//[^\n]*"
WORD = re.compile(rf"({COMMENT}|{LITERAL}|^#[^\n]*)|\b([A-Za-z_]\w*)\b", re.DOTALL | re.MULTILINE)
# A type, or a *, then a name, then what may follow one that is declared.
DECLARED = re.compile(r"(?:\b\w+\s+\**|\*)(?P<name>\b[A-Za-z_]\w*)(?=\s*[=;,()\[])")
NOT_A_NAME = re.compile(r"^(?:return|else|case|goto|sizeof|if|while|for|switch|int|char|void|long|"
                        r"unsigned|run_server|tcp_accept|serve_client|NULL|[A-Z_0-9]+)$")
CALLED = re.compile(r"\b([a-z]\w*)\s*\(")

Disguise = Callable[[str, random.Random], str]


def words(count: int, draw: random.Random) -> List[str]:
    """Returns different made-up words."""
    found: Dict[str, None] = {}
    while len(found) < count:
        syllables = (draw.choice("bdfgklmnprstvz") + draw.choice("aeiou") for _ in range(4))
        found["".join(syllables)] = None
    return list(found)


def without_comments(source: str) -> str:
    """Returns a source without its comments."""
    return re.sub(f"({LITERAL})|{COMMENT}", lambda found: found[1] or " ", source,
                  flags=re.DOTALL)


def declared(source: str) -> List[str]:
    """Returns the names that a source itself declares."""
    code = re.sub(rf"{LITERAL}|^#[^\n]*", "0", without_comments(source), flags=re.MULTILINE)
    names: Dict[str, None] = {}
    for found in DECLARED.finditer(code):
        before = found[0].split()[0].strip("*")
        if not NOT_A_NAME.match(found["name"]) and before not in ("return", "else", "case", "goto"):
            names[found["name"]] = None
    library = {name for name in CALLED.findall(code)
               if not re.search(rf"^(?:static |\w+ )*[\w* ]*\b{name}\(", code, re.MULTILINE)}
    return [name for name in names if name not in library]


def renamed(source: str, draw: random.Random) -> str:
    """All of its own names are others."""
    own = declared(source)
    new = dict(zip(own, words(len(own), draw)))
    return WORD.sub(lambda found: found[1] or new.get(found[2], found[2]), source)


def chunks(source: str) -> List[str]:
    """Returns what comes up to the last #include, then each function or other part."""
    head = source.rfind("#include")
    head = source.find("\n", head) + 1
    return [source[:head]] + re.findall(r".+?(?:^\}[^\n]*\n+|\n\n+|\Z)", source[head:],
                                        flags=re.DOTALL | re.MULTILINE) if head else [source]


def reordered(source: str, draw: random.Random) -> str:
    """Its functions stand in another order, declared first."""
    first, rest = chunks(source)[0], chunks(source)[1:]
    parts = [part for part in re.split(r"(?<=^\})\n+", "".join(rest), flags=re.MULTILINE) if part]
    prototypes = ""
    for part in parts:
        head = re.search(r"^(static [^;={]*\))\s*\{", part, re.MULTILINE)
        prototypes += f"{head[1]};\n" if head else ""
    draw.shuffle(parts)
    return first + "\n" + prototypes + "\n" + "\n\n".join(parts) + "\n"


def reflowed(source: str, draw: random.Random) -> str:
    """Lines are broken elsewhere; blanks are more, or fewer."""
    def blank(found: "re.Match[str]") -> str:
        if found[1]:
            return f"\n{found[1]}\n" if found[1].startswith("#") else found[1]
        return draw.choice([" ", "\n", "  ", "\n\t\t", "\n\n"])
    flowed = re.sub(rf"({COMMENT}|{LITERAL}|^#[^\n]*\n)|\s+", blank, source,
                    flags=re.DOTALL | re.MULTILINE)
    return re.sub(rf"({COMMENT}|{LITERAL}|^#[^\n]*\n)|([;{{}}()])",
                  lambda found: found[1] or found[2] + draw.choice(["", " ", "\n"]), flowed,
                  flags=re.DOTALL | re.MULTILINE)


def with_dead_code(source: str, draw: random.Random) -> str:
    """Some statements and a function are there for nothing."""
    name, counter, *more = words(8, draw)
    lines, before = [], ""
    every = source.split("\n")
    for line, after in zip(every, [*every[1:], ""]):
        lines.append(line)
        statement = re.match(r"(\t+)[^#/]*;$", line) and re.search(r"[;{}]$|^$", before)
        if statement and "else" not in after and draw.random() < 0.2 and more:
            indent = line[:len(line) - len(line.lstrip())]
            lines.append(f'{indent}if ({draw.randrange(9)} > 9)\n{indent}\twarnx("{more.pop()}");')
        before = line
    at = max(n for n, line in enumerate(lines) if line.startswith("#include")) + 1
    dead = (f"static int {name}(int {counter})\n{{\n\tint sum = 0;\n\n"
            f"\twhile ({counter}-- > 0)\n\t\tsum += {counter} % 7;\n\treturn sum;\n}}\n")
    return "\n".join(lines[:at]) + "\n" + dead + "\n".join(lines[at:])


def with_other_comments(source: str, draw: random.Random) -> str:
    """Its comments are gone; others are there."""
    lines = []
    for line in without_comments(source).split("\n"):
        if line.strip() and draw.random() < 0.2:
            lines.append("/* " + " ".join(words(5, draw)) + " */")
        lines.append(line)
    return "\n".join(lines)


def with_other_literals(source: str, draw: random.Random) -> str:
    """Its strings and numbers are others."""
    def other(found: "re.Match[str]") -> str:
        if found[1]:
            return found[1]
        return f'"{words(1, draw)[0]}"' if found[0].startswith('"') else str(draw.randrange(99))
    return re.sub(rf"({COMMENT}|^#[^\n]*)|\"(?:[^\"\\\n]|\\.)*\"|\b\d+\b", other, source,
                  flags=re.DOTALL | re.MULTILINE)


def with_split_declarations(source: str, draw: random.Random) -> str:
    """What is declared with a value gets it in a statement of its own; or two are declared as one.
    """
    def split(found: "re.Match[str]") -> str:
        if draw.random() < 0.3:
            return found[0]
        return f"{found[1]}{found[2]} {found[3]}{found[4]};\n{found[1]}{found[4]} = {found[5]};"
    apart = re.sub(r"^(\t+)(int|pid_t|long|ssize_t|void|char) (\**)(\w+) = ([^,;{]+);", split,
                   source, flags=re.MULTILINE)
    return re.sub(r"^(\t+int \w+);\n\t+int (\w+)(?=;| = [^,]*;)", r"\1, \2", apart,
                  flags=re.MULTILINE)


ALONE: Dict[str, Disguise] = {
    "renamed": renamed, "reordered": reordered, "reflowed": reflowed,
    "dead code": with_dead_code, "comments": with_other_comments,
    "literals": with_other_literals, "declarations": with_split_declarations,
}


def combined(source: str, draw: random.Random) -> str:
    """All of them, one after the other."""
    for name in ("comments", "dead code", "declarations", "literals", "renamed", "reordered",
                 "reflowed"):
        source = ALONE[name](source, draw)
    return source


COMBINED: Disguise = combined
