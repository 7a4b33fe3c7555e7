"""What platforms write into the names of what they export: who has handed it in, and when.

Moodle: [GROUP-]FULL NAME_NUMBER_assignsubmission_file, with a further _ before 4.1, and the name of
the file behind that if there is no folder for each student. NUMBER is the participant's number in
this assignment, and what its worksheet calls "Participant NUMBER".
Blackboard: ASSIGNMENT_STUDENT_attempt_TIME_FILE, in one folder.
Any other name is a key by itself."""
from __future__ import annotations

import re
from typing import Dict, Iterable, List, NamedTuple, Tuple

from classroom import archives
from classroom.bounded import printable

MOODLE = re.compile(r"(?P<name>[^_]*)_(?P<number>[0-9]{1,18})_assignsubmission_"
                    r"(?P<plugin>file|onlinetext)_?(?P<rest>.*)\Z", re.DOTALL)
BLACKBOARD = re.compile(r"(?P<key>.+)_attempt_(?P<time>[0-9]{4}(?:-[0-9]{2}){5})"
                        r"(?:_(?P<rest>.*)|\.txt)\Z", re.DOTALL)
# What blind marking calls everybody, in the languages seen: file names have no slash.
NOBODY = {"Participant", "Participante", "Teilnehmer", "Teilnehmerin",
          "Teilnehmer-in", "Deelnemer", "Partecipante", ""}
FILES, TEXT = "file", "onlinetext"


class Named(NamedTuple):
    """What the name of a file or folder says."""
    key: str
    name: str  # of the student
    folder: str  # what is the same for all files of this submission
    rest: str  # the file's own name, if the platform has put something before it
    attempt: str = ""  # when it was handed in; later ones sort behind
    plugin: str = ""  # Moodle's part that took it


class Group(NamedTuple):
    """What one student has handed in: names of files, or of one folder."""
    key: str
    name: str
    folder: str
    members: List[str]
    notes: List[str]


def parsed(name: str, is_folder: bool) -> Named:
    """Returns what a name says. What no platform is known to write is its own key: without the end
    of its name if it is an archive's."""
    moodle = MOODLE.match(name)
    if moodle:
        rest = moodle["rest"]
        folder = name if is_folder else name[:len(name) - len(rest)]
        person = moodle["name"].strip()
        if person in NOBODY:
            person = f"{person} {moodle['number']}".strip()
        return Named(moodle["number"], person, folder, rest, plugin=moodle["plugin"])
    blackboard = None if is_folder else BLACKBOARD.match(name)
    if blackboard:
        key = blackboard["key"]
        return Named(key, key.split("_")[-1], key, blackboard["rest"] or "", blackboard["time"])
    end = None if is_folder else archives.suffix(name)
    stem = name[:-len(end)] if end else name
    return Named(stem, stem, name, name)


def is_platforms(name: str) -> bool:
    """Returns whether a name is one that Moodle or Blackboard writes."""
    return bool(MOODLE.match(name) or BLACKBOARD.match(name))


def grouped(names: Iterable[Tuple[str, bool]]) -> List[Group]:
    """Returns who has handed in what, given names, and whether each is a folder's. Nothing is lost,
    and nothing of different people becomes one. The order is that of the keys, numbers by size."""
    found: Dict[Tuple[str, str], List[Tuple[Named, str]]] = {}
    for name, is_folder in names:
        one = parsed(name, is_folder)
        found.setdefault((one.key, one.folder), []).append((one, name))
    texts = _take_texts(found)
    groups = [_latest(key, parts, texts.get(key, [])) for (key, _), parts in found.items()]
    return sorted(_distinct(groups), key=lambda group: natural(group.key))


def _take_texts(found: Dict[Tuple[str, str], List[Tuple[Named, str]]]) -> Dict[str, List[str]]:
    """Takes those typed into a text field out of what was found, if the same student has handed in
    files as well. Returns notes by key."""
    files = {(parts[0][0].key, parts[0][0].name) for parts in found.values()
             if parts[0][0].plugin == FILES}
    notes: Dict[str, List[str]] = {}
    for identity, parts in list(found.items()):
        one = parts[0][0]
        if one.plugin == TEXT and (one.key, one.name) in files:
            del found[identity]
            notes[one.key] = ["a text was typed in, too, which is not graded"]
    return notes


def _latest(key: str, parts: List[Tuple[Named, str]], notes: List[str]) -> Group:
    """Returns the latest attempt."""
    last = max(one.attempt for one, _ in parts)
    attempts = {one.attempt for one, _ in parts}
    if len(attempts) > 1:
        notes = [*notes, f"{len(attempts)} attempts: the latest is taken, of {last}"]
    one = parts[0][0]
    return Group(printable(key), printable(one.name), printable(one.folder),
                 [name for one, name in parts if one.attempt == last], notes)


def _distinct(groups: List[Group]) -> List[Group]:
    """Gives those that have the same key their whole names as keys: nobody knows whose it is."""
    count: Dict[str, int] = {}
    for group in groups:
        count[group.key] = count.get(group.key, 0) + 1
    taken = {key for key, number in count.items() if number == 1}
    distinct = []
    for group in groups:
        if count[group.key] > 1:
            key = _free(group.folder, taken)
            taken.add(key)
            note = f"{count[group.key]} have the key {group.key}: it belongs to none of them"
            group = group._replace(key=key, notes=[*group.notes, note])
        distinct.append(group)
    return distinct


def _free(key: str, taken: Iterable[str]) -> str:
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key} ({number})"
    return free


def natural(text: str) -> Tuple[Tuple[int, int, str], ...]:
    """Returns what to sort by so that 9 is before 10, and numbers before names."""
    pieces = re.split("([0-9]{1,18})", text)  # each second one is a number
    return tuple((0, int(piece), "") if place % 2 else (1, 0, piece)
                 for place, piece in enumerate(pieces) if piece) + ((0, 0, text),)
