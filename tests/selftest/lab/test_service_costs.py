"""A reply costs the CPU time of the recursion: the lab's measurements rest on it."""
from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from selftest.process import run
from selftest.serving import Running, Start, ask, reply


def cost(server: Running, n: int, nothing: float = 0.0) -> float:
    """Returns the CPU time of a request (seconds), less `nothing`, that of one which computes
    nothing: the least of nine, as a cold cache or a busy neighbour only ever adds."""
    def once() -> float:
        before = server.cpu_time()
        assert ask(server.port, b"%d\n" % n) == reply(n)
        return server.cpu_time() - before
    return min(once() for _ in range(9)) - nothing


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
    nothing = cost(server, 0)  # on some machines as much as 28, so more of the same than less
    small, large = cost(server, 30, nothing), cost(server, 35, nothing)
    # The golden ratio to the fifth is 11.1. Both bounds rule out a table and a loop.
    assert 7 < large / small < 18


def test_a_number_asked_before_costs_as_much_again(server: Running) -> None:
    first, again = cost(server, 31), cost(server, 31)
    assert 0.5 < again / first < 2
