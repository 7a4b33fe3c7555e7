"""Fixtures of the tests of the sandbox: its launcher, the attacks, and each tier in force."""
from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from grading.tools import put_tools
from sandbox import tiers
from sandbox.box import Box
from sandbox.launcher import compile_launcher, compile_tool
from sandbox.sandbox import Sandbox
from selftest.gradings.boxes.driving import HERE, Attack

SANDBOX = Path(tiers.__file__).parent
PROGRAMS: Dict[str, List[Path]] = {
    "attacks": [HERE / "attacks.c", HERE / "endless.c", HERE / "right.c"],
    "faults": [HERE / "faults.c"],
    "hoard": [HERE / "hoard.c"],
    "refuse": [HERE / "refuse.c"],
    "swap": [HERE / "swap.c"],
    "without": [HERE / "without.c"],
    "try_calls": [HERE / "try_calls.c", HERE / "calls_to_try.c", SANDBOX / "seccomp.c",
                  SANDBOX / "seccomp_rules.c"],
}


@pytest.fixture(scope="session")
def tools(public_folder: Path) -> Path:
    """A folder with the box, the canary and the programs of this folder in it."""
    folder = public_folder / "boxes"
    folder.mkdir()
    compile_launcher(folder)
    for name, sources in PROGRAMS.items():
        compile_tool(folder / name, sources, "-pthread")
    return folder


@pytest.fixture(scope="session")
def server(public_folder: Path) -> Path:
    """The synchronous server."""
    folder = public_folder / "given"
    folder.mkdir()
    put_tools(folder)
    return folder / "server"


@pytest.fixture(scope="session", params=tiers.TIERS)
def sandbox(request: pytest.FixtureRequest, tools: Path) -> Sandbox:
    """A sandbox of each tier that works here."""
    tier: str = request.param
    found = tiers.establish(tools / "box", tier)
    if found.containment.tier != tier:
        pytest.skip("not on this machine, or not for this user")
    return found


@pytest.fixture
def attack(tools: Path, sandbox: Sandbox) -> Iterator[Attack]:
    """Starts attacks.c in a box; all boxes are closed at the end."""
    with contextlib.ExitStack() as stack:
        def start(*words: str, **limits: int) -> Box:
            box = sandbox.start([str(tools / "attacks"), *words], folder=tools, environment={},
                                limits=limits)
            stack.callback(box.close)
            return box
        yield start
