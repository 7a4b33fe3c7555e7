"""Every rule of the system call filter does what it says, and every rule is tried."""
from __future__ import annotations

import subprocess
from pathlib import Path
from typing import List

import pytest

LEAST = 90  # rules, and attempts: fewer means that the table has been lost


def lines_of(program: Path, *words: str) -> List[str]:
    """Returns what try_calls.c prints."""
    done = subprocess.run([str(program), *words], stdout=subprocess.PIPE, timeout=60,
                          universal_newlines=True)
    lines = done.stdout.splitlines()
    assert done.returncode == any(line.startswith("WRONG") for line in lines)
    return lines


@pytest.mark.parametrize("words", [[], ["rules"]], ids=["attempts", "rules left out"])
def test_filter(tools: Path, words: List[str]) -> None:
    """Each attempt goes as expected; and would not, if the rule that it is for were left out."""
    lines = lines_of(tools / "try_calls", *words)
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert len(lines) >= LEAST


def test_filter_without_root(tools: Path, unprivileged: List[str]) -> None:
    done = subprocess.run([*unprivileged, str(tools / "try_calls")], stdout=subprocess.PIPE,
                          timeout=60, universal_newlines=True)
    assert done.returncode == 0, done.stdout
