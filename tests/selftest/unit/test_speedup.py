"""The verdicts on parallelism, from made-up observations like those of the solution and of
submissions of the corpus. Nothing is started here."""
from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any, Dict, List, Sequence, Set, Tuple

import pytest

from checks.overtaking import ASLEEP, AWAKE, ENOUGH, LEAST_SHARE, NOTHING, STARVED, Goal, Meaning
from checks.overtaking import Overtaking, few_cpus, in_words, meaning_of, serial_or_decoys
from checks.together import BLIND, Looks, Observation, Unseen, shortfall
from checks.verdict import CheckFailed, Inconclusive
from checks.work_of_eight import LEAST_WORK, MOST_WORK, OWN_SHARE, SLEPT, Costs, Verdict, Work
from checks.work_of_eight import verdict_on, work_of_eight
from watching.course import Course

LONG = [0.343, 0.343, 0.212, 0.212, 0.131, 0.131, 0.081, 0.081]  # seconds of CPU of each request
LEAST, MOST, BEGUN = 0.04, 0.97, 0.003
BEGIN = Goal(LONG, AWAKE, MOST, BEGUN, reading=True)
COMPUTE = Goal(LONG, LEAST, MOST, BEGUN, reading=False)
ENOUGH_RUN = LEAST + 0.001

# Seconds of CPU: of the server's first task, the child of the warm-up, those for clients.
SOLUTION_BEGINS = [0.00005, 0.006, 0.00001, 0.003, 0.006, 0.0037, 0.0001, 0.0001, 0.00002]
SOLUTION_COMPUTES = [0.0001, 0.095, 0.041, 0.090, 0.046, 0.042, 0.041, 0.042, 0.041]
LOCK_WITH_A_MUTEX = [0.0001, 0.0002, 0.200, 0.0002, 0.313, 0.317, 0.0002, 0.0002, 0.0002]
ONE_COMPUTES = [0.0001, 0.95, 0.0002, 0.0002, 0.0002, 0.0002, 0.0002, 0.0002, 0.0002]


def courses_of(runs: Sequence[float], slept: float = 0.0, wall: float = 1.0) -> List[Course]:
    """Returns courses of threads that have run so long; each slept for that part of the time."""
    return [Course(100, 1000 + at, run, slept * wall, wall, slept * wall)
            for at, run in enumerate(runs)]


def observed(runs: Sequence[float], slept: float = 0.0, **more: Any) -> Observation:
    """Returns an observation of such threads; by default, nobody has a reply yet."""
    values: Dict[str, Any] = dict(wall=1.0, courses=courses_of(runs, slept), waiting=0.0,
                                  cpu_time=sum(runs), used=sum(runs), right=[], ended=0,
                                  unread=True, asleep=0.0)
    values.update(more)
    return Observation(**values)


# --- the requests begin ---

def test_all_read_and_one_computing_is_begun() -> None:
    assert meaning_of(observed(SOLUTION_BEGINS, unread=False), BEGIN, 0) is Meaning.PARALLEL


def test_a_request_that_nobody_has_read_is_waited_for() -> None:
    assert meaning_of(observed(SOLUTION_BEGINS), BEGIN, 0) is Meaning.WAIT


def test_eight_threads_that_spin_for_a_lock_have_begun_though_not_all_have_read() -> None:
    assert meaning_of(observed([0.01] * 8), BEGIN, 0) is Meaning.PARALLEL
    assert meaning_of(observed([0.01] * 7), BEGIN, 0) is Meaning.WAIT


def test_all_read_but_nobody_computing_is_waited_for() -> None:
    assert meaning_of(observed([BEGUN] * 8, unread=False), BEGIN, 0) is Meaning.WAIT


