"""What a class has handed in, as the platform exports it: folders, archives, or one archive of
either. One submission that is bad costs itself only."""
from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Dict, List, Optional, Tuple

from classroom import archives, folders
from classroom.bounded import FOLDER, WHOLE_CLASS, BadArchive, Budget, printable
from classroom.choosing import choose
from classroom.model import SERVERS, Submission
from classroom.naming import Group, grouped, is_platforms, parsed
from classroom.search import SHOWN, Search
from console import CommandFailed

GIVE = "give the folder with the submissions, or the archive as the platform exports it"
FILES = tuple(f"{server}.c" for server in SERVERS)
LEVELS = 8  # folders around the submissions of an archive: deeper ones are not looked for
Parts = Tuple[str, ...]


def read(path: Path) -> List[Submission]:
    """Returns what was handed in, in the order of the keys, numbers by size. What cannot be graded
    is among it, with its problem. Raises CommandFailed if nothing can be read at all."""
    try:
        if path.is_dir():
            return _folder(path.resolve())
        if path.exists() and not path.is_file():
            raise BadArchive("is neither a folder nor a file")
        with open(path, "rb") as file:
            return _archive(file, path.name)
    except FileNotFoundError:
        raise CommandFailed(f"{path}: there is nothing of this name: {GIVE}") from None
    except OSError as error:
        raise CommandFailed(f"{path} cannot be read: {error.strerror}; {GIVE}") from None
    except BadArchive as error:
        raise CommandFailed(f"{path} {error}; {GIVE}") from None


# --- a folder ---

def _folder(top: Path) -> List[Submission]:
    names = folders.names(str(top))
    if len(names) == 1 and _is_wrapper(top / names[0]):
        top /= names[0]
        names = folders.names(str(top))
    if not names:
        raise CommandFailed(f"{top} is empty: {GIVE}")
    if is_one(names):
        search = Search()
        search.folder(folders.members(str(top), (), search.budget))
        return [_submission(_alone(top.name, True), search)]
    kinds = ((name, (top / name).is_dir() and not (top / name).is_symlink()) for name in names)
    return [_submission(group, _search(top, group)) for group in grouped(kinds)]


def _is_wrapper(folder: Path) -> bool:
    """Returns whether a folder is all that was exported, unpacked one level too deep."""
    return (folder.is_dir() and not folder.is_symlink()
            and any(map(is_platforms, folders.names(str(folder)))))


def _search(top: Path, group: Group) -> Search:
    search = Search()
    for name in group.members:
        here = str(top / name)
        if os.path.islink(here):
            search.faults.append(f"{printable(name)} is a link, and so not followed")
        path = () if os.path.isdir(here) and not os.path.islink(here) else (own_name(name),)
        search.folder(folders.members(here, path, search.budget))
    return search


def is_one(names: List[str]) -> bool:
    """Returns whether a folder in which there are these is one submission, not a class's."""
    found = {name.lower() for name in names}
    return not found.isdisjoint(FILES) or {"support", "checker.sh"} <= found


def own_name(name: str) -> str:
    """Returns how a file is called that lies among others' submissions, without what the platform
    has put before it."""
    rest = parsed(name, False).rest
    return printable(rest if rest.strip(".") and not rest.startswith(".") else name)


def _alone(name: str, is_folder: bool) -> Group:
    return grouped([(name, is_folder)])[0]


# --- an archive ---

def _archive(file: BinaryIO, name: str) -> List[Submission]:
    """Reads it twice: who is in it is known only at its end."""
    kinds: Dict[Parts, bool] = {}  # whether it is a folder
    for member in archives.members(file, Budget(WHOLE_CLASS)):
        if not any(map(folders.left_out, member.path)):
            kinds.setdefault(member.path[:LEVELS], False)
            if member.kind == FOLDER or len(member.path) > LEVELS:
                kinds[member.path[:LEVELS]] = True
    base = _base(kinds)
    if base is None:
        search = Search()
        search.archive(file, (printable(name),), 0)
        return [_submission(_alone(name, False), search)]
    return _class(file, base, _level(kinds, base))


def _level(kinds: Dict[Parts, bool], base: Parts) -> Dict[str, bool]:
    """Returns what is in a folder, and whether each is a folder."""
    found: Dict[str, bool] = {}
    depth = len(base)
    for path, is_folder in kinds.items():
        if len(path) > depth and path[:depth] == base:
            deeper = is_folder or len(path) > depth + 1
            found[path[depth]] = found.get(path[depth], False) or deeper
    return found


def _base(kinds: Dict[Parts, bool]) -> Optional[Parts]:
    """Returns the folder of an archive in which the submissions are; None if it is a submission
    itself."""
    base: Parts = ()
    while True:
        level = _level(kinds, base)
        if any(map(is_platforms, level)):
            return base
        if not level or is_one(list(level)):
            return None
        if len(level) > 1 or not level[next(iter(level))]:
            return base if any(map(_holds, level.items())) else None
        base = (*base, next(iter(level)))


def _holds(named: Tuple[str, bool]) -> bool:
    """Returns whether something in an archive may be somebody's submission."""
    name, is_folder = named
    return is_folder or archives.suffix(name) is not None


def _class(file: BinaryIO, base: Parts, level: Dict[str, bool]) -> List[Submission]:
    groups = grouped(level.items())
    searches = {group.key: Search() for group in groups}
    by_name = {name: searches[group.key] for group in groups for name in group.members}
    depth = len(base)
    for member in archives.members(file, Budget(WHOLE_CLASS)):
        name = member.path[depth] if len(member.path) > depth else ""
        search = by_name.get(name)
        if search is None or member.path[:depth] != base:
            continue  # an earlier attempt, or what no student has packed
        path = member.path[depth + 1:] if level[name] else (own_name(name),)
        search.loose(member._replace(path=path))
    return [_submission(group, searches[group.key]) for group in groups]


# --- what was found ---

def _submission(group: Group, search: Search) -> Submission:
    sources, chosen = choose(search.candidates)
    if not sources:
        return Submission(group.key, group.name, group.folder, {}, group.notes, _problem(search))
    notes = [*group.notes, *chosen, *search.faults[:SHOWN]]
    if len(sources) < len(SERVERS) and search.nearly:
        notes.append(f"there is {', '.join(search.nearly[:SHOWN])}")
    return Submission(group.key, group.name, group.folder, sources, notes)


def _problem(search: Search) -> str:
    if search.faults:
        more = len(search.faults) - 1
        return search.faults[0] + (f" (and {more} more of this kind)" if more else "")
    problem = f"there is no {FILES[0]} and no {FILES[1]}"
    return f"{problem}, but {', '.join(search.nearly[:SHOWN])}" if search.nearly else problem
