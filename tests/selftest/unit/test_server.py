"""How long a server is waited for, with a made-up clock; and what is said of one that is gone."""
from __future__ import annotations

import signal
import socket
from functools import partial
from pathlib import Path
from typing import Callable, Iterable, Iterator, List, Optional, cast

import pytest

from checks import server as server_module
from checks.allowance import Allowance
from checks.client import Arrivals
from checks.family import Tree
from checks.server import (ASLEEP_FACTOR, CPU_BUDGET, LOOK, PATIENCE, QUIET, RESTLESS_PATIENCE,
                           SETTLE_PATIENCE, SETTLED, SPINNING, STEP, STUCK_FACTOR, Server)
from checks.verdict import CheckFailed, Inconclusive
from sandbox.sandbox import Sandbox
from selftest.unit.made_up import IDLE, MadeUpSandbox, Printed, process, server_in
from watching import calls
from watching.pace import Pace
from watching.procfs import Task
from watching.quiet import Activity

ASLEEP = Activity(1.0, frozenset({7}), False)
STUCK = Activity(1.0, frozenset({7}), True)
CLOSE = 3 * LOOK  # looks are so far apart, and begin so late: about so long may pass unnoticed
Activities = Callable[[float], Optional[Activity]]


class Clock:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(server_module, "time", made)
    monkeypatch.setattr(server_module, "Pace",
                        partial(Pace, clock=made.monotonic, cpu_time=lambda: 0.0))
    monkeypatch.setattr(Arrivals, "wait", lambda _, seconds: made.sleep(seconds))
    return made


class Scripted(Server):
    """A server that does what a function of the time says."""

    def __init__(self, clock: Clock, activities: Activities, share: float = 0.0,
                 sandbox: Optional[MadeUpSandbox] = None) -> None:
        """`share`: the part of the time that it gets as CPU time."""
        super().__init__(cast(Sandbox, sandbox or MadeUpSandbox()), Path("/nowhere/mp_server"))
        self.clock, self.activities, self.share = clock, activities, share

    def activity(self, tree: Optional[Tree] = None) -> Optional[Activity]:
        return self.activities(self.clock.now)

    def cpu_time(self, tree: Optional[Tree] = None) -> float:
        return self.share * self.clock.now


def never() -> bool:
    return False


def test_a_sleeping_server_is_waited_for_until_it_is_quiet(clock: Clock) -> None:
    assert Scripted(clock, lambda _: ASLEEP).wait(never) is False
    assert QUIET < clock.now < QUIET + CLOSE


def test_one_that_cannot_be_woken_is_waited_for_longer(clock: Clock) -> None:
    assert Scripted(clock, lambda _: STUCK).wait(never) is False
    assert STUCK_FACTOR * QUIET < clock.now < STUCK_FACTOR * QUIET + CLOSE


def test_what_comes_late_is_seen(clock: Clock) -> None:
    waiting = Scripted(clock, lambda _: ASLEEP)
    assert waiting.wait(lambda: clock.now > QUIET - STEP) is True


def test_a_server_that_wakes_up_now_and_then_is_given_up(clock: Clock) -> None:
    def ticking(now: float) -> Activity:
        return Activity(float(int(now)), frozenset({7}), False)  # it runs once a second

    assert Scripted(clock, ticking).wait(never) is False
    assert ASLEEP_FACTOR * QUIET < clock.now < ASLEEP_FACTOR * QUIET + 1 + CLOSE


def test_a_spinning_server_has_a_budget_of_cpu_time(clock: Clock) -> None:
    """However slowly it gets it: here, half of the time of a CPU."""
    assert Scripted(clock, lambda _: None, share=0.5).wait(never) is False
    assert 2 * CPU_BUDGET < clock.now < 2 * CPU_BUDGET + CLOSE


def test_a_starved_server_makes_a_check_inconclusive(clock: Clock) -> None:
    with pytest.raises(Inconclusive, match=r"too busy \(the server got 0\.6 s of CPU time in 60 s"):
        Scripted(clock, lambda _: None, share=0.01).wait(never)
    assert PATIENCE < clock.now < PATIENCE + CLOSE


def test_a_call_that_waits_for_the_box_is_no_sleep(clock: Clock) -> None:
    """The box deals with it when it is asked to, and then it shows that there is more to do."""
    sandbox = MadeUpSandbox()
    waiting = Scripted(clock, lambda _: ASLEEP, sandbox=sandbox)
    dealt_with: List[float] = []

    def deal() -> None:
        if not dealt_with:
            waiting.activities = lambda now: Activity(2.0, frozenset({7}), False)
        dealt_with.append(clock.now)

    sandbox.box.on_sync = deal
    assert waiting.wait(lambda: clock.now > 2 * QUIET - STEP) is True
    assert QUIET < dealt_with[0] < QUIET + CLOSE