def test_requests_that_never_begin_are_serial_when_much_was_used() -> None:
    sleeping = observed([MOST, *[AWAKE] * 7], slept=0.9)
    assert meaning_of(sleeping, BEGIN, 0) is Meaning.SERIAL
    assert meaning_of(observed([MOST]), BEGIN, 0) is Meaning.SERIAL  # there is no other thread
    assert meaning_of(observed([MOST * 0.99]), BEGIN, 0) is Meaning.WAIT
    assert meaning_of(observed([MOST, *[AWAKE] * 7]), BEGIN, 0) is Meaning.WAIT  # a busy machine


# --- the requests are computed ---

def test_eight_that_have_computed_are_parallel() -> None:
    assert meaning_of(observed(SOLUTION_COMPUTES), COMPUTE, 0) is Meaning.PARALLEL


def test_that_all_have_been_read_is_not_enough_for_parallel() -> None:
    seen = observed([*[ENOUGH_RUN] * 7, LEAST], unread=False)
    assert meaning_of(seen, COMPUTE, 0) is Meaning.WAIT


def test_eight_that_have_computed_but_one_of_them_slept_are_serial() -> None:
    seen = observed([ENOUGH_RUN] * 8)
    late = seen.courses[3]._replace(slept=SLEPT + 0.01)
    courses = [*seen.courses[:3], late, *seen.courses[4:]]
    assert meaning_of(seen._replace(courses=courses), COMPUTE, 0) is Meaning.SERIAL


def test_three_that_have_used_the_time_of_all_are_serial() -> None:
    seen = observed(LOCK_WITH_A_MUTEX, slept=0.5, used=MOST)
    assert meaning_of(seen, COMPUTE, 0) is Meaning.SERIAL
    assert meaning_of(seen._replace(used=MOST - 0.001), COMPUTE, 0) is Meaning.WAIT


def test_an_unfair_scheduler_is_not_serial() -> None:
    seen = observed(LOCK_WITH_A_MUTEX, slept=0.0, used=MOST)
    assert meaning_of(seen, COMPUTE, 0) is Meaning.WAIT


def test_much_more_than_all_requests_cost_is_spinning() -> None:
    seen = observed([LEAST] * 8, used=ENOUGH * sum(LONG))
    assert meaning_of(seen, COMPUTE, 0) is Meaning.SPINNING


# --- replies without work ---

@pytest.mark.parametrize("goal", [BEGIN, COMPUTE])
def test_right_replies_without_cpu_time_are_memoised(goal: Goal) -> None:
    seen = observed([0.0001] * 4, right=[40] * 8, ended=8, unread=False)
    assert meaning_of(seen, goal, LONG[0]) is Meaning.MEMOISED


def test_a_reply_after_a_part_of_the_work_is_too_little() -> None:
    just = LEAST_SHARE * LONG[0]
    assert meaning_of(observed([just] * 8), COMPUTE, LONG[0]) is Meaning.TOO_LITTLE
    assert meaning_of(observed([just + 0.001] * 8), COMPUTE, LONG[0]) is Meaning.PARALLEL
    seen = observed([0.9 * NOTHING * LONG[0]])
    assert meaning_of(seen, COMPUTE, LONG[0]) is Meaning.MEMOISED


# --- when nothing more comes ---

def test_connections_that_have_all_ended_end_the_wait() -> None:
    assert meaning_of(observed([0.01] * 8, ended=8), COMPUTE, 0) is Meaning.ENDED
    assert meaning_of(observed([0.01] * 8, ended=7), COMPUTE, 0) is Meaning.WAIT


def test_a_server_that_sleeps_without_a_reply_is_asleep() -> None:
    assert meaning_of(observed([0.0001] * 8, asleep=ASLEEP + 0.01), BEGIN, 0) is Meaning.ASLEEP
    assert meaning_of(observed([0.0001] * 8, asleep=ASLEEP), BEGIN, 0) is Meaning.WAIT


def test_a_machine_that_gives_no_cpu_time_starves_it() -> None:
    assert meaning_of(observed([0.01] * 8, wall=STARVED + 1), COMPUTE, 0) is Meaning.STARVED
    seen = observed(SOLUTION_COMPUTES, wall=90.0)
    assert meaning_of(seen, COMPUTE, 0) is Meaning.PARALLEL


