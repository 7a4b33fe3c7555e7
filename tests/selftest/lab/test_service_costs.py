"""A reply costs the CPU time of the recursion: the lab's measurements rest on it."""
from __future__ import annotations

import shutil
import statistics
from pathlib import Path

import pytest

from selftest.process import run
from selftest.serving import Running, Start, ask, reply


def cost(server: Running, n: int) -> float:
    """Returns the CPU time of a request (seconds)."""
    before = server.cpu_time()
    assert ask(server.port, b"%d\n" % n) == reply(n)
    return server.cpu_time() - before


def ratio(server: Running, small: int, large: int) -> float:
    """Returns how many times as much a number costs as another one, what any request costs left
    out: the median of some pairs, each of one moment, as a core is slower while its other half is
    busy."""
    nothing = min(cost(server, 0) for _ in range(5))
    pairs = [(cost(server, small), cost(server, large)) for _ in range(9)]
    return statistics.median((dear - nothing) / (cheap - nothing) for cheap, dear in pairs)


@pytest.mark.parametrize("level", ["-O0", "-O2", "-O3"])
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_recursion_really_runs(own_checkout: Path, running: Start, compiler: str,
                                   level: str) -> None:
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    made = run("make", "-s", "-C", own_checkout / "support", "server", f"CC={compiler}",
               f"CFLAGS=-std=gnu17 {level}")
    assert made.returncode == 0, made.stderr
    server = running(own_checkout / "support" / "server")
    # The golden ratio to the fifth is 11.1. Both bounds rule out a table and a loop.
    assert 7 < ratio(server, 30, 35) < 18


def test_a_number_asked_before_costs_as_much_again(server: Running) -> None:
    pairs = [(cost(server, n), cost(server, n)) for n in range(28, 35)]
    assert 0.5 < statistics.median(again / first for first, again in pairs) < 2
