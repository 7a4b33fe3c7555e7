"""How much CPU time a request takes: the service computes fib(n) by about twice as many calls as
its value (2 fib(n) - 1, with fib(0) = fib(1) = 1).

So one request that is measured tells the cost of any other. The Yardstick measures it on the lab's
own synchronous server, again and again: a machine's speed changes from one moment to the next (its
hypervisor, its clock, the other hyperthread of a core). What is asked for is drawn, for each
grading, from what costs a suitable time on this machine: no n can be foreseen. The bench uses this,
too.
"""
from __future__ import annotations

import contextlib
import random
from pathlib import Path
from types import TracebackType
from typing import Iterator, List, NamedTuple, Optional, Sequence, Type

from checks.asking import answered, fib
from checks.server import SETTLED_CLIENT, Server
from sandbox.sandbox import Sandbox
from watching.meter import Meter

SYNCHRONOUS = "server"  # the program of the lab's own server, for one client at a time
LARGEST = 40  # the largest n that the service computes
GOLDEN = 1.618  # the golden ratio: fib(n + 1) / fib(n), and so the ratio of their costs

# Seconds of CPU that one request of the measured loads should take. Larger, and grading takes
# longer; smaller, and what a server does besides computing weighs in.
SINGLE_RUN = 0.05
# The n that is measured first. Its computing takes about a millisecond on a common machine: long
# against the noise, short against a grading.
MEASURED = 27
# From here on, one more would leave no room for the largest n to be a longer request.
LAST = LARGEST - 2
LEAST_TIME = 1e-5  # seconds: what a clock that has not ticked yet counts as
# Numbers that are asked for at the same time, by two clients each: that of the calibrated cost, and
# those below; and those above, up to the largest. Fewer, and a server that treats one number in a
# way of its own is not noticed; more, and the least of them are too cheap to be watched, and the
# whole takes longer.
KINDS = 4
# The cheap request costs about this part of a calibrated one. More, and others may be ready before
# it; less, and a server that treats cheap ones in a way of its own is not noticed.
CHEAP_SHARE = 0.02
# Among how many numbers, from that down, it is drawn.
CHEAP_KINDS = 5


class Load(NamedTuple):
    """What is asked for in one grading."""
    cheap: int
    long: List[int]  # by clients who do not wait until they have been served
    whole: List[int]  # by clients who do
    again: List[int]  # of those, some to be asked again


def calibrated_n(sandbox: Sandbox, synchronous: Path) -> int:
    """Returns the n whose computing takes about SINGLE_RUN of CPU on this machine. `synchronous`:
    the program SYNCHRONOUS. Raises CheckFailed or Inconclusive if that does not start."""
    with Yardstick(Server(sandbox, synchronous)) as yardstick:
        return yardstick.calibrated_n()


class Yardstick:
    """The lab's synchronous server, and what requests cost in it. Use it in a `with` block."""

    def __init__(self, server: Server) -> None:
        """Takes over a server that has not been started yet."""
        self._server = server
        self._units: List[float] = []  # seconds of CPU for each call of the recursion, as measured

    def calibrated_n(self) -> int:
        """Returns the n whose computing takes about SINGLE_RUN of CPU on this machine."""
        self.measure(MEASURED)
        return large_enough(MEASURED, self.lowest(MEASURED))

    def measure(self, n: int) -> None:
        """Measures a request of n, for one more time."""
        with self.measuring(n):
            pass

    @contextlib.contextmanager
    def measuring(self, n: int) -> Iterator[None]:
        """A time in which a request of n is computed, and measured: what happens in the body finds
        the machine in the same state."""
        meter = Meter(self._server.box.tree, self._server.cpu_time)
        client = self._server.ask(n)
        yield
        answered(self._server, client)
        client.close()
        self._server.settle(quiet=SETTLED_CLIENT)
        self._units.append(max(meter.sample().run, LEAST_TIME) / calls(n))

    def lowest(self, n: int, last: int = 0) -> float:
        """Returns the seconds of CPU that a request of n costs, by the lowest of the `last`
        measurements, or of all."""
        return min(self._units[-last:]) * calls(n)

    def highest(self, n: int, last: int = 0) -> float:
        """The same, by the highest."""
        return max(self._units[-last:]) * calls(n)

    def __enter__(self) -> Yardstick:
        self._server.__enter__()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self._server.close()


def calls(n: int) -> int:
    """Returns how many calls of the recursion a request of n takes."""
    return 2 * fib(n) - 1


def large_enough(n: int, cost: float) -> int:
    """Returns the first number from n on, up to LAST, whose request takes at least SINGLE_RUN of
    CPU, if that of n takes `cost` seconds."""
    cost = max(cost, LEAST_TIME)
    while cost < SINGLE_RUN and n < LAST:
        n += 1
        cost *= GOLDEN
    return n


def scaled(cost: float, n: int, other: int) -> float:
    """Returns what a request of `other` costs, if one of n costs `cost`. Any unit."""
    return cost * float(GOLDEN ** (other - n))


def drawn(draw: random.Random, n: int) -> Load:
    """Draws what is asked for on a machine where n is the calibrated number."""
    top = n - draw.randrange(2)
    whole = _in_pairs(draw, range(top - KINDS + 1, top + 1))
    above = range(min(top + 1, LARGEST - KINDS + 1), LARGEST + 1)
    long = _in_pairs(draw, draw.sample(above, KINDS))
    cheapest = n
    while scaled(1.0, n, cheapest) > CHEAP_SHARE:
        cheapest -= 1
    return Load(cheapest - draw.randrange(CHEAP_KINDS), long, whole, sorted(set(whole))[:2])


def _in_pairs(draw: random.Random, numbers: Sequence[int]) -> List[int]:
    twice = [*numbers, *numbers]
    draw.shuffle(twice)
    return twice
