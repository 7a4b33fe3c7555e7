"""When did a thread sleep? Told from looks at made-up threads."""
from __future__ import annotations

from typing import List, Tuple

import pytest

from watching.course import RESUMED, Account, Course, by_process
from watching.procfs import Task

STEP = 0.01  # seconds from look to look


def followed(looks: List[Tuple[str, float, float]], there: bool = True) -> Course:
    """Returns the course of a thread that was seen so: in that state, having run and waited for so
    long since the look before."""
    task = Task(7, 8, "R", 1.0, 2.0) if there else Task(7, 8, "R", 0.0, 0.0)
    account = Account(task, 100.0, 100.0, there)
    now = 100.0
    for state, run, waited in looks:
        task = task._replace(state=state, run=task.run + run, waiting=task.waiting + waited)
        account.note(task, now, now + STEP)
        now += STEP
    return account.course()


RUNS, SLEEPS = ("R", STEP, 0.0), ("S", 0.0, 0.0)
STARVES = ("R", 0.0, 0.0)  # what it waits is known only later


def test_a_thread_that_runs_does_not_sleep() -> None:
    course = followed([RUNS] * 5)
    assert course.run == pytest.approx(5 * STEP) and course.asleep == 0.0


def test_a_thread_that_waits_for_a_cpu_does_not_sleep() -> None:
    course = followed([STARVES] * 8 + [RUNS])
    assert course.asleep == 0.0 and course.awake == pytest.approx(9 * STEP)


def test_a_thread_that_ran_between_two_looks_was_awake() -> None:
    assert followed([("S", 0.6 * STEP, 0.0)] * 5).asleep == 0.0
    assert followed([("S", 0.2 * STEP, 0.6 * STEP)] * 5).asleep == 0.0


def test_a_thread_that_waits_for_a_lock_and_then_runs_has_slept() -> None:
    course = followed([SLEEPS] * 6 + [RUNS] * 2)
    assert course.asleep == pytest.approx(6 / 8)


def test_what_follows_the_work_is_no_sleep_before_it() -> None:
    course = followed([RUNS] * 2 + [SLEEPS] * 8)
    assert course.asleep == 0.0
    assert course.idle == pytest.approx(8 * STEP)


def test_waking_up_for_a_moment_is_no_going_on() -> None:
    wakes = ("R", RESUMED / 2, 0.0)
    assert followed([RUNS] * 2 + [SLEEPS] * 8 + [wakes] + [SLEEPS]).asleep == 0.0
    assert followed([RUNS] * 2 + [SLEEPS] * 8 + [RUNS]).asleep == pytest.approx(8 / 11)


def test_a_thread_that_tries_and_sleeps_sleeps() -> None:
    tries = ("S", 0.02 * STEP, 0.0)
    assert followed([tries] * 9 + [RUNS]).asleep > 0.8


def test_one_that_never_woke_up_is_idle() -> None:
    course = followed([SLEEPS] * 5)
    assert course.asleep == 0.0 and course.idle == pytest.approx(5 * STEP)


def test_one_that_was_not_there_slept() -> None:
    task = Task(7, 8, "R", 0.0, 0.0)
    account = Account(task, 100.0, 100.0 + 9 * STEP, there=False)
    account.note(task._replace(run=STEP), 100.0 + 9 * STEP, 100.0 + 10 * STEP)
    assert account.course().asleep == pytest.approx(0.9)


def test_threads_are_summed_up_by_process() -> None:
    most = Course(7, 9, 2.0, 0.5, 3.0, 0.5)
    found = by_process([Course(7, 7, 1.0, 0.0, 1.0, 0.0), most, Course(6, 6, 0.5, 0.0, 1.0, 0.0)])
    assert [(one.pid, one.tid, one.run) for one in found] == [(7, 7, 3.0), (6, 6, 0.5)]
    assert found[0].slept == 0.5
