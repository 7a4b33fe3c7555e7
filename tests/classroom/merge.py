"""Puts the parts of a class together that were graded by themselves."""
from __future__ import annotations

import shutil
from pathlib import Path
from typing import List, NamedTuple, Optional, Sequence, Set, Tuple

from classroom import manifest, records
from classroom.manifest import Manifest, submission_of
from classroom.model import Graded, Submission
from classroom.places import Places
from classroom.records import RECORD
from console import CommandFailed


class Part(NamedTuple):
    """The results of one part of a class, or of a whole one."""
    places: Places
    manifest: Manifest
    graded: List[Graded]

    def submissions(self) -> List[Submission]:
        """Returns what was handed in. Raises CommandFailed if it cannot be read."""
        return [submission_of(entry, records.sources(self.places, entry["key"]))
                for entry in self.manifest.submissions]


def part(folder: Path) -> Part:
    """Reads the results in a folder. Raises CommandFailed if they are none, or not complete."""
    places = Places(folder)
    if not places.manifest.exists():
        raise CommandFailed(f"{folder}: holds no results of a class")
    found = manifest.read(places)
    assert found is not None
    graded, missing = [], []
    for entry in found.submissions:
        record = records.read(places, entry["key"])
        if record and record.final:
            graded.append(record.graded)
        else:
            missing.append(entry["name"])
    if missing:
        raise CommandFailed(f"{folder}: {len(missing)} of {len(found.submissions)} are not graded "
                            f"yet, such as {missing[0]!a}; grade that part to its end")
    return Part(places, found, graded)


def fitting(parts: Sequence[Part]) -> List[Part]:
    """Returns parts in their order. Raises CommandFailed, with the names of what does not fit, if
    they are not just the whole of one class, graded by one lab."""
    parts = sorted(parts, key=lambda one: one.manifest.part)
    first, number = parts[0], parts[0].manifest.part[1]
    for one in parts[1:]:
        both = f"{first.places.out} and {one.places.out}"
        if one.manifest.part[1] != number or one.manifest.of != first.manifest.of:
            raise CommandFailed(f"{both}: parts of different submissions")
    _require_one_lab(parts)
    taken: Set[int] = set()
    for one in parts:
        if one.manifest.part[0] in taken:
            raise CommandFailed(f"{one.places.out}: part {one.manifest.part[0]}/{number} is there "
                                "twice")
        taken.add(one.manifest.part[0])
    gaps = sorted(set(range(1, number + 1)) - taken)
    if gaps:
        missing = ", ".join(f"{gap}/{number}" for gap in gaps)
        raise CommandFailed(f"--merge: there is no part {missing}; grade it with --shard")
    return parts


def _require_one_lab(parts: Sequence[Part]) -> None:
    first: Optional[Tuple[str, str]] = None
    for one in parts:
        for graded in one.graded:
            if first and graded.lab != first[0]:
                raise CommandFailed(f"{first[1]} and {one.places.out}: graded by different states "
                                    f"of the lab ({first[0]}, {graded.lab})")
            first = first or (graded.lab, str(one.places.out))


def copy(parts: Sequence[Part], target: Places) -> None:
    """Copies all results to one folder. Raises CommandFailed if that cannot be written."""
    for one in parts:
        for graded in one.graded:
            source, folder = one.places.result(graded.key), target.result(graded.key)
            with records.writing(folder):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                names = [path.name for path in source.iterdir() if path.is_file()]
                for name in sorted(names, key=RECORD.__eq__):  # the record comes last
                    shutil.copyfile(source / name, folder / name)
