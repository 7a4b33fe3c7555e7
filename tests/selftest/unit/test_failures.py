"""Failures of fork() and pthread_create() that concern some clients, with made-up servers."""
from __future__ import annotations

import errno
from contextlib import closing
from typing import List, Mapping, Optional, Tuple, Set

import pytest

from checks import failures, memory
from checks.asking import SLACK
from checks.failures import (FAULTS, OF_ONE_CLIENT, failing_creation, lost_connections,
                             short_of_descriptors)
from checks.many import PAGE
from checks.server import Server
from checks.verdict import CheckFailed
from selftest.unit.made_up import IDLE, MadeUpSandbox, MadeUpServer, process

ALL = sum(failures.AT_A_TIME)
both = pytest.mark.parametrize("can_inject", [True, False], ids=["injected", "limited"])


class Creating(MadeUpServer):
    """A server that creates a process for each client, and drops the client if it cannot."""
    after_failure: Optional[bytes] = b""  # what a client gets instead; None: it waits for ever
    gives_up_after = 1 << 30  # failures
    leaks = 0.0  # descriptors, each time

    def __init__(self, can_inject: bool) -> None:
        super().__init__(MadeUpSandbox(can_inject=can_inject))
        self.failures = 0
        self.without: Set[int] = set()  # the clients that have no process
        self.on_client = self.create

    def create(self) -> None:
        if not self.made_up.box.creates():
            self.failures += 1
            self.without.add(self.number)

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        if self.failures >= self.gives_up_after:
            return b""
        return self.after_failure if number in self.without else super().answer(number, request)

    def descriptors(self) -> int:
        return 4 + int(self.failures * self.leaks)


def failure(server: MadeUpServer, call: str = "fork()") -> CheckFailed:
    """Returns the failure that the check comes to."""
    with closing(server), pytest.raises(CheckFailed) as caught:
        failing_creation(server, call)
    return caught.value


@both
@pytest.mark.parametrize("reply", [b"", b"3\n"], ids=["dropped", "served"])
def test_a_right_server_passes_and_has_nothing_to_note(can_inject: bool, reply: bytes) -> None:
    with closing(Creating(can_inject)) as server:
        server.after_failure = reply
        assert failing_creation(server, "fork()") == ""
        assert server.failures >= FAULTS + ALL + can_inject
        assert server.made_up.box.creates()


@pytest.mark.parametrize("call, errors", [
    ("fork()", {errno.EAGAIN, errno.ENOMEM}), ("pthread_create()", {errno.EAGAIN, errno.EPERM})])
def test_each_error_of_the_call_comes_up(call: str, errors: object) -> None:
    with closing(Creating(can_inject=True)) as server:
        server.draw.seed(1)
        failing_creation(server, call)
        assert {one.error for one in server.made_up.box.injections} - {0} == errors


@both
def test_a_failure_that_nobody_notices_is_told_with_its_error(
        monkeypatch: pytest.MonkeyPatch, can_inject: bool) -> None:
    server = Creating(can_inject)
    server.after_failure = None
    monkeypatch.setattr(server.draw, "choice", lambda errors: errors[-1])
    found = failure(server)
    assert found.done == "fork() failed for a client (ENOMEM)"
    assert found.expected == "the connection to be closed, or a reply"
    assert found.symptom == "failure-waits"


@both
@pytest.mark.parametrize("leaks", [1.0, (FAULTS - SLACK) / FAULTS])
def test_a_failing_creation_may_leave_no_descriptor(can_inject: bool, leaks: float) -> None:
    server = Creating(can_inject)
    server.leaks = leaks
    found = failure(server)
    assert (found.done, found.symptom) == ("fork() failed for 10 clients",
                                           "failure-keeps-connection")
    assert found.seen == [f"{int(FAULTS * leaks)} more open descriptors in all"]


@both
def test_a_few_descriptors_may_be_left_over(can_inject: bool) -> None:
    with closing(Creating(can_inject)) as server:
        server.leaks = 0.7
        assert failing_creation(server, "fork()") == ""


@both
@pytest.mark.parametrize("number", [1, 5, FAULTS + 3, 20, FAULTS + ALL])
def test_who_gives_up_after_some_failures_is_found(can_inject: bool, number: int) -> None:
    server = Creating(can_inject)
    server.gives_up_after = number
    assert failure(server).symptom == "no-reply-closed"


