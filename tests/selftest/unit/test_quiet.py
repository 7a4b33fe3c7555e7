"""Has it fallen quiet? With a made-up clock that counts milliseconds."""
from typing import Iterable, Optional

import pytest

from watching.quiet import Activity, Quiet

RUNNABLE = None


def at_rest(run: float = 1.0, threads: Iterable[int] = (7,), stuck: bool = False) -> Activity:
    return Activity(run, frozenset(threads), stuck)


def followed(*seen: Optional[Activity], step: int = 10) -> Quiet:
    """Returns what is known after so many looks, 10 ms apart; the first one begins."""
    quiet = Quiet(0, seen[0])
    for number, activity in enumerate(seen[1:], start=1):
        quiet.note(number * step, activity)
    return quiet


def test_nothing_has_been_asleep_at_the_beginning() -> None:
    quiet = followed(at_rest())
    assert (quiet.asleep, quiet.asleep_in_all) == (0, 0)


def test_what_never_runs_is_asleep_since_the_beginning() -> None:
    quiet = followed(*[at_rest()] * 6)
    assert (quiet.asleep, quiet.asleep_in_all) == (50, 50)


def test_a_runnable_thread_begins_the_count_anew() -> None:
    quiet = followed(at_rest(), at_rest(), RUNNABLE, at_rest(), at_rest(), at_rest())
    assert quiet.asleep == 20


def test_a_starved_thread_is_never_taken_for_a_sleeping_one() -> None:
    quiet = followed(*[RUNNABLE] * 100)
    assert (quiet.asleep, quiet.asleep_in_all) == (0, 0)


def test_a_thread_that_ran_between_two_looks_begins_the_count_anew() -> None:
    quiet = followed(at_rest(run=1.0), at_rest(run=1.0), at_rest(run=1.001), at_rest(run=1.001))
    assert quiet.asleep == 10


@pytest.mark.parametrize("threads", [(7, 8), (), (9,)], ids=["one more", "none left", "another"])
def test_a_change_of_threads_is_activity(threads: Iterable[int]) -> None:
    quiet = followed(at_rest(), at_rest(), at_rest(threads=threads))
    assert quiet.asleep == 0


def test_a_timer_keeps_it_from_being_quiet_but_not_from_sleeping_in_all() -> None:
    ticks = [at_rest(run=number // 3) for number in range(31)]
    quiet = followed(*ticks)
    assert quiet.asleep <= 20 and quiet.asleep_in_all == 300


def test_time_before_a_runnable_look_does_not_count_as_sleep() -> None:
    quiet = followed(at_rest(), RUNNABLE, RUNNABLE, at_rest())
    assert quiet.asleep_in_all == 10


def test_uninterruptible_sleep_is_told_apart() -> None:
    assert followed(at_rest(), at_rest(stuck=True)).stuck
    assert not followed(at_rest(stuck=True), at_rest()).stuck
    assert not followed(at_rest(stuck=True), RUNNABLE).stuck


def test_looks_may_come_at_any_distance() -> None:
    quiet = Quiet(1000, at_rest())
    for now in (1001, 1500, 1501, 4000):
        quiet.note(now, at_rest())
    assert quiet.asleep == 3000
