"""Exact intervals, held against values that are known: by formula where there is one, else as
tables and R's binom.test() have them."""
from __future__ import annotations

import pytest

from selftest.campaigns.interval import at_most, interval, words


@pytest.mark.parametrize("k, n, lower, upper", [
    (0, 10, 0.0, 0.30850), (1, 10, 0.0025286, 0.44502), (5, 10, 0.18709, 0.81291),
    (10, 10, 0.69150, 1.0), (1, 1800, 0.0000140653, 0.00309148)])
def test_known_values(k: int, n: int, lower: float, upper: float) -> None:
    assert interval(k, n) == pytest.approx((lower, upper), rel=1e-4)


@pytest.mark.parametrize("n", [1, 7, 2000, 100000])
def test_none_of_n_has_a_formula(n: int) -> None:
    assert interval(0, n) == pytest.approx((0.0, 1 - 0.025 ** (1 / n)), rel=1e-6)
    assert interval(n, n) == pytest.approx((0.025 ** (1 / n), 1.0), rel=1e-6)


def test_the_limits_are_where_the_tails_have_half_of_what_is_left() -> None:
    lower, upper = interval(3, 500)
    assert at_most(3, 500, upper) == pytest.approx(0.025, rel=1e-6)
    assert 1 - at_most(2, 500, lower) == pytest.approx(0.025, rel=1e-6)


def test_nothing_is_known_of_nothing() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    assert words(0, 0) == "-"


def test_in_words() -> None:
    assert words(0, 2000) == "0.000 % to 0.184 %"
    assert words(5, 10) == "18.7 % to 81.3 %"