def test_a_failing_creation_that_cannot_be_made_is_said() -> None:
    """A witness is missing, and that is no silent pass."""
    sandbox = MadeUpSandbox(can_limit_processes=False, can_inject=False)
    with closing(MadeUpServer(sandbox)) as server:
        note = failing_creation(server, "fork()")
        assert note.startswith("not tried: a failing fork(); this machine does not let the checker")
        failures.keep_no_memory(server, "fork()")
        assert server.clients == [] and sandbox.box.process_limits == []


@pytest.mark.parametrize("interrupted, servers", [
    (0, [True]), (1, [True] * failures.ATTEMPTS + [False])])
def test_what_a_signal_has_interrupted_is_tried_again(interrupted: int,
                                                      servers: List[bool]) -> None:
    """fork() then fails with EINTR, which is not the server's fault. The last one is a server whose
    calls wait for nobody."""
    started: List[MadeUpServer] = []
    with_faults: List[bool] = []

    def start(probe: str = "", faults: bool = False,
              limits: Optional[Mapping[str, int]] = None) -> Server:
        with_faults.append(faults)
        started.append(Creating(can_inject=faults))
        started[-1].made_up.box.interruptions = interrupted
        return started[-1]

    def act(server: Server) -> None:
        raise CheckFailed(str(len(started)), "", "")

    with pytest.raises(CheckFailed) as caught:
        failures.with_faults(start, act)
    for server in started:
        server.close()
    assert (caught.value.done, with_faults) == (str(len(servers)), servers)


class Keeping(Creating):
    """A server that keeps memory of each failure."""
    kept = 0  # bytes
    until = 1 << 30  # failures

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        reply = super().answer(number, request)
        size = min(self.failures, self.until) * self.kept
        self.made_up.box.processes[IDLE] = process(IDLE, address_space=size)
        return reply


@both
@pytest.mark.parametrize("kept, symptom", [(2 * PAGE, "blocks-pile-up"),
                                           (8 << 20, "stacks-pile-up")])
def test_a_failure_may_keep_no_memory(can_inject: bool, kept: int, symptom: str) -> None:
    with closing(Keeping(can_inject)) as server:
        server.kept = kept
        with pytest.raises(CheckFailed, match="KiB more for each client") as caught:
            failures.keep_no_memory(server, "pthread_create()")
    assert caught.value.symptom == symptom
    assert caught.value.done == (f"pthread_create() failed for {memory.ROUNDS} clients, one after "
                                 "another")


def test_memory_that_is_kept_for_the_next_failures_is_right() -> None:
    with closing(Keeping(can_inject=True)) as server:
        server.kept, server.until = 2 * PAGE, 5
        failures.keep_no_memory(server, "pthread_create()")


def test_a_server_is_short_of_descriptors_for_a_while_whatever_it_has_open(
        monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Creating(can_inject=True)) as server:
        monkeypatch.setattr(server, "descriptors_of", lambda pid: 7)
        short_of_descriptors(server)
        assert server.made_up.box.descriptor_limits == [(IDLE, 7), (IDLE, None)]
        assert server.number >= 4


class Accepting(MadeUpServer):
    """A server that ends when accept() fails with an error that it does not know."""
    known: Tuple[int, ...] = OF_ONE_CLIENT

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        errors = {one.error for one in self.made_up.box.injections if one.call == "accept"}
        return b"" if errors - {0, *self.known} else super().answer(number, request)


def test_accept_fails_with_each_error_that_concerns_one_connection_once() -> None:
    with closing(Accepting()) as server:
        lost_connections(server)
        injections = [one for one in server.made_up.box.injections if one.error]
        assert [one.error for one in injections] == list(OF_ONE_CLIENT)
        assert {(one.call, one.times) for one in injections} == {("accept", 1)}
        assert server.made_up.box.injections[-1].error == 0


@pytest.mark.parametrize("error", OF_ONE_CLIENT, ids=errno.errorcode.get)
def test_who_takes_one_of_them_for_the_end_is_found(error: int) -> None:
    with closing(Accepting()) as server, pytest.raises(CheckFailed) as caught:
        server.known = tuple(set(OF_ONE_CLIENT) - {error})
        lost_connections(server)
    assert caught.value.done.startswith(f"accept() failed once ({errno.errorcode[error]})")


def test_where_accept_cannot_be_made_to_fail_no_client_comes() -> None:
    with closing(MadeUpServer(MadeUpSandbox(can_inject=False))) as server:
        lost_connections(server)
        assert server.number == 0
