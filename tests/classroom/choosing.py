"""Which file is meant, if there are several of a name: a student packs the whole lab."""
from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Tuple

from classroom.model import SERVERS
from classroom.naming import natural
from classroom.search import SHOWN, Candidate

SUPPORT = Path(__file__).resolve().parents[2] / "support"  # where the skeletons are
Folder = Tuple[str, ...]


def choose(candidates: List[Candidate]) -> Tuple[Dict[str, bytes], List[str]]:
    """Returns the files by server, and what a human should know of the choice: the one beside the
    other file, else the one nearest the top. What was handed out, and is unchanged, comes last."""
    candidates = sorted(candidates, key=_rank)
    of_folder: Dict[Folder, Dict[str, Candidate]] = {}
    for one in candidates:
        of_folder.setdefault(one.path[:-1], {}).setdefault(one.server, one)
    pairs = [pair for pair in of_folder.values() if len(pair) == len(SERVERS)]
    nearest: Dict[str, Candidate] = {}
    for one in candidates:
        nearest.setdefault(one.server, one)
    # True sorts behind False, and the sort keeps the order of those that are equal.
    chosen = sorted(pairs, key=_handed_out)[0] if pairs else nearest
    notes = [note for server in SERVERS for note in _notes(server, chosen, candidates)]
    return {server: chosen[server].content for server in SERVERS if server in chosen}, notes


def _rank(one: Candidate) -> Tuple[object, ...]:
    """Returns what to sort by: the nearest the top first. Among folders beside each other the one
    comes first in which the lab wants the servers to be."""
    above = one.path[-2] if len(one.path) > 1 else ""
    right_case = one.path[-1] == f"{one.server}.c"
    return (one.archives, len(one.path), above != "support", not right_case,
            natural("/".join(one.path)))


def _handed_out(pair: Dict[str, Candidate]) -> bool:
    return all(map(unchanged, pair.values()))


def unchanged(one: Candidate) -> bool:
    """Returns whether a file is the skeleton that students begin with."""
    try:
        skeleton = (SUPPORT / f"{one.server}.c").read_bytes()
    except OSError:
        return False
    return one.content.replace(b"\r\n", b"\n") == skeleton


def _notes(server: str, chosen: Dict[str, Candidate],
           candidates: List[Candidate]) -> List[str]:
    if server not in chosen:
        return [f"no {server}.c"]
    taken = chosen[server]
    found = [one for one in candidates if one.server == server]
    notes = []
    others = [one for one in found if one is not taken]
    if others:
        names = ", ".join("/".join(one.path) for one in others[:SHOWN])
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        same = all(one.content == taken.content for one in others)
        notes.append(f"{len(found)} files {server}.c{', all the same' if same else ''}: taken is "
                     f"{'/'.join(taken.path)}, not {names}{more}")
    if taken.path[-1] != f"{server}.c":
        notes.append(f"{server}.c is called {taken.path[-1]}")
    if unchanged(taken):
        notes.append(f"{server}.c is the skeleton, unchanged")
    return notes + [f"{server}.c {word}" for word in _oddities(taken.content)]


def _oddities(content: bytes) -> List[str]:
    """Returns why a file may be no program in C."""
    if not content.strip():
        return ["is empty"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["is in UTF-16, which compilers do not read: it should be saved as UTF-8"]
    return ["is no text: it has zero bytes"] if b"\0" in content else []