# --- words ---

def test_the_speed_up_is_that_of_idle_cores() -> None:
    """On two cores eight tasks run for two, and wait for six more."""
    seen = observed([0.25] * 8, wall=1.0, waiting=6.0)
    assert seen.speed_up() == pytest.approx(8.0)


def test_one_that_computes_for_all_is_told_from_one_at_a_time() -> None:
    """By whether it was there before the clients came: the threads are 1000 and so on."""
    assert serial_or_decoys(courses_of(ONE_COMPUTES), [1000, 1001], "serial") == "decoys"
    assert serial_or_decoys(courses_of(LOCK_WITH_A_MUTEX), [1000, 1001], "serial") == "serial"
    assert serial_or_decoys(courses_of(ONE_COMPUTES)[:1], [1000], "serial") == "one-for-all"
    assert serial_or_decoys([], [1000], "not-overtaken") == "not-overtaken"


def test_numbers_in_words() -> None:
    assert in_words([40, 39, 38]) == "'40', '39' and '38'"


@pytest.mark.parametrize("allowed, cores, cpus", [
    ({1: {0, 1}, 2: {0, 1}}, 2, set()),
    ({1: {0}, 2: {1}}, 2, set()),  # each on one of its own
    ({1: {1}, 2: {1}}, 2, {1}),
    ({1: {0}, 2: {0}}, 1, set()),  # there is no other
    ({1: {0, 1}, 2: {0, 1}, 3: {0, 1}, 4: {0, 1}}, 8, {0, 1}),
    ({1: {0}, 2: {1}, 3: {2}, 4: {0}}, 8, set()),
])
def test_tasks_on_few_cpus_are_found(monkeypatch: pytest.MonkeyPatch, allowed: Dict[int, Set[int]],
                                     cores: int, cpus: Set[int]) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", allowed.__getitem__)
    assert few_cpus(list(allowed), cores) == cpus


def test_tasks_that_have_ended_are_not_said_to_be_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(_: int) -> Set[int]:
        raise ProcessLookupError

    monkeypatch.setattr(os, "sched_getaffinity", ended)
    assert few_cpus([1], 2) == set()


# --- step 3: the work of eight ---

WHOLE = [0.05, 0.05, 0.031, 0.031, 0.019, 0.019, 0.012, 0.012]
COSTS = Costs(WHOLE, WHOLE)


def test_the_work_of_a_right_server() -> None:
    assert verdict_on(observed(WHOLE), COSTS) is Verdict.RIGHT


@pytest.mark.parametrize("share, verdict", [
    (0.0, Verdict.SHARED), (0.4, Verdict.TOO_LITTLE), (LEAST_WORK - 0.01, Verdict.TOO_LITTLE),
    (LEAST_WORK + 0.01, Verdict.RIGHT), (MOST_WORK - 0.01, Verdict.RIGHT),
    (MOST_WORK + 0.01, Verdict.SPINNING)])
def test_the_cpu_time_of_eight(share: float, verdict: Verdict) -> None:
    assert verdict_on(observed([share * cost for cost in WHOLE]), COSTS) is verdict


def test_what_is_in_the_favour_of_the_server_counts() -> None:
    """The yardstick ran beside a busy hyperthread, or the server did."""
    costs = Costs(WHOLE, [1.7 * cost for cost in WHOLE])
    assert verdict_on(observed(WHOLE), costs) is Verdict.RIGHT
    assert verdict_on(observed([1.7 * cost for cost in WHOLE]), costs) is Verdict.RIGHT


def test_one_that_computes_for_all_has_decoys() -> None:
    runs = [sum(WHOLE), *[0.0002] * 8]
    assert verdict_on(observed(runs), COSTS) is Verdict.DECOYS
    half = [sum(WHOLE[:4]), sum(WHOLE[4:])]
    assert verdict_on(observed(half), COSTS) is Verdict.DECOYS


