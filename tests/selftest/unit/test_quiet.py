"""Has it fallen quiet? With a made-up clock that counts milliseconds."""
from __future__ import annotations

import os
from typing import Iterable, Optional

import pytest

from selftest.unit.made_up import process
from watching import procfs, quiet
from watching.quiet import Activity, Quiet

RUNNABLE = None


def at_rest(run: float = 1.0, threads: Iterable[int] = (7,), stuck: bool = False) -> Activity:
    return Activity(run, frozenset(threads), stuck)


def followed(*seen: Optional[Activity], step: int = 10) -> Quiet:
    """Returns what is known after so many looks, 10 ms apart; the first one begins."""
    watched = Quiet(0, seen[0])
    for number, activity in enumerate(seen[1:], start=1):
        watched.note(number * step, activity)
    return watched


def test_nothing_has_been_asleep_at_the_beginning() -> None:
    watched = followed(at_rest())
    assert (watched.asleep, watched.asleep_in_all) == (0, 0)


def test_what_never_runs_is_asleep_since_the_beginning() -> None:
    watched = followed(*[at_rest()] * 6)
    assert (watched.asleep, watched.asleep_in_all) == (50, 50)


def test_a_runnable_thread_begins_the_count_anew() -> None:
    watched = followed(at_rest(), at_rest(), RUNNABLE, at_rest(), at_rest(), at_rest())
    assert watched.asleep == 20


def test_a_starved_thread_is_never_taken_for_a_sleeping_one() -> None:
    watched = followed(*[RUNNABLE] * 100)
    assert (watched.asleep, watched.asleep_in_all) == (0, 0)


def test_a_thread_that_ran_between_two_looks_begins_the_count_anew() -> None:
    watched = followed(at_rest(run=1.0), at_rest(run=1.0), at_rest(run=1.001), at_rest(run=1.001))
    assert watched.asleep == 10


@pytest.mark.parametrize("threads", [(7, 8), (), (9,)], ids=["one more", "none left", "another"])
def test_a_change_of_threads_is_activity(threads: Iterable[int]) -> None:
    watched = followed(at_rest(), at_rest(), at_rest(threads=threads))
    assert watched.asleep == 0


def test_a_timer_keeps_it_from_being_quiet_but_not_from_sleeping_in_all() -> None:
    ticks = [at_rest(run=number // 3) for number in range(31)]
    watched = followed(*ticks)
    assert watched.asleep <= 20 and watched.asleep_in_all == 300


def test_who_was_seen_waiting_while_another_one_ran_does_not_count_as_sleep() -> None:
    """It creates a process, waits for it, and creates the next one: a look is never in time."""
    one_by_one = [Activity(0.1 * number, frozenset({7, number}), False, steady=False)
                  for number in range(10, 40)]
    watched = followed(*one_by_one)
    assert (watched.asleep, watched.asleep_in_all) == (0, 0)


def test_who_polls_while_looked_at_sleeps_in_all() -> None:
    """A look at a thousand processes takes longer than the pause of the one that polls."""
    watched = followed(*[at_rest(run=number)._replace(steady=False) for number in range(31)])
    assert watched.asleep_in_all == 300


def test_time_before_a_runnable_look_does_not_count_as_sleep() -> None:
    watched = followed(at_rest(), RUNNABLE, RUNNABLE, at_rest())
    assert watched.asleep_in_all == 10


def made_up(monkeypatch: pytest.MonkeyPatch, states: str, channel: bytes = b"0") -> None:
    """Lets process 7 have threads in these states, which sleep in that kernel function."""
    monkeypatch.setattr(procfs, "thread_states", lambda _: enumerate(states, start=7))
    monkeypatch.setattr(procfs, "cpu_clock", lambda _: 1.0)
    monkeypatch.setattr(procfs, "read", lambda _: channel)


@pytest.mark.parametrize("states, channel, seen", [
    ("S", b"0", at_rest()),
    ("T", b"0", at_rest()),
    ("SR", b"0", RUNNABLE),
    ("SD", b"io_schedule", RUNNABLE),  # it waits for the machine
    ("SD", b"percpu_rwsem_wait", RUNNABLE),  # in fork(2), for the kernel's own lock
    ("SD", b"0", RUNNABLE),  # a kernel that does not say
    ("DR", b"kernel_clone", RUNNABLE),
    ("SD", b"kernel_clone", at_rest(threads=(7, 8), stuck=True)),
    ("D", b"_do_fork", at_rest(stuck=True)),
])
def test_what_counts_as_asleep(monkeypatch: pytest.MonkeyPatch, states: str, channel: bytes,
                               seen: Optional[Activity]) -> None:
    made_up(monkeypatch, states, channel)
    assert quiet.activity_of({7: process(7)}) == seen


def test_what_has_ended_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procfs, "cpu_clock", lambda _: 1.0)
    assert quiet.activity_of({7: process(7, "Z")}) == at_rest(run=0.0, threads=())


def test_a_glance_sees_who_runs_or_ends() -> None:
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(theirs)
        os.read(ours, 1)
        os._exit(0)
    os.close(ours)
    while dict(procfs.tree(os.getpid()))[child].state != "S":
        pass
    asleep = quiet.glance([child])
    assert quiet.glance([child]) == asleep > 0
    os.close(theirs)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    ended = quiet.glance([child])
    assert ended != asleep
    os.waitpid(child, 0)
    assert quiet.glance([child]) == 0


def test_what_waits_in_vfork_is_told_apart() -> None:
    assert followed(at_rest(), at_rest(stuck=True)).stuck
    assert not followed(at_rest(stuck=True), at_rest()).stuck
    assert not followed(at_rest(stuck=True), RUNNABLE).stuck


def test_looks_may_come_at_any_distance() -> None:
    watched = Quiet(1000, at_rest())
    for now in (1001, 1500, 1501, 4000):
        watched.note(now, at_rest())
    assert watched.asleep == 3000
