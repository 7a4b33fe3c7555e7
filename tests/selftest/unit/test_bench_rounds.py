"""Turns: who is measured when, and who is left out. And what the checker prints of the speed-up."""
from __future__ import annotations

from pathlib import Path
from typing import List, Tuple, cast

import pytest

from bench import speedup
from bench.rounds import Contender, Contest
from bench.servers import LoadFailed, Programs, signals_held_back

NAMES = ("server", "mp_server", "mt_server")
NO_PROGRAMS = cast(Programs, None)  # nothing is started


def test_another_one_is_first_in_each_round() -> None:
    contest = Contest(NO_PROGRAMS, NAMES)
    order: List[Tuple[int, str]] = []
    contest.in_turns(3, lambda contender, number: order.append((number, contender.name)))
    assert [name for number, name in order if number == 0] == list(NAMES)
    assert [name for number, name in order if number == 1] == ["mp_server", "mt_server", "server"]
    assert len(order) == 9


def test_one_that_fails_is_left_out() -> None:
    contest = Contest(NO_PROGRAMS, NAMES)
    contest.contenders[2].problem = "it does not compile"
    measured: List[str] = []

    def measure(contender: Contender, number: int) -> None:
        measured.append(contender.name)
        if contender.name == "mp_server" and number == 1:
            raise LoadFailed("it is idle")

    contest.in_turns(3, measure)
    assert measured == ["server", "mp_server", "mp_server", "server", "server"]
    assert [one.problem for one in contest.contenders] == ["", "it is idle", "it does not compile"]


def test_a_server_that_does_not_compile_is_not_started() -> None:
    class Broken:
        errors = {"mp_server": "mp_server.c:1:1: error"}

    contender = Contender("mp_server")
    contender.start(cast(Programs, Broken()))
    assert contender.problem == "it does not compile: mp_server.c:1:1: error"
    contender.close()


def test_signals_are_held_back_only_in_the_body() -> None:
    def blocked() -> str:
        lines = Path("/proc/thread-self/status").read_text().splitlines()
        return next(line.split()[1] for line in lines if line.startswith("SigBlk:"))

    before = blocked()
    with signals_held_back():
        assert int(blocked(), 16) & 1 << 14  # SIGTERM
    assert blocked() == before


def test_the_speed_up_in_words() -> None:
    line = speedup.line_for([1.0, 3.0], [0.5, 1.0])
    assert line.startswith("measured: 8 clients are served 2.5 times as fast as by the synchronous "
                           "server (2.0 to 3.0 in 2 rounds), on ")


@pytest.mark.parametrize("busy, overflows, words", [
    (False, 0, ""), (True, 0, "; the machine was busy"),
    (True, 3, "; the machine was busy; the listen queue overflowed 3 times: net.core.somaxconn is "
     "too small")])
def test_remarks(busy: bool, overflows: int, words: str) -> None:
    assert speedup.remarks_on(busy, overflows) == words
