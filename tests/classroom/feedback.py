"""feedback.zip, as Moodle's "upload multiple feedback files in a zip" takes it: for each submission
the folder that Moodle has named, with the report and the student's page."""
from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Sequence

from classroom.model import NOT_GRADED, Graded
from classroom.places import Places, folder_of
from classroom.records import PAGE, REPORT, writing

FILES = (REPORT, PAGE)
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: equal content, equal bytes


def write(path: Path, places: Places, graded: Sequence[Graded]) -> None:
    """Writes the archive; who was not graded gets nothing, since a human looks first. Raises
    CommandFailed if it cannot."""
    with writing(path), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in graded:
            if one.status == NOT_GRADED:
                continue
            for name in FILES:
                file = places.result(one.key) / name
                if file.exists():
                    _add(archive, f"{_folder(one)}/{name}", file.read_bytes())


def _folder(one: Graded) -> str:
    """Returns the folder's name as it came; one that would lead out of the archive as its key."""
    strange = "/" in one.folder or "\\" in one.folder or one.folder in ("", ".", "..")
    return folder_of(one.key) if strange else one.folder


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name.encode("utf-8", "replace").decode(), LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = 3, 0o100644 << 16  # Unix: a plain file
    archive.writestr(entry, content)
