"""The verdict on parallelism, from recorded observations: of the solution and of submissions of the
corpus, on a machine with two busy cores. Nothing is started here."""
from __future__ import annotations

import os
from typing import Any, Dict, List, Set

import pytest

from checks.asking import fib
from checks.speedup import ASLEEP, AWAKE, BEGUN_SHARE, LEAST_SHARE, RUN_SHARE, SERIAL_SHARE
from checks.speedup import STARVED, Goal, Observation, Meaning, only_cpu, meaning_of
from checks.work_of_eight import ENOUGH, SHARED, SPINNING, work_words
from checks.workload import LARGEST

COST = 0.343  # seconds of CPU of one request, on the machine of the recordings
BEGIN = Goal(7, COST, AWAKE, reading=True)
COMPUTE = Goal(7, COST, RUN_SHARE * COST, reading=False)
RIGHT = str(fib(LARGEST))
NONE = [None] * 7

# CPU time in milliseconds: of the server's first task, the child of the warm-up, those for clients.
SOLUTION_BEGINS = [0.05, 6.25, 0.01, 3.02, 6.22, 3.66, 0.05, 0.15, 0.02]
SOLUTION_HALFWAY = [0.11, 21.6, 4.36, 16.5, 9.97, 3.66, 6.19, 5.69, 0.02]
SOLUTION_COMPUTES = [0.11, 95.3, 28.8, 90.3, 36.1, 31.5, 29.9, 32.5, 0.02]
LOCK_THAT_SPINS = [0.08, 0.12, 10.4, 0.13, 0.16, 29.8, 10.3, 10.2, 0.02]
LOCK_WITH_A_MUTEX = [0.06, 0.04, 200.2, 0.05, 313.4, 317.8, 0.05, 0.04, 0.03]
LOOP_INSTEAD_OF_RECURSION = [0.10, 0.02, 0.01, 0.03]
ONE_THREAD_COMPUTES = [0.04, 8.79, 0.01, 0.04, 0.03, 0.02, 0.03, 0.03, 0.03, 0.05]


def observed(milliseconds: List[float], **more: Any) -> Observation:
    """Returns an observation of tasks that have run so long; by default, nobody has a reply yet."""
    tasks = {1000 + at: time / 1000 for at, time in enumerate(milliseconds)}
    run = sum(tasks.values())
    values: Dict[str, Any] = dict(wall=0.1, tasks=tasks, waiting=0.0, cpu_time=run, used=run,
                                  lines=NONE, ended=0, unread=True, asleep=0.0)
    values.update(more)
    return Observation(**values)


# --- the requests begin ---

def test_all_read_and_one_computing_is_begun() -> None:
    seen = observed(SOLUTION_BEGINS, wall=0.0305, waiting=0.0341, unread=False)
    assert meaning_of(seen, BEGIN) is Meaning.PARALLEL


def test_a_request_that_nobody_has_read_is_waited_for() -> None:
    assert meaning_of(observed(SOLUTION_BEGINS), BEGIN) is Meaning.WAIT


def test_seven_tasks_that_spin_for_a_lock_have_begun_though_not_all_have_read() -> None:
    assert meaning_of(observed(LOCK_THAT_SPINS), BEGIN) is Meaning.PARALLEL


def test_all_read_but_nobody_computing_is_waited_for() -> None:
    seen = observed([0.2] * 8, unread=False)
    assert meaning_of(seen, BEGIN) is Meaning.WAIT


def test_one_thread_that_computes_for_all_has_begun_when_all_are_read() -> None:
    assert meaning_of(observed(ONE_THREAD_COMPUTES, unread=False), BEGIN) is Meaning.PARALLEL


def test_no_task_at_all_is_waited_for() -> None:
    assert meaning_of(observed([], unread=False), BEGIN) is Meaning.WAIT


def test_a_task_that_has_only_woken_up_does_not_count() -> None:
    just = 1000 * BEGUN_SHARE * COST
    seen = observed([2 * just] + [1000 * AWAKE] * 6)
    assert meaning_of(seen, BEGIN) is Meaning.WAIT
    assert meaning_of(observed([2 * just] + [1001 * AWAKE] * 6), BEGIN) is Meaning.PARALLEL


# --- the requests are computed ---

def test_seven_that_have_computed_are_parallel() -> None:
    assert meaning_of(observed(SOLUTION_COMPUTES), COMPUTE) is Meaning.PARALLEL


def test_some_that_have_computed_are_waited_for() -> None:
    assert meaning_of(observed(SOLUTION_HALFWAY), COMPUTE) is Meaning.WAIT


def test_that_all_have_been_read_is_not_enough_for_parallel() -> None:
    assert meaning_of(observed(ONE_THREAD_COMPUTES, unread=False), COMPUTE) is Meaning.WAIT


def test_three_that_have_used_the_time_of_all_are_serial() -> None:
    lines = [None, None, RIGHT, RIGHT, None, None, None]
    seen = observed(LOCK_WITH_A_MUTEX, wall=1.2, lines=lines, ended=2, used=0.8255)
    assert meaning_of(seen, COMPUTE) is Meaning.SERIAL
    assert len(seen.busy(COMPUTE.least)) == 3


def test_the_budget_is_what_was_used_since_the_wait_began() -> None:
    seen = observed(LOCK_WITH_A_MUTEX, used=SERIAL_SHARE * COST - 0.001)
    assert meaning_of(seen, COMPUTE) is Meaning.WAIT


