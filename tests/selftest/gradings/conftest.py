"""Fixtures of the tests that grade with ./checker.sh."""
from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from selftest.gradings.checker import Checker
from selftest.process import run


@pytest.fixture
def checker(checkout: Path) -> Checker:
    """Runs ./checker.sh with options and a submission's path."""
    return partial(run, checkout / "checker.sh")


@pytest.fixture
def submission(checkout: Path, tmp_path: Path) -> Path:
    """A folder with the solution's two files, for a test to change."""
    folder = tmp_path / "submission"
    folder.mkdir()
    for name in ("mp_server.c", "mt_server.c"):
        shutil.copy2(checkout / "solution" / name, folder / name)
    return folder
