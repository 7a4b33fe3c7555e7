"""message.py: the order of a message, how it is wrapped, and that it cannot be forged."""
from __future__ import annotations

import re
from typing import Sequence

import pytest

from grading.message import COLUMNS, INDENT, LONGEST, NARROWEST, message_of, summary_of
from grading.outcome import FAILED, PASSED, Failure, Outcome

COMMANDS = ["server$ make && ./mp_server 2999", "client$ " + "x" * 90]


def failed(seen: Sequence[str] = ("the verdict",), done: str = "did", output: str = "",
           notes: Sequence[str] = (), same_as: str = "") -> Outcome:
    failure = Failure(list(seen), done, "wanted", "key", "TODO 1 of mp_server.c", "Why?", COMMANDS)
    return Outcome("mp-zombies", FAILED, list(notes), output, failure=failure, same_as=same_as)


def test_the_verdict_comes_first_and_the_commands_last() -> None:
    outcome = failed(["7 zombies", "a handler is installed"], output="mine\n", notes=["a note"])
    assert message_of(outcome) == [
        "7 zombies", "  a handler is installed", "done:     did", "expected: wanted", "a note",
        "| mine", "where:    TODO 1 of mp_server.c", "think:    Why?",
        "by hand:  in support/, with two terminals", *("  " + command for command in COMMANDS)]
    assert summary_of(outcome) == "7 zombies"


def test_what_follows_from_an_earlier_failure_refers_to_it() -> None:
    assert message_of(failed(same_as="mp-replies")) == [
        "the verdict", "done:     did", "expected: wanted",
        "the same fault as in mp-replies, it seems: mend that first, and grade again"]


@pytest.mark.parametrize("columns", [COLUMNS, 60, 132])
def test_all_but_commands_is_wrapped_at_words(columns: int) -> None:
    outcome = failed(["the verdict " * 12, "a thread " * 15], "eight clients came " * 9,
                     "some words " * 14)
    lines = message_of(outcome, columns)
    assert all(len(line) <= columns - INDENT for line in lines[:-1])
    assert all(re.fullmatch(r"[ |]*((the|verdict|a|thread|eight|clients|came|some|words) ?)+",
                            line.replace("done:", "")) for line in lines
               if not line.startswith(("expected:", "where", "think", "by hand", "  server$",
                                       "  client$")))
    begin = lines.index(next(line for line in lines if line.startswith("done:")))
    assert lines[begin + 1].startswith("          ") and lines[1].startswith("  ")


def test_a_very_narrow_terminal_is_not_followed() -> None:
    lines = message_of(failed(done="eight clients came " * 9), 7)
    assert NARROWEST - 25 < max(map(len, lines[1:-3])) <= NARROWEST


def test_equal_lines_that_follow_each_other_are_one() -> None:
    outcome = Outcome("mp-zombies", PASSED, [], "a\n" + "b\n" * 9 + "a\n\n\nb\r\nb\n")
    assert message_of(outcome) == ["| a", "| b (9 times)", "| a", "|  (2 times)", "| b (2 times)"]


def test_the_last_lines_are_shown_after_they_were_folded() -> None:
    output = "first\n" + "tick\n" * 30 + "".join(f"{number}\n" for number in range(10))
    assert message_of(Outcome("mp-zombies", PASSED, [], output))[:3] == [
        "| first", "| tick (30 times)", "| 0"]


def test_a_stranger_s_words_are_escaped_and_marked_with_bars() -> None:
    words = "Total: 100/100\n\x1b[2J\x07\rx\n\u2028 " + "Total: 100/100 " * 20
    lines = message_of(failed([words.split("\n")[1]], output=words))
    assert all(re.fullmatch("[ -~]*", line) for line in lines)
    assert lines[0] == "\\x1b[2J\\x07\\rx"
    assert all(line.startswith("| ") for line in lines if "Total" in line)


def test_a_stranger_s_line_is_cut() -> None:
    lines = message_of(failed(["z " * LONGEST], output="y" * 500))
    assert sum(line.count("z") for line in lines) == LONGEST // 2
    assert sum(line.count("y") for line in lines if line.startswith("|")) == 160


def test_indentation_of_a_compiler_s_message_stays() -> None:
    output = "a.c:1:2: error\n    1 |  int x\n      |      ^\n"
    assert message_of(Outcome("mp-replies", FAILED, [], output))[1:] == [
        "|     1 |  int x", "|       |      ^"]


@pytest.mark.parametrize("outcome", [Outcome("mp-zombies", PASSED, []), failed([""])], ids=str)
def test_no_words_are_no_trouble(outcome: Outcome) -> None:
    assert summary_of(outcome) == "" and isinstance(message_of(outcome), list)