def test_seven_of_a_busy_machine_that_ran_at_last_are_parallel_not_serial() -> None:
    seen = observed([RUN_SHARE * COST * 1001] * 7, used=SERIAL_SHARE * COST, wall=55.0)
    assert meaning_of(seen, COMPUTE) is Meaning.PARALLEL


# --- replies without work ---

@pytest.mark.parametrize("goal", [BEGIN, COMPUTE])
def test_right_replies_without_cpu_time_are_memoised(goal: Goal) -> None:
    seen = observed(LOOP_INSTEAD_OF_RECURSION, lines=[RIGHT] * 7, ended=7, unread=False)
    assert meaning_of(seen, goal) is Meaning.MEMOISED


def test_one_right_reply_without_cpu_time_is_enough() -> None:
    lines = [None, None, RIGHT, None, None, None, None]
    seen = observed([1.0] * 8, lines=lines, cpu_time=LEAST_SHARE * COST - 0.001)
    assert meaning_of(seen, COMPUTE) is Meaning.MEMOISED


def test_a_right_reply_after_work_is_none() -> None:
    lines = [None, None, RIGHT, None, None, None, None]
    seen = observed([1.0] * 8, lines=lines, cpu_time=LEAST_SHARE * COST)
    assert meaning_of(seen, COMPUTE) is Meaning.WAIT


def test_a_wrong_reply_without_cpu_time_is_not_memoised() -> None:
    seen = observed([0.1] * 8, lines=["error: too large"] * 7, ended=6)
    assert meaning_of(seen, COMPUTE) is Meaning.WAIT


# --- when nothing more comes ---

def test_connections_that_have_all_ended_end_the_wait() -> None:
    assert meaning_of(observed([0.1] * 8, ended=7), COMPUTE) is Meaning.ENDED
    assert meaning_of(observed([0.1] * 8, ended=6), COMPUTE) is Meaning.WAIT


def test_a_server_that_sleeps_without_a_reply_is_asleep() -> None:
    assert meaning_of(observed([0.1] * 8, asleep=ASLEEP + 0.01), BEGIN) is Meaning.ASLEEP
    assert meaning_of(observed([0.1] * 8, asleep=ASLEEP), BEGIN) is Meaning.WAIT


def test_a_server_that_sleeps_after_a_reply_is_waited_for() -> None:
    lines = ["error: not now", None, None, None, None, None, None]
    assert meaning_of(observed([0.1] * 8, lines=lines, asleep=5.0), BEGIN) is Meaning.WAIT


def test_a_machine_that_gives_no_cpu_time_starves_it() -> None:
    assert meaning_of(observed([0.1] * 8, wall=STARVED + 1), COMPUTE) is Meaning.STARVED
    assert meaning_of(observed([0.1] * 8, wall=STARVED), COMPUTE) is Meaning.WAIT


def test_a_verdict_that_is_due_comes_before_starvation() -> None:
    assert meaning_of(observed(SOLUTION_COMPUTES, wall=90.0), COMPUTE) is Meaning.PARALLEL
    seen = observed(LOCK_WITH_A_MUTEX, wall=90.0)
    assert meaning_of(seen, COMPUTE) is Meaning.SERIAL


# --- what is said of a parallel server ---

def test_the_speed_up_is_that_of_idle_cores() -> None:
    """On two cores seven tasks run for two, and wait for five more."""
    seen = observed(SOLUTION_COMPUTES, wall=0.218, waiting=0.9987)
    assert seen.speed_up() == pytest.approx(6.16, abs=0.01)
    alone = observed([100.0, 0.0], wall=0.1)
    assert alone.speed_up() == pytest.approx(1.0)


@pytest.mark.parametrize("allowed, cores, cpu", [
    ({1: {0, 1}, 2: {0, 1}}, 2, None),
    ({1: {0}, 2: {1}}, 2, None),  # each on one of its own
    ({1: {1}, 2: {1}}, 2, 1),
    ({1: {0}, 2: {0}}, 1, None),  # there is no other
])
def test_tasks_on_one_cpu_are_found(monkeypatch: pytest.MonkeyPatch, allowed: Dict[int, Set[int]],
                                    cores: int, cpu: int) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", allowed.__getitem__)
    assert only_cpu(list(allowed), cores) == cpu


def test_tasks_that_have_ended_are_not_said_to_be_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(_: int) -> Set[int]:
        raise ProcessLookupError

    monkeypatch.setattr(os, "sched_getaffinity", ended)
    assert only_cpu([1], 2) is None


# --- step 3: the work of eight ---

@pytest.mark.parametrize("before, eight, after, words", [
    (0.050, 0.400, 0.050, ENOUGH),
    (0.050, 0.790, 0.049, ENOUGH),  # two hyperthreads
    (0.050, 0.199, 0.051, SHARED),
    (0.050, 0.201, 0.090, ENOUGH),  # the lower of the two counts
    (0.050, 0.801, 0.050, SPINNING),
    (0.050, 0.801, 0.051, ENOUGH),  # the higher of the two counts
    (0.001, 0.001, 0.001, SHARED),  # a cache: eight times nothing would be right
    (0.001, 0.049, 0.001, SHARED),
    (0.001, 0.051, 0.001, SPINNING),
])
def test_the_work_of_eight(before: float, eight: float, after: float, words: str) -> None:
    assert work_words(before, eight, after) == words
