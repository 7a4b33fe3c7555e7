"""Checks that count: zombies, descriptors, memory, failures; with made-up servers."""
from __future__ import annotations

import re
from contextlib import closing
from typing import Iterator

import pytest

from checks import descriptors, memory, replies, robustness, zombies
from checks.asking import MANY, SLACK
from checks.verdict import CheckFailed
from selftest.unit.made_up import IDLE, MadeUpSandbox, MadeUpServer, process


@pytest.fixture
def server() -> Iterator[MadeUpServer]:
    with closing(MadeUpServer()) as made:
        yield made


def leaves_zombies(server: MadeUpServer, number: int) -> None:
    """Lets the first so many clients leave a zombie each."""
    def come() -> None:
        if len(server.made_up.box.processes) <= number:
            pid = IDLE + len(server.made_up.box.processes)
            server.made_up.box.processes[pid] = process(pid, "Z", IDLE)

    server.on_client = come


def test_few_zombies_are_right(server: MadeUpServer) -> None:
    leaves_zombies(server, SLACK)
    zombies.of_many_clients(server)


def test_more_zombies_are_not(server: MadeUpServer) -> None:
    leaves_zombies(server, SLACK + 1)
    with pytest.raises(CheckFailed) as caught:
        zombies.of_many_clients(server)
    assert (caught.value.expected, caught.value.seen) == ("at most 2 zombies", "3 zombies")


class Leaking(MadeUpServer):
    """A server that keeps a descriptor of each of its first clients."""
    kept = 0

    def descriptors(self) -> int:
        return 4 + min(len(self.clients), self.kept)


@pytest.mark.parametrize("kept, right", [(SLACK, True), (SLACK + 1, False), (MANY, False)])
def test_descriptors_may_not_pile_up(kept: int, right: bool) -> None:
    with closing(Leaking()) as server:
        server.kept = kept
        if right:
            descriptors.none_pile_up(server)
            return
        with pytest.raises(CheckFailed) as caught:
            descriptors.none_pile_up(server)
        assert caught.value.expected == "about as many open descriptors as before (4)"
        assert caught.value.seen.startswith(f"{4 + kept} open descriptors in the server itself")


def grows(server: MadeUpServer, size: int, every: int = 1) -> None:
    """Lets the address space grow by so many bytes with every so many clients."""
    def come() -> None:
        grown = len(server.clients) // every * size
        server.made_up.box.processes[IDLE] = process(IDLE, address_space=grown)

    server.on_client = come


def test_memory_that_stays_is_right(server: MadeUpServer) -> None:
    grows(server, memory.PAGE, every=10 * memory.CLIENTS)
    memory.stays(server)


@pytest.mark.parametrize("size, kind", [
    (2 * memory.PAGE, r"blocks from malloc\(\)"), (8 << 20, "the stacks of ended threads")])
def test_memory_that_grows_with_each_client_is_named(server: MadeUpServer, size: int,
                                                     kind: str) -> None:
    grows(server, size)
    with pytest.raises(CheckFailed) as caught:
        memory.stays(server)
    assert re.fullmatch(f"{size >> 10} KiB more for each client: {kind} are never freed",
                        caught.value.seen)
    assert caught.value.done == "served 200 clients, one after another"


@pytest.mark.parametrize("page, each", [(4096, 8192), (65536, 131072)])
def test_a_block_is_no_stack_whatever_the_size_of_a_page(
        server: MadeUpServer, monkeypatch: pytest.MonkeyPatch, page: int, each: int) -> None:
    monkeypatch.setattr(memory, "PAGE", page)
    monkeypatch.setattr(memory, "LARGEST_BLOCK", 8 * page)
    grows(server, each)
    with pytest.raises(CheckFailed, match="blocks from malloc"):
        memory.stays(server)


def test_a_failing_creation_that_cannot_be_made_is_said() -> None:
    """A witness is missing, and that is no silent pass."""
    sandbox = MadeUpSandbox(can_limit_processes=False)
    with closing(MadeUpServer(sandbox)) as server:
        note = robustness.failing_creation(server, "fork()")
        assert note.startswith("not tried: a failing fork(); this machine does not let the checker")
        robustness.failed_creations_keep_no_memory(server, "fork()")
        assert server.clients == [] and sandbox.box.process_limits == []


class FailingToClose(MadeUpServer):
    """A server that keeps a descriptor whenever a creation has failed."""

    def descriptors(self) -> int:
        return 4 + len(self.made_up.box.process_limits) // 2


def test_a_failing_creation_may_leave_no_descriptor() -> None:
    with closing(FailingToClose()) as server:
        with pytest.raises(CheckFailed) as caught:
            robustness.failing_creation(server, "fork()")
    assert caught.value.done == "fork() failed for 10 clients"
    assert caught.value.seen == "10 more in all"


def test_a_right_server_passes_and_has_nothing_to_note(server: MadeUpServer) -> None:
    assert robustness.failing_creation(server, "fork()") == ""
    assert server.made_up.box.process_limits == [(IDLE, 0), (IDLE, None)] * robustness.FAULTS


def test_an_attempt_is_counted_in_what_was_done() -> None:
    with closing(MadeUpServer(reply=b"", closes=False)) as server:
        with pytest.raises(CheckFailed) as caught:
            robustness.failing_creation(server, "fork()")
    assert caught.value.done == "fork() failed for a client"
    assert caught.value.expected == "the connection to be closed, or a reply"


def test_a_wrong_reply_is_shown(server: MadeUpServer) -> None:
    with pytest.raises(CheckFailed) as caught:
        replies.replies(server)
    assert (caught.value.done, caught.value.expected, caught.value.seen) == (
        "one client alone sent '0'", "the line '1'", "the line '89'")
