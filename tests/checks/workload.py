"""How much CPU time a request takes: the service computes fib(n) by about twice as many calls as
its value (2 fib(n) - 1, with fib(0) = fib(1) = 1).

So one request that is measured tells the cost of any other. The bench uses this, too.
"""
from __future__ import annotations

from pathlib import Path

from checks.asking import answered
from checks.server import Server
from sandbox.sandbox import Sandbox
from watching.meter import Meter

SYNCHRONOUS = "server"  # the program of the lab's own server, for one client at a time
LARGEST = 40  # the largest n that the service computes
GOLDEN = 1.618  # the golden ratio: fib(n + 1) / fib(n), and so the ratio of their costs

# Seconds of CPU that one request of the measured loads should take. Larger, and grading takes
# longer; smaller, and what a server does besides computing weighs in.
SINGLE_RUN = 0.05
# The n that is measured. Its computing takes about a millisecond on a common machine: long against
# the noise, short against a grading.
MEASURED = 27
# From here on, one more would leave no room for the largest n to be a longer request.
LAST = LARGEST - 2
LEAST_TIME = 1e-5  # seconds: what a clock that has not ticked yet counts as


def calibrated_n(sandbox: Sandbox, synchronous: Path) -> int:
    """Returns the n whose computing takes about SINGLE_RUN of CPU on this machine. `synchronous`:
    the program SYNCHRONOUS. Raises CheckFailed or Inconclusive if that does
    not start."""
    with Server(sandbox, synchronous) as server:
        meter = Meter(server.box.tree, server.cpu_time)
        answered(server, server.ask(MEASURED))
        return large_enough(MEASURED, meter.sample().run)


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
