"""--keep DIR: what helps to find out why a check failed.

    DIR/log                       pytest's own output, with tracebacks
    DIR/programs/                 what was compiled, with its sources
    DIR/CHECK/NAME-N.command      how the program NAME was started for a check, for the Nth time
    DIR/CHECK/NAME-N.output       what it printed
    DIR/compile/                  the same for the compiler
"""
from __future__ import annotations

import os
from pathlib import Path

from console import CommandFailed


def prepare(folder: Path) -> None:
    """Makes the folder. Raises CommandFailed if it cannot, or if there is something in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.listdir(folder):
            raise CommandFailed(f"--keep {folder}: the folder is not empty")
    except OSError as error:
        raise CommandFailed(f"--keep {folder}: {error.strerror}") from None


def words(folder: Path) -> str:
    """Returns a line that says what is where."""
    return (f"Kept in {folder}: the log, programs/, and in a folder for each check the command and "
            f"the output of each server. To run a server again, paste its command in {folder}.")
