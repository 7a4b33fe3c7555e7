"""How the cost of a request grows with n."""
from __future__ import annotations

import random

import pytest

from checks.asking import fib
from checks.workload import CHEAP_SHARE, GOLDEN, KINDS, LARGEST, LAST, MEASURED, SINGLE_RUN
from checks.workload import drawn, large_enough, scaled


def test_the_golden_ratio_is_that_of_neighbours() -> None:
    assert fib(LARGEST) / fib(LARGEST - 1) == pytest.approx(GOLDEN, rel=1e-4)


@pytest.mark.parametrize("cost", [0.0005, 0.001, 0.002, 0.01, 0.03])
def test_the_calibrated_request_takes_between_one_and_golden_times_as_long(cost: float) -> None:
    n = large_enough(MEASURED, cost)
    assert MEASURED < n < LAST
    assert SINGLE_RUN <= scaled(cost, MEASURED, n) < SINGLE_RUN * GOLDEN


def test_a_slow_machine_keeps_the_measured_n() -> None:
    assert large_enough(MEASURED, SINGLE_RUN) == MEASURED
    assert large_enough(MEASURED, 10.0) == MEASURED


@pytest.mark.parametrize("cost", [0.0, -1.0, 1e-9])
def test_a_machine_that_is_too_fast_to_measure_gets_a_large_n(cost: float) -> None:
    assert MEASURED < large_enough(MEASURED, cost) <= LAST


def test_no_n_is_beyond_the_last() -> None:
    assert large_enough(LAST - 1, 0.0) == LAST
    assert large_enough(LAST, 0.0) == LAST


def test_scaling_goes_both_ways() -> None:
    assert scaled(scaled(0.05, 30, 40), 40, 30) == pytest.approx(0.05)
    assert scaled(0.05, 30, 30) == 0.05
    assert scaled(1.0, 30, 31) == GOLDEN


def test_what_is_asked_for_is_drawn_in_pairs() -> None:
    seen = set()
    for seed in range(200):
        load = drawn(random.Random(seed), 36)
        whole, long = sorted(load.whole), sorted(load.long)
        top = max(whole)
        assert top in (35, 36) and whole == sorted(2 * list(range(top - KINDS + 1, top + 1)))
        assert load.again == whole[:4:2]
        assert len(long) == 2 * KINDS and long[::2] == long[1::2]
        assert len(set(long)) == KINDS and min(long) > top and max(long) <= LARGEST
        assert scaled(1.0, 36, load.cheap) <= CHEAP_SHARE
        seen |= {*whole, *long}
    assert seen == set(range(32, LARGEST + 1))


@pytest.mark.parametrize("n", [30, 33, 36, 38])
def test_the_largest_numbers_are_drawn_on_any_machine(n: int) -> None:
    loads = [drawn(random.Random(seed), n) for seed in range(100)]
    assert {number for load in loads for number in load.long} >= set(range(n + 1, LARGEST + 1))


def test_the_seed_decides() -> None:
    assert drawn(random.Random(5), 36) == drawn(random.Random(5), 36)
    assert len({tuple(drawn(random.Random(seed), 36).whole) for seed in range(9)}) > 5
