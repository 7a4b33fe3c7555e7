"""The statements of a file, each as one fragment: what is put between two of them changes neither,
while it does change every run of tokens that goes over both."""
from __future__ import annotations

from typing import Iterable, Iterator, List, Set

from classroom.shapes import Part
from classroom.winnowing import hash_of

# Of shapes. Smaller: `n = 0;` counts as something shared. Larger: little but conditions is left.
SHORTEST = 5
CONTROL = ("if", "while", "for", "switch", "else", "do")


def statements_of(parts: Iterable[Part]) -> Set[int]:
    """Returns the hashes of the statements, and of the heads of compound ones."""
    return {hash_of(one) for part in parts for one in _statements(part) if len(one) >= SHORTEST}


def _statements(part: Part) -> Iterator[List[str]]:
    statement: List[str] = []
    depth = 0  # of parentheses
    for shape in part:
        statement.append(shape.text)
        depth = max(0, depth + (shape.text == "(") - (shape.text == ")"))
        head = shape.text == ")" and statement[0] in CONTROL
        if depth == 0 and (head or shape.text in (";", ":")):
            yield statement
            statement = []
    yield statement
