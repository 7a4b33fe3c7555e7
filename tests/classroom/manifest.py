"""Which class a folder of results is of: its submissions in order, the lab that graded, which part
of how many it is, and what is being graded again."""
from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from classroom.model import Submission
from classroom.places import Places
from classroom.records import hashes_of, writing
from console import CommandFailed, write_whole

KEPT = ("key", "name", "folder", "notes", "problem")  # of a submission


class Manifest(NamedTuple):
    """What class.json holds."""
    lab: str
    described: str  # the lab's version for a human
    part: Tuple[int, int]  # the first number from 1 to the second
    of: str  # what the whole class, of which this is a part, is recognised by
    submissions: List[Dict[str, Any]]  # of this part: KEPT, and "hashes"
    again: List[str]  # what is being graded again, as --again has it
    left: List[str]  # the keys of these that are not yet


def manifest_of(everything: Sequence[Submission], part: Tuple[int, int], lab: str,
                described: str) -> Manifest:
    """Returns the manifest of a part of a class."""
    entries = [{**{name: getattr(submission, name) for name in KEPT},
                "hashes": hashes_of(submission.sources)} for submission in everything]
    identity = json.dumps([[entry["key"], entry["hashes"], entry["problem"]] for entry in entries])
    return Manifest(lab, described, part, hashlib.sha256(identity.encode()).hexdigest()[:16],
                    list(share(entries, part)), [], [])


def share(whole: Sequence[Any], part: Tuple[int, int]) -> Sequence[Any]:
    """Returns one of some parts that are equal but for one item."""
    number, parts = part
    return whole[len(whole) * (number - 1) // parts:len(whole) * number // parts]


def write(places: Places, manifest: Manifest) -> None:
    """Writes class.json; raises CommandFailed if it cannot."""
    with writing(places.out):
        places.out.mkdir(parents=True, exist_ok=True)
    write_whole(places.manifest, json.dumps(manifest._asdict(), indent=1) + "\n")


def read(places: Places) -> Optional[Manifest]:
    """Returns what class.json holds, or None if there is none. Raises CommandFailed if it cannot be
    read, or the folder is one of something else."""
    try:
        document = json.loads(places.manifest.read_text())
        return _manifest(document)
    except (FileNotFoundError, NotADirectoryError):
        _require_unused(places.out)
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise CommandFailed(f"{places.manifest} cannot be read; name another folder") from None


def _manifest(document: Mapping[str, Any]) -> Manifest:
    fields = {name: document[name] for name in Manifest._fields}
    first, last = document["part"]
    fields["part"] = (int(first), int(last))
    for entry in document["submissions"]:
        if not all(name in entry for name in (*KEPT, "hashes")):
            raise ValueError("a submission without its fields")
    return Manifest(**fields)


def _require_unused(out: Path) -> None:
    """Raises CommandFailed unless there is nothing in a folder but what a run begins with."""
    if out.exists() and not out.is_dir():
        raise CommandFailed(f"--out {out}: not a folder")
    if out.is_dir() and {path.name for path in out.iterdir()} - {".lock", ".new", ".temporary"}:
        raise CommandFailed(f"--out {out}: holds something else than the results of a class; name "
                            "a new or empty folder")


def submission_of(entry: Mapping[str, Any], sources: Dict[str, bytes]) -> Submission:
    """Returns a submission of a manifest, with its sources."""
    return Submission(**{name: entry[name] for name in KEPT}, sources=sources)
