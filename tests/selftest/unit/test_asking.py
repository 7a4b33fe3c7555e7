"""The vocabulary of the checks, with made-up servers."""
from __future__ import annotations

import signal
from contextlib import closing
from typing import Type

import pytest

from checks import diagnosis
from checks.asking import by_hand, closer_look, fib, no_more_processes, seen_by, stopped, words
from checks.verdict import CheckFailed, Inconclusive
from selftest.unit.made_up import IDLE, MadeUpServer


def test_fib_is_that_of_the_service() -> None:
    assert [fib(n) for n in range(6)] == [1, 1, 2, 3, 5, 8]
    assert fib(40) == 165580141


def test_words_leave_out_what_is_empty() -> None:
    assert words("no reply", "", "the server is running") == "no reply; the server is running"


def test_commands_by_hand_are_those_of_the_innermost_block() -> None:
    with pytest.raises(CheckFailed) as caught:
        with by_hand("outer"):
            with by_hand("inner"):
                raise CheckFailed("done", "expected", "seen")
    assert caught.value.by_hand == "inner"


@pytest.mark.parametrize("kind", [OSError, Inconclusive])
def test_a_closer_look_at_a_server_that_is_gone_shows_nothing(
        kind: Type[Exception], capsys: pytest.CaptureFixture[str]) -> None:
    def look() -> str:
        raise kind("gone")

    assert closer_look(look) == "" and capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", [LookupError, RuntimeError, TypeError])
def test_a_bug_in_a_closer_look_is_in_the_log(
        kind: Type[Exception], capsys: pytest.CaptureFixture[str]) -> None:
    def look() -> str:
        raise kind("a bug of the checker's")

    assert closer_look(look) == ""
    said = capsys.readouterr().err
    assert "Traceback" in said and "a bug of the checker's" in said


def test_stopped_processes_continue_whatever_happens() -> None:
    with closing(MadeUpServer()) as server:
        with pytest.raises(KeyError):
            with stopped(server, [IDLE]):
                raise KeyError
        assert server.made_up.box.signals == [(IDLE, signal.SIGSTOP), (IDLE, signal.SIGCONT)]


def test_a_limit_on_processes_is_lifted_whatever_happens() -> None:
    with closing(MadeUpServer()) as server:
        with pytest.raises(KeyError):
            with no_more_processes(server):
                raise KeyError
        assert server.made_up.box.process_limits == [(IDLE, 0), (IDLE, None)]


def test_what_a_client_saw_instead_of_a_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "doing", lambda _: "the server is running")
    monkeypatch.setattr(diagnosis, "connection", lambda *_: "")
    monkeypatch.setattr(diagnosis, "helpers", lambda _: "it has no child")
    for reply, closes, seen in (
            (b"89\n", True, "the line '89'"),
            (b"89", True, "2 bytes without a newline, then the connection ended without a reply; "
             "it has no child"),
            (b"", False, "no reply; the server is running; it has no child")):
        with closing(MadeUpServer(reply=reply, closes=closes)) as server:
            client = server.connect()
            client.receive()
            assert seen_by(client, server) == seen
