"""Exact confidence intervals for a rate: C. J. Clopper, E. S. Pearson, "The use of confidence or
fiducial limits illustrated in the case of the binomial", Biometrika 26 (1934), 404-413.

Of n gradings, k were wrong. The lower limit is the rate p at which k or more are as improbable as
(1 - CONFIDENCE) / 2, the upper one that at which k or fewer are:

    P(X >= k | n, lower) = P(X <= k | n, upper) = (1 - CONFIDENCE) / 2,    X binomial

and 0 and 1 where k is 0 and n. Whatever the true rate, the interval holds it in at least CONFIDENCE
of all cases, if gradings are wrong independently of each other."""
from __future__ import annotations

import math
from typing import Tuple

# Larger: intervals are wider. Smaller: more of them do not hold the true rate.
CONFIDENCE = 0.95
# Halvings of the interval from 0 to 1. Fewer: limits near 0 are not exact to the digits shown.
# More: nothing, as a float has no more bits.
HALVINGS = 60


def at_most(k: int, n: int, p: float) -> float:
    """Returns the probability that at most k of n come true, each with probability p."""
    if p <= 0 or k >= n:
        return 1.0
    if p >= 1:
        return 0.0
    each = (math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1)
            + i * math.log(p) + (n - i) * math.log1p(-p) for i in range(k + 1))
    return math.fsum(map(math.exp, each))


def interval(k: int, n: int) -> Tuple[float, float]:
    """Returns the limits of the rate of which k in n is a sample."""
    return 1 - _upper(n - k, n), _upper(k, n)


def _upper(k: int, n: int) -> float:
    """Returns the upper limit, by bisection: at_most() falls as p grows."""
    if k >= n:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if at_most(k, n, middle) > (1 - CONFIDENCE) / 2:
            low = middle
        else:
            high = middle
    return high


def percent(rate: float) -> str:
    """Returns a rate in percent, with three digits after the point where it is below one."""
    value = 100 * rate
    return f"{value:.3f} %" if value < 1 else f"{value:.1f} %"


def words(k: int, n: int) -> str:
    """Returns an interval as the tables have it."""
    if n == 0:
        return "-"
    lower, upper = interval(k, n)
    return f"{percent(lower)} to {percent(upper)}"