def test_who_sleeps_by_the_clock_is_seen_from_then_on(
        clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thread 8 does so before there is anything to do: a timer."""
    naps = {8: "nanosleep"}
    server = Scripted(clock, lambda _: ASLEEP)
    monkeypatch.setattr(server, "tasks", lambda: [Task(7, tid, "S", 0.5, 0.5) for tid in (7, 8)])
    monkeypatch.setattr(calls, "sleeping_by_the_clock", lambda *_: dict(naps))
    server.wait(never)
    dozing = server.watch_naps()
    server.wait(never)
    assert (dozing.seconds, dozing.calls) == (0.0, {})
    naps[7] = "clock_nanosleep"
    server.wait(never)
    assert QUIET - CLOSE < dozing.seconds < QUIET + CLOSE
    assert dozing.calls == {7: "clock_nanosleep"}


def test_a_server_that_has_used_its_allowance_fails(clock: Clock) -> None:
    class Spent(Allowance):
        def check(self, done: str) -> None:
            raise CheckFailed(done + "waited", "", "too long", "takes-too-long")

    server = Scripted(clock, lambda _: None)
    server.allowance, server.lately = Spent(), "one came; then "
    with pytest.raises(CheckFailed, match="too long") as caught:
        server.wait(never)
    assert caught.value.done == "one came; then waited"
    assert server.wait(lambda: True) is True  # what has come already counts


def test_cpu_time_does_not_run_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that is reaped after its parent was read is missing in what was read."""
    server = server_in(MadeUpSandbox())
    readings = iter([[1.0, 5.0], [1.0], [6.0]])
    monkeypatch.setattr(server.box, "tree", lambda: {
        number: process(number)._replace(own_time=seconds)
        for number, seconds in enumerate(next(readings))})
    assert [server.cpu_time() for _ in range(3)] == [6.0, 6.0, 6.0]


def test_settling_takes_as_long_as_the_server_is_busy(clock: Clock) -> None:
    Scripted(clock, lambda now: None if now < 1.0 else ASLEEP).settle()
    assert 1.0 + SETTLED <= clock.now < 1.0 + SETTLED + CLOSE


def test_a_restless_server_is_waited_for_once(clock: Clock) -> None:
    spinning = Scripted(clock, lambda _: None, share=1.0)
    spinning.settle()
    first = (1 + SPINNING) * SETTLE_PATIENCE
    assert first < clock.now < first + 2 * CLOSE
    before = clock.now
    spinning.settle()
    assert RESTLESS_PATIENCE < clock.now - before < RESTLESS_PATIENCE + 2 * CLOSE


def test_a_machine_that_is_busy_is_no_restless_server(clock: Clock) -> None:
    """It needs some more CPU time until it is quiet, and gets it late."""
    late = SETTLE_PATIENCE + 10.0
    Scripted(clock, lambda now: None if now < late else ASLEEP, share=0.005).settle()
    assert late + SETTLED <= clock.now < late + SETTLED + CLOSE


def test_settling_comes_to_an_end(clock: Clock) -> None:
    Scripted(clock, lambda _: None).settle()
    assert PATIENCE < clock.now < PATIENCE + CLOSE


ENDINGS = [
    (None, "is still running, but no longer listens"),
    (-1, "has ended, together with the box around it"),
    (3 << 8, "ended with status 3"),
    (int(signal.SIGABRT), "was killed by signal 6 (Aborted)")]


@pytest.mark.parametrize("status, words", ENDINGS)
def test_how_a_server_ended(status: Optional[int], words: str) -> None:
    sandbox = MadeUpSandbox()
    server = server_in(sandbox)
    sandbox.box.ended = status
    sandbox.box.processes.clear()
    assert server.ending() == words


def test_a_server_that_the_sandbox_has_ended_is_told_why() -> None:
    sandbox = MadeUpSandbox()
    sandbox.box.ended, sandbox.box.reason = 9, "it used more memory than it may"
    assert server_in(sandbox).ending() == ("was ended by the sandbox: it used more memory than it "
                                           "may")


@pytest.mark.parametrize("number, words", [(1, "it left 1 process running"),
                                           (2, "it left 2 processes running")])
def test_what_it_left_behind(number: int, words: str) -> None:
    sandbox = MadeUpSandbox()
    server = server_in(sandbox)
    sandbox.box.ended = 0
    sandbox.box.processes = {pid: process(pid) for pid in range(IDLE + 1, IDLE + 1 + number)}
    assert server.ending() == f"ended with status 0; {words}"


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_a_refused_client_is_told_how_the_server_ended(unused_port: int) -> None:
    sandbox = MadeUpSandbox()
    server = server_in(sandbox)
    server.port, server.lately = unused_port, "fork() failed for a client; then "
    sandbox.box.ended = 1 << 8
    sandbox.box.processes.clear()
    with pytest.raises(CheckFailed) as caught:
        server.connect()
    assert caught.value.done == "fork() failed for a client; then a client connected"
    assert str(caught.value) == "connection refused: the server ended with status 1"


def test_a_client_that_the_machine_keeps_from_connecting_blames_nobody() -> None:
    def make() -> socket.socket:
        raise OSError("no buffer")

    sandbox = MadeUpSandbox()
    sandbox.box.make_socket = make
    with pytest.raises(Inconclusive, match="no buffer"):
        server_in(sandbox).connect()


def zombies_of(parents: Iterable[int]) -> List[int]:
    """Returns the parents of those zombies that count for the server."""
    sandbox = MadeUpSandbox()
    server = server_in(sandbox)
    for pid, parent in enumerate(parents, start=IDLE + 1):
        sandbox.box.processes[pid] = process(pid, "Z", parent)
    assert server.live() == server.idle
    return [zombie.parent for zombie in server.zombies()]


def test_only_zombies_whose_parent_lives_are_the_server_s() -> None:
    assert zombies_of([IDLE, 1, IDLE]) == [IDLE, IDLE]


def test_the_announced_port_is_found_in_what_was_printed() -> None:
    sandbox = MadeUpSandbox()
    server = server_in(sandbox)
    sandbox.box.output = Printed(b"hello\nlistening on 40123\n")
    assert server._announced_port() == 40123
