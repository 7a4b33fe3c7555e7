"""System calls fail when the grader wants it, exactly those, in each tier, and only where the
kernel can."""
from __future__ import annotations

import contextlib
import errno
import os
import signal
from pathlib import Path
from typing import Iterator, List, Protocol

import pytest

from sandbox import tiers
from sandbox.box import Box
from sandbox.sandbox import Sandbox
from selftest.gradings.boxes import driving
from selftest.gradings.boxes.driving import left_over
from selftest.process import eventually

SOME = 5  # calls: enough to see that the program goes on
MANY = 300  # of a program that signals interrupt


class Faults(Protocol):
    """What the fixture `faults` gives: starts faults.c in a box."""

    def __call__(self, what: str, faults: bool = True) -> Box:
        """Returns the box, once the program has made some calls."""


@pytest.fixture
def faults(tools: Path, sandbox: Sandbox) -> Iterator[Faults]:
    """Starts faults.c in a box of each tier; all boxes are closed at the end."""
    with contextlib.ExitStack() as stack:
        def start(what: str, faults: bool = True) -> Box:
            return stack.enter_context(started(sandbox, tools, what, faults))
        yield start


@contextlib.contextmanager
def started(sandbox: Sandbox, tools: Path, what: str, faults: bool = True) -> Iterator[Box]:
    """A box with faults.c in it, which has made some calls."""
    with contextlib.closing(sandbox.start([str(tools / "faults"), what], folder=tools,
                                          environment={}, faults=faults)) as box:
        assert goes_on(box)
        yield box


def goes_on(box: Box, more: int = SOME) -> bool:
    """Returns whether the program makes more calls."""
    before = box.output.total
    return eventually(lambda: box.output.total >= before + more)


def held_at(box: Box, kind: str) -> int:
    """Holds calls of a kind, and returns how many the program has made when it waits in one."""
    assert box.hold(kind, True)
    box.sync()
    total = box.output.total
    while eventually(lambda: box.output.total > total, patience=0.1):
        total = box.output.total
    return total


def patient_here(tools: Path) -> bool:
    """Returns whether this machine can hold calls."""
    with started(tiers.establish(tools / "box"), tools, "create") as box:
        return box.hold("create", False)


@pytest.mark.parametrize("what, kind, error, letter", [
    ("create", "create", errno.ENOMEM, b"m"), ("create", "create", errno.EPERM, b"x"),
    ("threads", "create", errno.EAGAIN, b"e"), ("accept", "accept", errno.EMFILE, b"f")])
def test_exactly_these_calls_fail(tools: Path, faults: Faults, what: str, kind: str, error: int,
                                  letter: bytes) -> None:
    if not patient_here(tools):
        pytest.skip("not before Linux 5.19")
    box = faults(what)
    for skip, times in [(1, 1), (0, 4), (3, 2)]:
        before = held_at(box, kind)
        failed = box.injected(kind)
        assert box.inject(kind, error, skip, times)
        assert box.hold(kind, False)
        assert eventually(lambda: box.output.total > before + skip + times)
        expected = b"." * skip + letter * times + b"."
        assert box.output.head[before:][:len(expected)] == expected
        assert box.injected(kind) == failed + times


def test_all_calls_fail_until_they_no_longer_do(faults: Faults) -> None:
    box = faults("create")
    assert box.inject("create", errno.EAGAIN)
    before = box.output.total
    assert eventually(lambda: box.output.head.count(b"e") >= SOME)
    # A call that was under way when they began to fail may still have succeeded.
    assert box.output.head[before:].lstrip(b".").strip(b"e") == b""
    assert box.inject("create", 0)
    failed = box.injected("create")
    assert goes_on(box)
    assert box.output.head[-1:] == b"." and box.injected("create") == failed
    assert box.output.head.count(b"e") == failed


def test_other_calls_go_on(faults: Faults) -> None:
    box = faults("accept")
    assert box.inject("create", errno.EAGAIN)
    assert goes_on(box)
    assert set(box.output.head) == set(b".") and box.injected("accept") == 0


@pytest.mark.parametrize("kind", ["", "open", "create accept"])
def test_there_are_two_kinds(faults: Faults, kind: str) -> None:
    box = faults("create")
    assert not box.inject(kind, errno.EAGAIN) and not box.hold(kind, True)
    assert box.injected(kind) == 0 and goes_on(box)


def test_without_being_asked_for_nothing_can_fail(faults: Faults) -> None:
    box = faults("create", faults=False)
    assert not box.inject("create", errno.EAGAIN) and not box.hold("create", True)
    box.sync()
    assert goes_on(box) and box.injected("create") == 0


@pytest.mark.parametrize("missing", [[], driving.NO_PATIENCE], ids=["Linux 5.19", "Linux 5.5"])
def test_signals_change_no_count(tools: Path, public_folder: Path, tmp_path: Path,
                                 missing: List[str]) -> None:
    sandbox = poorer_sandbox(tools, missing, public_folder / tmp_path.name)
    with started(sandbox, tools, "signals") as box:
        for _ in range(SOME):
            assert box.inject("create", errno.ENOMEM, 2, SOME) and goes_on(box, MANY)
        assert box.injected("create") == box.output.head.count(b"m") == SOME * SOME
        assert set(box.output.head) == set(b".m")
        assert box.interrupted() >= 0 and box.hold("create", True) == (not missing)


def poorer_sandbox(tools: Path, missing: List[str], folder: Path) -> Sandbox:
    """Returns the sandbox of a machine that lacks something."""
    if not missing:
        return tiers.establish(tools / "box")
    folder.mkdir()
    return tiers.establish(driving.poorer(tools, missing, folder))


@pytest.mark.parametrize("missing", [driving.NO_LISTENER, driving.NO_SECCOMP],
                         ids=["a listener outside", "no seccomp"])
def test_a_machine_that_cannot_says_so(tools: Path, public_folder: Path, tmp_path: Path,
                                       missing: List[str]) -> None:
    sandbox = poorer_sandbox(tools, missing, public_folder / tmp_path.name)
    assert (sandbox.tier == 1) == (missing == driving.NO_SECCOMP)
    with started(sandbox, tools, "create") as box:
        assert not box.inject("create", errno.EAGAIN) and not box.hold("create", True)
        box.sync()
        assert goes_on(box) and set(box.output.head) == set(b".")


def test_a_box_that_is_killed_takes_all_with_it(tools: Path, faults: Faults) -> None:
    box = faults("create")
    box.hold("create", True)
    os.kill(box.pid, signal.SIGKILL)
    assert eventually(lambda: not left_over(tools / "faults"))
    assert not box.inject("create", errno.EAGAIN)


def test_what_is_held_can_be_ended(tools: Path, faults: Faults) -> None:
    box = faults("threads")
    box.hold("create", True)
    box.close()
    assert left_over(tools / "faults") == []
