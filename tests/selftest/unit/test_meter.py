"""How much CPU time a program uses: real processes, and made-up sums of the kernel."""
from __future__ import annotations

import os
import time
from typing import Callable, List

import pytest

from watching import procfs
from watching.meter import Meter

BUSY = 0.05  # seconds of CPU


def compute(seconds: float = BUSY) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def started(act: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            act()
        finally:
            os._exit(0)
    return pid


def nothing() -> float:
    return 0.0


def test_what_a_process_uses_is_counted_from_the_beginning_on() -> None:
    compute()
    meter = Meter(lambda: [os.getpid()], nothing)
    assert meter.cpu_time() < BUSY
    compute()
    assert BUSY <= meter.cpu_time() < 10 * BUSY
    sample = meter.sample()
    assert sample.run >= BUSY and sample.courses[0].run >= BUSY


def test_what_a_process_has_used_is_not_lost_when_it_ends() -> None:
    pids: List[int] = []
    meter = Meter(lambda: pids, nothing)
    pids.append(started(compute))
    os.waitid(os.P_PID, pids[0], os.WEXITED | os.WNOWAIT)
    assert meter.cpu_time() >= BUSY  # a zombie has its clock
    os.waitpid(pids[0], 0)
    assert meter.cpu_time() >= BUSY and meter.sample().run == 0
    pids.clear()
    assert meter.cpu_time() >= BUSY


def test_what_was_never_seen_is_in_what_the_kernel_sums_up() -> None:
    summed = iter([10.0, 12.5])
    meter = Meter(lambda: [], lambda: next(summed))
    assert meter.cpu_time() == 2.5


def test_a_look_at_the_time_used_looks_at_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    meter = Meter(lambda: [os.getpid()], nothing)
    monkeypatch.setattr(procfs, "tasks", lambda _: pytest.fail("looked at threads"))
    assert meter.cpu_time() > 0
