"""The log of a campaign: a line of JSON for each grading, appended when it has ended, so that a
campaign can be interrupted at any time and go on from there."""
from __future__ import annotations

import hashlib
import json
import time
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List

from selftest.process import LAB

JUDGE = ("checks", "grading", "sandbox", "watching")  # what a verdict can depend on, in tests/


def read(path: Path) -> List[Dict[str, Any]]:
    """Returns the records of a log, none if there is no such file. A line that was cut off, since
    whoever wrote it was killed, is left out."""
    records = []
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            records.append(json.loads(line))
        except ValueError:
            continue
    return records


def append(path: Path, record: Dict[str, Any]) -> None:
    """Adds a record to a log."""
    whole = not path.exists() or path.read_bytes()[-1:] in (b"", b"\n")
    with path.open("a") as file:
        file.write(("" if whole else "\n") + json.dumps(record) + "\n")


def digest(text: str) -> str:
    """Returns what a text is recognised by."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def now() -> str:
    """Returns the time, to the minute (UTC)."""
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime())


@lru_cache(maxsize=None)
def judge() -> str:
    """Returns what this state of the checker is recognised by, as it was when first asked."""
    paths = [path for name in JUDGE for path in sorted((LAB / "tests" / name).rglob("*"))
             if path.suffix in (".py", ".c", ".h", ".mk")]
    paths += sorted((LAB / "tests").glob("*.py"))
    return digest("".join(f"{path.name}\n{path.read_text(errors='replace')}" for path in paths))
