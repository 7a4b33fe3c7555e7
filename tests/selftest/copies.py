"""Copies of the lab, without what .gitignore names."""
from __future__ import annotations

import fnmatch
import os
import shutil
from pathlib import Path
from typing import Iterator, List, Set

from selftest.process import LAB


def _ignored(folder: str, names: List[str]) -> Set[str]:
    """Returns those names in a folder of the lab that .gitignore names."""
    patterns = (LAB / ".gitignore").read_text().split() + [".git"]
    inside = "/" / Path(folder).relative_to(LAB)
    found = set()
    for pattern in patterns:
        pattern = pattern.rstrip("/")
        found.update(fnmatch.filter(names, pattern))
        found.update(name for name in names if str(inside / name) == pattern)
    return found


def copy_of_lab(target: Path) -> Path:
    """Copies the checkout to a folder that is not there yet, and returns that."""
    shutil.copytree(LAB, target, ignore=_ignored, symlinks=True)
    return target


def files_of_lab() -> Iterator[Path]:
    """Yields the paths of the checkout's files, relative to its folder, in order."""
    for folder, folders, names in os.walk(LAB):
        left_out = _ignored(folder, folders + names)
        folders[:] = sorted(set(folders) - left_out)
        for name in sorted(set(names) - left_out):
            yield (Path(folder) / name).relative_to(LAB)
