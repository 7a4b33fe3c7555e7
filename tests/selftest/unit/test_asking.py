"""The vocabulary of the checks, with made-up servers."""
from __future__ import annotations

import errno
import signal
from contextlib import closing
from typing import Dict, Iterator, Optional, Type

import pytest

from checks import diagnosis
from checks.asking import (all_served, bystanders, closer_look, failing_creations, fib,
                           seen_by, served, still_serves, stopped, words)
from checks.client import KEPT
from checks.symptoms import NOBODY_ELSE
from checks.verdict import CheckFailed, Inconclusive
from selftest.unit.made_up import IDLE, Injection, MadeUpSandbox, MadeUpServer, process


@pytest.fixture(autouse=True)
def no_closer_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What /proc shows of a made-up server."""
    monkeypatch.setattr(diagnosis, "doing", lambda _: [f"it waits; {NOBODY_ELSE}"])
    monkeypatch.setattr(diagnosis, "connection", lambda *_: [])
    monkeypatch.setattr(diagnosis, "helpers", lambda _: ["it has no child"])


@pytest.fixture
def server() -> Iterator[MadeUpServer]:
    with closing(MadeUpServer()) as made:
        yield made


def test_fib_is_that_of_the_service() -> None:
    assert [fib(n) for n in range(6)] == [1, 1, 2, 3, 5, 8]
    assert fib(40) == 165580141


def test_words_are_lines_and_leave_out_what_is_empty() -> None:
    assert words("no reply", "", ["", "one", "two"], []) == ["no reply", "one", "two"]


@pytest.mark.parametrize("kind", [OSError, Inconclusive])
def test_a_closer_look_at_a_server_that_is_gone_shows_nothing(
        kind: Type[Exception], capsys: pytest.CaptureFixture[str]) -> None:
    def look() -> str:
        raise kind("gone")

    assert closer_look(look) == [] and capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", [LookupError, RuntimeError, TypeError])
def test_a_bug_in_a_closer_look_is_in_the_log(
        kind: Type[Exception], capsys: pytest.CaptureFixture[str]) -> None:
    def look() -> str:
        raise kind("a bug of the checker's")

    assert closer_look(look) == []
    said = capsys.readouterr().err
    assert "Traceback" in said and "a bug of the checker's" in said


def test_stopped_processes_continue_whatever_happens(server: MadeUpServer) -> None:
    with pytest.raises(KeyError):
        with stopped(server, [IDLE]):
            raise KeyError
    assert server.made_up.box.signals == [(IDLE, signal.SIGSTOP), (IDLE, signal.SIGCONT)]


# --- creations that fail ---

def test_injected_failures_end_whatever_happens(server: MadeUpServer) -> None:
    with pytest.raises(KeyError):
        with failing_creations(server, errno.ENOMEM, skip=1, times=2):
            raise KeyError
    assert server.made_up.box.injections == [
        Injection("create", errno.ENOMEM, 1, 2), Injection("create", 0, 0, -1)]
    assert server.made_up.box.process_limits == []


def test_where_nothing_can_be_injected_a_limit_is_set_and_lifted_whatever_happens() -> None:
    with closing(MadeUpServer(MadeUpSandbox(can_inject=False))) as server:
        with pytest.raises(KeyError):
            with failing_creations(server, errno.ENOMEM):
                raise KeyError
        assert server.made_up.box.injections == []
        assert server.made_up.box.process_limits == [(IDLE, 0), (IDLE, None)]


# --- what clients get ---

def test_what_a_client_saw_instead_of_a_reply() -> None:
    for reply, closes, seen in (
            (b"89\n", True, ["the line '89'"]),
            (b"89", True, ["2 bytes without a newline, '89', then the connection ended without a "
                           "reply",
                           "it has no child"]),
            (b"", False, ["no reply", f"it waits; {NOBODY_ELSE}", "it has no child"])):
        with closing(MadeUpServer(reply=reply, closes=closes)) as server:
            client = server.connect()
            client.receive()
            assert seen_by(client, server) == seen


class Answering(MadeUpServer):
    """A server that gives some of its clients other replies than those they asked for."""
    others: Dict[int, Optional[bytes]] = {}

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        return self.others[number] if number in self.others else super().answer(number, request)


REPLIES = [
    (b"89", "no-reply-closed"), (None, "no-reply-waits"), (b"error: busy\n", "turned-away"),
    (b"89\n\n", "more-than-reply"), (b"89\n" + bytes(2 * KEPT), "more-than-reply"),
    (b"88\n", "wrong-reply"), (b"\n", "wrong-reply"), (b"89 \n", "wrong-reply"),
    (b" 89\n", "wrong-reply"), (b"89\r\n", "wrong-reply")]


@pytest.mark.parametrize("reply, symptom", REPLIES)
def test_one_of_several_that_is_not_served_is_found(reply: Optional[bytes], symptom: str) -> None:
    with closing(Answering()) as server:
        server.others = {2: reply}
        clients = [server.ask(n) for n in (8, 10, 12)]
        with pytest.raises(CheckFailed) as caught:
            all_served(server, dict(zip(clients, (8, 10, 12))), "three came")
    assert caught.value.symptom == symptom
    assert caught.value.seen[0].startswith("2 of 3 were served; the client that sent '10' saw: ")
    assert caught.value.expected.startswith("for each its own line")


@pytest.mark.parametrize("line, ended, live, symptom", [
    (b"", "reset", True, "no-reply-reset"), (b"", "", False, "no-reply-gone"),
    (b"89\n", "reset", True, "reset-after-reply"), (b"89\n", "flooded", True, "floods"),
    (b"", "flooded", True, "floods")])
def test_how_a_connection_ends_is_told_apart(server: MadeUpServer, line: bytes, ended: str,
                                             live: bool, symptom: str) -> None:
    client = server.connect()
    client.received, client.ended = line, ended
    if not live:
        server.made_up.box.processes.clear()
    with pytest.raises(CheckFailed) as caught:
        served(server, client, 10, "one came")
    assert caught.value.symptom == symptom
    assert (caught.value.done, caught.value.expected) == (
        "one came", "the line '89', nothing more, and an orderly end")


def test_replies_may_not_be_mixed_up(server: MadeUpServer) -> None:
    asked = {server.ask(8): 10, server.ask(10): 8}
    with pytest.raises(CheckFailed, match="^0 of 2 were served; .* '10' saw: the line '34'"):
        all_served(server, asked, "two came")


def test_a_connection_that_stays_open_is_waited_for_once() -> None:
    with closing(MadeUpServer(closes=False)) as server:
        assert not server.keeps_open
        still_serves(server, "nothing was done")
        assert server.keeps_open and server.lately == "nothing was done; then "


# --- bystanders ---

class Remembering(Answering):
    """A server that remembers who has been served before its bystanders."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: Dict[int, bytes] = {}

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        self.requests[number] = request
        return super().answer(number, request)


