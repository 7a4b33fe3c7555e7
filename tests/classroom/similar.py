"""Look-alikes: who has handed in something like what somebody else has, as a page for a human.

Nothing here has an effect on a grade, and nothing is a threshold: the page ranks."""
from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Dict, List, Sequence, Set

from classroom.model import SERVERS, Submission
from classroom.oddities import oddities
from classroom.places import folder_of
from classroom.similar_files import works_of
from classroom.similar_page import Found, page_of
from classroom.similar_pairs import ranked
from console import write_whole

PAGE = "similar.html"


def write(out: Path, submissions: Sequence[Submission], old: Sequence[Submission] = (),
          anonymous: bool = False) -> None:
    """Writes similar.html into a folder. Those of earlier years, `old`, are compared with those of
    this class, and not with one another. `anonymous` replaces names by numbers. Raises
    CommandFailed if it cannot be written."""
    names, old_names = named(submissions), [f"{name} (earlier)" for name in named(old)]
    links: Dict[str, str] = {}
    if anonymous:
        names, old_names = numbered(submissions, "No."), numbered(old, "Earlier no.")
    else:
        links = {name: folder_of(one.key) for name, one in zip(names, submissions)}
    works = works_of(submissions, names, old, old_names)
    found = Found(works, ranked(works), oddities(works), links, anonymous,
                  not_there(submissions, names), len(submissions), len(old))
    write_whole(out / PAGE, page_of(found))


def named(submissions: Sequence[Submission]) -> List[str]:
    """Returns what each submission is called: its name, with the key where others have it too."""
    times = Counter(one.name for one in submissions)
    return [one.name if times[one.name] == 1 else f"{one.name} ({one.key})" for one in submissions]


def numbered(submissions: Sequence[Submission], word: str) -> List[str]:
    """Returns a number for each submission. It says nothing about who it is: they are numbered in
    the order of a hash of what was handed in. Those alike to the byte come one after the other."""
    hashes = [hashlib.sha256(b"".join(hashlib.sha256(one.sources.get(server, b"")).digest()
                                      for server in SERVERS)).digest() for one in submissions]
    order = sorted(range(len(submissions)), key=lambda at: (hashes[at], at))
    number = {at: count for count, at in enumerate(order, start=1)}
    return [f"{word} {number[at]}" for at in range(len(submissions))]


def not_there(submissions: Sequence[Submission], names: Sequence[str]) -> List[str]:
    """Returns who has handed in nothing."""
    missing: Set[str] = {name for one, name in zip(submissions, names)
                         if not any(one.sources.values())}
    return [name for name in names if name in missing]
