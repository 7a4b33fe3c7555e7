"""How long has it slept by the clock? With a made-up clock, and made-up threads."""
from typing import Dict, List

import pytest

from watching.dozing import Dozing
from watching.procfs import Task

SLEEP = "sleep() or nanosleep()"
WORKER, CLEANER, OTHER = 7, 8, 9


def task(tid: int, state: str = "S", run: float = 1.0, waiting: float = 1.0) -> Task:
    return Task(WORKER, tid, state, run, waiting)


def sleeping(*tids: int) -> Dict[int, str]:
    return {tid: SLEEP for tid in tids}


def both_looks(first: List[Task], second: List[Task], seconds: float = 1.0) -> float:
    """Returns what is counted between two looks at which the worker sleeps by the clock."""
    dozing = Dozing()
    dozing.note(10.0, first, sleeping(WORKER))
    dozing.note(10.0 + seconds, second, sleeping(WORKER))
    return dozing.seconds


def test_a_worker_that_sleeps_by_the_clock() -> None:
    dozing = Dozing()
    for now in range(4):
        dozing.note(now, [task(WORKER), task(OTHER)], sleeping(WORKER))
    assert dozing.seconds == 3 and dozing.calls == sleeping(WORKER)


def test_one_look_alone_tells_nothing() -> None:
    dozing = Dozing()
    dozing.note(1000.0, [task(WORKER)], sleeping(WORKER))
    assert dozing.seconds == 0 and not dozing.calls


def test_what_waits_for_something_else_does_not_count() -> None:
    dozing = Dozing()
    for now in range(4):
        dozing.note(now, [task(WORKER)], {})
    assert dozing.seconds == 0


@pytest.mark.parametrize("state", ["R", "D", "T"])
def test_time_in_which_a_thread_could_run_does_not_count(state: str) -> None:
    awake, asleep = [task(WORKER), task(OTHER, state)], [task(WORKER), task(OTHER)]
    assert both_looks(awake, asleep) == both_looks(asleep, awake) == 0
    assert both_looks(asleep, asleep) == 1


def test_neither_does_time_in_which_one_ran_or_waited_for_a_cpu() -> None:
    before = [task(WORKER), task(OTHER, run=2.0, waiting=3.0)]
    after = [task(WORKER), task(OTHER, run=2.1, waiting=3.7)]
    assert both_looks(before, after) == pytest.approx(0.2)
    assert both_looks(before, after, seconds=0.5) == 0  # a starved machine


def test_a_loop_of_short_sleeps_counts() -> None:
    assert both_looks([task(WORKER, run=1.0)], [task(WORKER, run=1.01)]) == pytest.approx(0.99)


def test_it_does_not_where_the_kernel_does_not_count_what_is_starved() -> None:
    assert both_looks([task(WORKER, waiting=0.0)], [task(WORKER, run=1.01, waiting=0.0)]) == 0


def test_threads_that_begin_or_end_make_the_time_uncertain() -> None:
    one, two = [task(WORKER)], [task(WORKER), task(OTHER)]
    assert both_looks(one, two) == both_looks(two, one) == 0


def test_two_that_sleep_one_after_the_other_are_not_one_that_sleeps() -> None:
    dozing = Dozing()
    tasks = [task(WORKER), task(OTHER)]
    dozing.note(0.0, tasks, sleeping(WORKER))
    dozing.note(1.0, tasks, sleeping(OTHER))
    assert dozing.seconds == 0


def test_what_sleeps_in_the_background_is_not_held_against_it() -> None:
    dozing = Dozing()
    dozing.idle(sleeping(CLEANER))
    dozing.idle(())  # just now it does not sleep
    tasks = [task(WORKER), task(CLEANER)]
    for now in range(3):
        dozing.note(now, tasks, sleeping(CLEANER))
    assert dozing.seconds == 0
    for now in range(3, 6):
        dozing.note(now, tasks, sleeping(CLEANER, WORKER))
    assert dozing.seconds == 2 and dozing.calls == sleeping(WORKER)


def test_time_without_a_request_does_not_count() -> None:
    dozing = Dozing()
    dozing.note(0.0, [task(WORKER)], sleeping(WORKER))
    dozing.idle(())
    dozing.note(5.0, [task(WORKER)], sleeping(WORKER))
    assert dozing.seconds == 0
