"""What the box refuses: it can be told by name, it costs a hostile program more than the grader,
and memory cannot be held where nothing counts it."""
from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Iterator

import pytest

from sandbox import tiers
from sandbox.box import Box
from sandbox.sandbox import Sandbox
from selftest.gradings.boxes import driving
from selftest.process import LONGEST, eventually

NAMES = {"socket": 2, "memfd_create": 1, "mmap": 1}
MANY, THREADS = 50000, 4  # calls in each, of refuse.c
AT_ONCE = 2.0  # seconds for an answer of the box, however busy the program keeps it
MEMORY = 256 << 20  # bytes
SHARED = 256  # MiB: SHARED_MAX in injection.c
NAMED = 4  # MiB: SHARED_OPTIONS in root_directory.c


@contextlib.contextmanager
def started(sandbox: Sandbox, folder: Path, *words: str, **limits: int) -> Iterator[Box]:
    """A program of this folder in a box."""
    command = [str(folder / words[0]), *words[1:]]
    with contextlib.closing(sandbox.start(command, folder=folder, environment={},
                                          limits=limits)) as box:
        yield box


def says(box: Box, word: bytes) -> bool:
    """Returns whether the program prints a word, before it ends."""
    eventually(lambda: word in box.output.head or box.status() is not None, LONGEST)
    return word in box.output.head


def test_what_is_refused_is_named(tools: Path, sandbox: Sandbox) -> None:
    if sandbox.tier == 1:
        pytest.skip("tier 1 refuses nothing")
    with started(sandbox, tools, "refuse", "names") as box:
        assert says(box, b"done")
        assert box.refused() == NAMES


def test_shared_files_are_named_although_the_filter_does_not_refuse_them(
        tools: Path, sandbox: Sandbox) -> None:
    if sandbox.tier != 2:
        pytest.skip("nobody refuses them")
    with started(sandbox, tools, "hoard", "named") as box:
        assert says(box, b"held 0\n") and box.refused() == {"shm_open": 1}
    with started(sandbox, tools, "attacks", "semaphore", "create") as box:
        assert says(box, b"create failed") and box.refused() == {"sem_open": 1}


def test_what_is_refused_is_not_named_where_the_kernel_does_not_tell(
        tools: Path, public_folder: Path, tmp_path: Path) -> None:
    folder = public_folder / tmp_path.name
    folder.mkdir()
    poorer = tiers.establish(driving.poorer(tools, driving.NO_LISTENER, folder))
    if poorer.tier == 1:
        pytest.skip("tier 1 refuses nothing")
    with started(poorer, tools, "refuse", "names") as box:
        assert says(box, b"done")  # it is refused all the same
        assert box.refused() == {}


def test_who_insists_does_not_keep_the_box_busy(tools: Path, sandbox: Sandbox) -> None:
    if sandbox.tier == 1:
        pytest.skip("tier 1 refuses nothing")
    with started(sandbox, tools, "refuse", str(MANY)) as box:
        assert eventually(lambda: box.refused().get("unshare", 0) > 0)
        began = time.monotonic()
        box.sync()
        assert time.monotonic() - began < AT_ONCE
        assert says(box, b"done")
        assert box.refused() == {"unshare": MANY * THREADS}


@pytest.mark.parametrize("way, most", [
    ("anonymous", SHARED), ("shrunk", SHARED), ("zero", 0), ("memfd", 0), ("named", NAMED)])
def test_hidden_memory_is_bounded(tools: Path, sandbox: Sandbox, way: str, most: int) -> None:
    if sandbox.tier == 1:
        pytest.skip("tier 1 does not count it")
    with started(sandbox, tools, "hoard", way, memory=MEMORY) as box:
        says(box, b"held ")
        assert box.reason or int(box.output.head.split()[1]) <= most


@pytest.mark.parametrize("way", ["segment", "child"])
def test_memory_that_is_counted_elsewhere(tools: Path, sandbox: Sandbox, way: str) -> None:
    """Segments are refused, or counted whoever has them mapped; so is what children have."""
    if way == "segment" and sandbox.tier == 1:
        pytest.skip("tier 1 does not count it, and it would be left behind")
    with started(sandbox, tools, "hoard", way, memory=MEMORY) as box:
        if way == "segment" and sandbox.tier == 2:
            assert says(box, b"held 0\n") and box.refused() == {"shmget": 1}
        else:
            assert eventually(lambda: box.status() is not None, LONGEST)
            assert box.reason == "it used more memory than it may"