def test_bystanders_are_silent_or_send_half_and_are_served_in_the_end() -> None:
    with closing(Remembering()) as server:
        with bystanders(server):
            server.serve()
            assert server.requests == {}
            halves = list(server._asking.values())
            still_serves(server, "a third came")
        assert list(server.requests) == [3, 1, 2]
        assert halves[0] == b"" and server.requests[2][:1] == halves[1] != b""
        assert all(10 <= int(server.requests[number]) < 25 for number in (1, 2))


@pytest.mark.parametrize("lost", [1, 2])
@pytest.mark.parametrize("reply", [b"", None, b"89\n89\n", b"7\n"])
def test_a_bystander_that_is_lost_is_a_fault_of_its_own(lost: int, reply: Optional[bytes]) -> None:
    with closing(Answering()) as server:
        server.others = {lost: reply}
        with pytest.raises(CheckFailed, match="1 of 2 was served") as caught:
            with bystanders(server):
                still_serves(server, "a third came")
    assert caught.value.symptom == "bystander-lost"


def test_what_fails_beside_bystanders_is_told_and_not_they(server: MadeUpServer) -> None:
    with pytest.raises(CheckFailed, match="^seen$") as caught:
        with bystanders(server):
            server.made_up.box.processes.clear()
            raise CheckFailed("done", "expected", "seen", symptom="own")
    assert caught.value.symptom == "own"


def test_processes_of_bystanders_are_no_workers(server: MadeUpServer) -> None:
    def come() -> None:
        server.made_up.box.processes[IDLE + server.number] = process(IDLE + server.number)

    server.on_client = come
    with bystanders(server):
        assert server.workers() == set()
        server.connect()
        assert server.workers() == {IDLE + 3}