def test_one_that_slept_before_it_was_ready_is_serial() -> None:
    assert verdict_on(observed(WHOLE, slept=SLEPT + 0.01), COSTS) is Verdict.SERIAL
    assert verdict_on(observed(WHOLE, slept=SLEPT - 0.01), COSTS) is Verdict.RIGHT


def test_the_most_is_held_against_the_most_expensive() -> None:
    needed = [OWN_SHARE * cost for cost in WHOLE]
    assert not shortfall(courses_of(list(reversed(WHOLE))), needed)
    assert shortfall(courses_of(WHOLE[:-1]), needed) == [(0.0, OWN_SHARE * WHOLE[-1])]


# --- threads that end unseen ---

def test_a_look_soon_after_a_reply_is_not_blind() -> None:
    looks = Looks(10.0)
    looks.note(0, 10.005, 10.007)
    looks.note(1, 10.012, 10.014)
    assert looks.blind == pytest.approx(0.009)  # since the look before began
    assert observed([], blind=looks.blind).complete


def test_a_reply_between_two_looks_that_are_far_apart_is_blind() -> None:
    looks = Looks(10.0)
    looks.note(3, 10.3, 10.3)
    looks.note(4, 10.305, 10.306)
    assert looks.blind == pytest.approx(0.3)  # the longest
    assert not observed([], blind=looks.blind).complete


def test_looks_far_apart_without_a_reply_are_not_blind() -> None:
    looks = Looks(10.0)
    looks.note(0, 15.0, 15.0)
    assert looks.blind == 0.0


def attempt() -> Overtaking:
    """An attempt whose requests have been answered, without a server."""
    made = Overtaking.__new__(Overtaking)
    made.done, made.costs, made._cost_of = "", LONG, {40: LONG[0]}
    made.requests = SimpleNamespace(judge_replies=lambda done: None)  # type: ignore[assignment]
    return made


@pytest.mark.parametrize("meaning", [Meaning.MEMOISED, Meaning.TOO_LITTLE, Meaning.SERIAL,
                                     Meaning.ENDED])
def test_what_may_have_been_done_unseen_is_no_fault(meaning: Meaning) -> None:
    with pytest.raises(Unseen):
        attempt()._fail(meaning, observed([0.0], right=[40], blind=BLIND + 0.01), COMPUTE)


@pytest.mark.parametrize("meaning", [Meaning.MEMOISED, Meaning.TOO_LITTLE])
def test_what_was_not_done_is_a_fault(meaning: Meaning) -> None:
    with pytest.raises(CheckFailed):
        attempt()._fail(meaning, observed([0.0], right=[40], blind=BLIND), COMPUTE)


def work(monkeypatch: pytest.MonkeyPatch, *attempts: Any) -> float:
    """The step, with attempts that return or raise what is given, and then say nothing."""
    left = [*attempts, *[Unseen()] * 20]

    def one(self: Work) -> Tuple[float, Any]:
        found = left.pop(0)
        if isinstance(found, Unseen):
            raise found
        return (0.1, found) if isinstance(found, CheckFailed) else (found[0], found[1])

    monkeypatch.setattr(Work, "__init__", lambda *_: None)
    monkeypatch.setattr(Work, "attempt", one)
    return work_of_eight(*[None] * 3)  # type: ignore[arg-type]


def test_work_that_is_never_seen_is_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    failure = CheckFailed("", "", "")
    for seen in ((), (failure,), (failure, Unseen(), failure)):
        with pytest.raises(Inconclusive):
            work(monkeypatch, *seen)


def test_work_that_fails_in_what_was_seen_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [CheckFailed("", "", str(number)) for number in range(3)]
    with pytest.raises(CheckFailed) as raised:
        work(monkeypatch, failures[0], Unseen(), *failures[1:])
    assert raised.value is failures[0]
    assert work(monkeypatch, failures[0], Unseen(), (1.0, None)) == 1.0
