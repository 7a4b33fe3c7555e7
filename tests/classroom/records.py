"""What is kept of each submission in results/KEY/: graded.json, which is the one source of all that
is written of a class, the files of its grading, and its sources."""
from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from checks.catalogue import CHECKS
from classroom.model import NOT_GRADED, SERVERS, Graded, Row, Submission
from classroom.places import Places
from console import CommandFailed, new_name
from grading.results import status_of

RECORD = "graded.json"
REPORT, PAGE = "report.txt", "page.html"
FILES = (REPORT, "results.json", "junit.xml", PAGE)  # of a grading
IDS = [check.id for check in CHECKS]


class Record(NamedTuple):
    """What is known of a submission."""
    graded: Graded
    final: bool  # nothing of it is to be graded again
    why: List[str]  # those of its notes that come of its grading

    def of(self, submission: Submission) -> Record:
        """Returns the record as that of a submission whose name or notes may have changed."""
        notes = [*self.why, *submission.notes]
        return self._replace(graded=self.graded._replace(
            name=submission.name, folder=submission.folder, notes=notes))


def hashes_of(sources: Mapping[str, bytes]) -> Dict[str, str]:
    """Returns the SHA-256 of each server's source; "" for one that was not handed in."""
    return {server: hashlib.sha256(sources[server]).hexdigest() if server in sources else ""
            for server in SERVERS}


def rows_of(results: Path) -> Tuple[Row, ...]:
    """Returns the rows of a results.json. Raises ValueError if it has not one for each check, and
    OSError if it cannot be read."""
    document = json.loads(results.read_text())
    try:
        rows = tuple(Row(str(test["name"]), int(test["score"]), int(test["max_score"]),
                         status_of(test), str(test["extra_data"]["symptom"]),
                         str(test["output"])) for test in document["tests"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"not as the checker writes it: {error!r}") from None
    missing = set(IDS) - {row.id for row in rows}
    if missing or len({row.id for row in rows}) < len(rows):
        raise ValueError(f"not one row for each check: {', '.join(sorted(missing)) or 'twice'}")
    return rows


def write(places: Places, record: Record, grading: Optional[Path], submission: Submission) -> None:
    """Writes what is known of a submission; `grading` is the folder with the files of its grading,
    if there was one. The record comes last, and everything before takes its place: whoever is
    interrupted leaves the old record or the new one. Raises CommandFailed if it cannot."""
    folder = places.result(submission.key)
    contents = {f"{server}.c": source for server, source in submission.sources.items()}
    for name in FILES:
        if grading and (grading / name).exists():
            contents[name] = (grading / name).read_bytes()
    document = {**record.graded._asdict(), "rows": [row._asdict() for row in record.graded.rows],
                "total": record.graded.total, "final": record.final, "why": record.why}
    contents[RECORD] = (json.dumps(document, indent=1) + "\n").encode()
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            new_name(folder / name).write_bytes(content)
        for name in contents:
            new_name(folder / name).replace(folder / name)
        for name in {*FILES, *(f"{server}.c" for server in SERVERS)} - set(contents):
            with contextlib.suppress(FileNotFoundError):
                (folder / name).unlink()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Makes of an OSError one line that says what to do: CommandFailed."""
    try:
        yield
    except OSError as error:
        more = ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            more = "; free some, and give the same command again: what was graded is kept"
        raise CommandFailed(f"{path} cannot be written: {error.strerror}{more}") from None


def read(places: Places, key: str) -> Optional[Record]:
    """Returns what is known of a submission, or None if there is no record that can be read."""
    try:
        document = json.loads((places.result(key) / RECORD).read_text())
        record = _record(document)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if record.graded.key == key else None


def _record(document: Mapping[str, Any]) -> Record:
    fields = {name: document[name] for name in Graded._fields}
    fields["rows"] = [Row(**row) for row in document["rows"]]
    return Record(Graded(**fields), bool(document["final"]), list(document["why"]))


def sources(places: Places, key: str) -> Dict[str, bytes]:
    """Returns the sources that are kept of a submission. Raises CommandFailed if one cannot be
    read."""
    found = {}
    for server in SERVERS:
        path = places.result(key) / f"{server}.c"
        try:
            found[server] = path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise CommandFailed(f"{path} cannot be read: {os.strerror(error.errno or 0)}") from None
    return found


def not_graded(submission: Submission, lab: str, why: Sequence[str]) -> Graded:
    """Returns what becomes of a submission that was not graded, for some reasons."""
    return Graded(submission.key, submission.name, submission.folder, NOT_GRADED, [], 0.0,
                  hashes_of(submission.sources), lab, [*why, *submission.notes])
