"""Runs the lab's tests of itself: ./checker.sh --selftest [FOLDER|FILE...] [pytest options]."""
from __future__ import annotations

from pathlib import Path
from typing import List, Sequence

from console import CommandFailed
from grading import TESTS
from grading.runner import run_pytest

FOLDER = TESTS / "selftest"
# For --lf and --ff; a handout is made without this folder.
CACHE = ("-o", f"cache_dir={FOLDER / '.pytest_cache'}")
VALUED = ("-c", "-k", "-m", "-o", "-p", "-r", "-W")  # options of pytest that take the next word


def run(words: Sequence[str]) -> int:
    """Runs the tests that the words name, or all; returns pytest's exit status. A word is a folder
    or file below tests/selftest/, as seen from there or from the current folder, or the name of a
    file in any folder there; with ::NAME behind it, one test of a file. All other words are options
    for pytest."""
    if not FOLDER.is_dir():
        raise CommandFailed("there are no tests of the lab itself here: this is a handout")
    return run_pytest(arguments(words, FOLDER))


def arguments(words: Sequence[str], folder: Path) -> List[str]:
    """Returns pytest's arguments for these words; `folder` is where the tests are."""
    options: List[str] = []
    paths: List[str] = []
    for before, word in zip(["", *words], words):
        found = [] if before in VALUED or word.startswith("-") else _paths(word, folder)
        paths += found
        if not found:
            options.append(word)
    return [*CACHE, *options, *(paths or [str(folder)])]


def _paths(word: str, folder: Path) -> List[str]:
    """Returns the paths that a word stands for: none if it is no test. Raises CommandFailed if it
    names a file all the same, as pytest would then run all."""
    name, colons, test = word.partition("::")
    if not name:
        return []
    for path in (folder / name, Path(name).resolve()):
        if path.exists() and folder in (path, *path.parents):
            return [str(path) + colons + test]
    found = [str(path) + colons + test for path in folder.rglob("test_*.py") if path.name == name]
    if not found and name.endswith(".py"):
        raise CommandFailed(f"{name}: no such test; they are in {folder}")
    return found
