"""How long the checks of one server may take, with a made-up clock."""
from __future__ import annotations

import os
from typing import List

import pytest

from checks import allowance as allowance_module
from checks.allowance import ALLOWED, MORE, OTHERS, Allowance, Used, busy_time
from checks.verdict import CheckFailed
from watching import procfs

CORES = 4


class Machine:
    """A machine on which this grading, and others, use so much of the CPUs' time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, own: float, others: float) -> None:
        self.now, self.own, self.others = 0.0, own, others
        self.asked = 0
        monkeypatch.setattr(allowance_module, "time", self)
        self.allowance = Allowance(self.use, CORES)

    def monotonic(self) -> float:
        return self.now

    def use(self) -> Used:
        """Whatever was used before this grading does not matter."""
        self.asked += 1
        whole = CORES * self.now
        return Used(self.now, 1000.0 + (self.own + self.others) * whole, 70.0 + self.own * whole)

    def lasts(self) -> float:
        """Returns when the server has used its allowance, in whole seconds; gives up after 300."""
        while self.now < 300:
            self.allowance.check("one came; then ")
            self.now += 1
        return self.now


def failure(machine: Machine) -> CheckFailed:
    """Returns the failure of a server that uses its allowance."""
    with pytest.raises(CheckFailed) as caught:
        machine.lasts()
    return caught.value


@pytest.mark.parametrize("own, others, share", [
    (0.0, 0.0, "0%"), (1.0, 0.0, "100%"), (0.25, 0.0, "25%"), (0.5, OTHERS - 0.01, "50%")])
def test_a_server_may_take_so_long_whatever_it_does(monkeypatch: pytest.MonkeyPatch, own: float,
                                                    others: float, share: str) -> None:
    machine = Machine(monkeypatch, own, others)
    found = failure(machine)
    assert machine.now == ALLOWED and found.symptom == "takes-too-long"
    assert found.done == "one came; then waited for the server"
    assert found.seen == ["they have taken 45 s by now", f"of the machine's CPU time, {share} was "
                          "used by the server and the checker"]


@pytest.mark.parametrize("own, others", [(0.0, OTHERS + 0.01), (0.5, 0.5), (0.0, 1.0)])
def test_a_machine_that_is_busy_with_others_is_to_blame(monkeypatch: pytest.MonkeyPatch,
                                                        own: float, others: float) -> None:
    assert Machine(monkeypatch, own, others).lasts() == 300


def test_when_others_have_ended_the_server_is_to_blame_again(
        monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, 0.1, 0.0)
    until = 100.0

    def use() -> Used:
        idle = Machine.use(machine)
        return idle._replace(busy=idle.busy + CORES * min(machine.now, until) * 0.5)

    machine.allowance = Allowance(use, CORES)
    failure(machine)
    # Others had half of all until then: that is less than OTHERS of what has passed by now.
    assert until * 0.5 / OTHERS <= machine.now <= until * 0.5 / OTHERS + MORE


def test_a_busy_machine_is_asked_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, 0.0, 1.0)
    machine.lasts()
    assert machine.asked <= 1 + (300 - ALLOWED) / MORE + 1


def test_where_nobody_knows_what_others_do_no_server_is_to_blame(
        monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, 0.1, 0.0)
    machine.allowance = Allowance(lambda: machine.use()._replace(busy=0.0), CORES)
    assert machine.lasts() == 300


def test_the_time_of_the_machine_s_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Idle and waiting for disks (the fourth and the fifth) is not busy; guests (the last two) are
    in the first two."""
    asked: List[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return b"cpu  1 2 4 1000 2000 8 16 32 64 128\ncpu0 1 2 4 1000 2000 8 16 32 64 128\n"

    monkeypatch.setattr(procfs, "read", read)
    assert busy_time() == 63 / procfs.TICK and asked == ["/proc/stat"]


def test_a_machine_without_proc_stat_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: str) -> bytes:
        raise PermissionError(path)

    monkeypatch.setattr(procfs, "read", read)
    assert busy_time() == 0.0


def test_what_this_grading_has_used_is_less_than_the_machine_has() -> None:
    begin = allowance_module.used(os.getpid())
    while allowance_module.used(os.getpid()).own - begin.own < 0.05:
        pass
    now = allowance_module.used(os.getpid())
    assert 0.05 <= now.own - begin.own
    assert begin.clock < now.clock
