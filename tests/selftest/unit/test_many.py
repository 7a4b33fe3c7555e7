"""Many clients, and what is a leak: with made-up servers, and with made-up figures."""
from __future__ import annotations

from contextlib import closing
from typing import Callable, List, Optional

import pytest

from checks import descriptors, memory, robustness, zombies
from checks.asking import CLEANUP_QUIET, SLACK
from checks.client import Client
from checks.many import (ALONE, FIRST, MANY, PAGE, STAGES, WIDTH, Record, Stage, grows,
                         grows_late, serve_many)
from checks.verdict import CheckFailed
from selftest.unit.made_up import IDLE, MadeUpServer, process
from watching import private

CLIENTS = [FIRST + (MANY - FIRST) // STAGES * stage for stage in range(STAGES + 1)]


def stage(clients: int, **figures: int) -> Stage:
    """Returns what a server has after so many clients: nothing, but for these figures."""
    return Stage._make([0] * len(Stage._fields))._replace(clients=clients, **figures)


def after(figure: Callable[[int], int]) -> List[int]:
    """Returns a figure after each stage: a function of the number of clients."""
    return [figure(clients) for clients in CLIENTS]


@pytest.mark.parametrize("figure", [
    lambda clients: 4 + clients, lambda clients: clients // 50, lambda clients: clients // 64,
    lambda clients: clients // 199], ids=["each", "1 in 50", "1 in 64", "1 in 199"])
def test_what_is_kept_of_some_clients_grows(figure: Callable[[int], int]) -> None:
    assert grows(after(figure))


@pytest.mark.parametrize("values, late", [
    ([4, 4, 4, 5, 6, 7], True), ([9, 1, 1, 3, 5, 9], True), ([4, 4, 4, 4, 5, 6], False),
    ([4, 5, 6, 7, 7, 8], False), ([5, 6, 7], False)])
def test_a_leak_may_begin_late(values: List[int], late: bool) -> None:
    assert grows_late(values) == late
    assert Record([stage(0, threads=value) for value in values], None).grows(
        lambda stage: stage.threads) == (late or grows(values))


@pytest.mark.parametrize("size", [30, 41, 8 << 20])
def test_bytes_of_each_client_grow_page_by_page(size: int) -> None:
    assert grows(after(lambda clients: clients * size // 4096 * 4096), least=4096)


@pytest.mark.parametrize("figures", [
    [7, 7, 7, 7, 7, 7],
    [4, 20, 20, 20, 20, 20],  # a pool that is set up late
    [4, 8, 16, 32, 32, 32],  # one that is enlarged
    [4, 5, 6, 7, 7, 7],
    [9, 1, 9, 1, 9, 1],  # a timer that cleans up
    [1, 9, 1, 9, 1, 9],
    [3, 4, 5, 6, 0, 1],
    [6, 5, 4, 3, 2, 1], [4], []])
def test_what_is_set_up_once_or_goes_again_does_not_grow(figures: List[int]) -> None:
    assert not grows(figures)


@pytest.mark.parametrize("figures, leak", [
    ([4, 5, 6, 7, 8, 9], True), ([4, 5, 6, 6, 7, 8], True), ([4, 5, 6, 5, 6, 8], True),
    ([4, 5, 6, 3, 4, 5], False),  # less than that was kept in the end
    ([4, 5, 5, 6, 6, 7], False), ([4, 5, 6], True), ([4, 5, 5], False), ([4, 5], False)])
def test_a_leak_may_spare_one_stage(figures: List[int], leak: bool) -> None:
    assert grows(figures) is leak


def test_a_record_is_judged_by_each_of_its_figures() -> None:
    stages = [stage(clients, zombies=number, descriptors=4, address_space=5000 * number)
              for number, clients in enumerate(CLIENTS)]
    record = Record(stages, None)
    assert record.grows(lambda one: one.zombies)
    assert not record.grows(lambda one: one.descriptors)
    assert record.grows(lambda one: one.address_space, 5000)
    assert not record.grows(lambda one: one.address_space, 5001)
    assert not Record(stages[:2], None).grows(lambda one: one.zombies)


class Leaking(MadeUpServer):
    """A server that leaves something behind now and then."""
    zombie_each = descriptor_each = 1 << 30
    bytes_each = heap_each = 0
    until = 1 << 30  # clients: the heap does not grow after that
    lost = 0  # a client
    threads_now = 1

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        box = self.made_up.box
        if number % self.zombie_each == 0:
            box.processes[IDLE + number] = process(IDLE + number, "Z", IDLE)
        whole = number * self.bytes_each // PAGE * PAGE
        box.processes[IDLE] = process(IDLE, address_space=whole)
        return None if number == self.lost else super().answer(number, request)

    def descriptors(self) -> int:
        return 4 + self.number // self.descriptor_each

    def threads(self) -> int:
        return self.threads_now


def record_of(server: Leaking, monkeypatch: pytest.MonkeyPatch) -> Record:
    """Returns what is found out of a made-up server."""
    def heap(pid: int, user: int) -> int:
        return min(server.number, server.until) * server.heap_each // PAGE * PAGE

    monkeypatch.setattr(private, "heap", heap)
    with closing(server):
        return serve_many(server)


def failure(judge: Callable[[], None]) -> CheckFailed:
    """Returns the failure that a judgement comes to."""
    with pytest.raises(CheckFailed) as caught:
        judge()
    return caught.value


def judge_all(record: Record) -> None:
    """Raises CheckFailed if any of the checks finds a fault."""
    zombies.none_pile_up(record)
    descriptors.none_pile_up(record)
    memory.stays(record)
    robustness.all_were_served(record)


def test_a_right_server_serves_all_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Leaking()
    record = record_of(server, monkeypatch)
    assert [stage.clients for stage in record.stages] == CLIENTS
    assert record.lost is None and server.number == MANY + 2  # two bystanders
    judge_all(record)


def test_the_last_clients_of_a_stage_come_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cleaned up when the next one comes is the same after each stage."""
    server = Leaking()
    waiting: List[int] = []
    server.on_client = lambda: waiting.append(len(server._asking) - 2)  # but for bystanders
    record_of(server, monkeypatch)
    assert max(waiting) == WIDTH
    assert all(waiting[clients + 2 - ALONE:clients + 2] == [1] * ALONE for clients in CLIENTS)


def test_one_zombie_in_many_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Leaking()
    server.zombie_each = 64
    record = record_of(server, monkeypatch)
    found = failure(lambda: zombies.none_pile_up(record))
    assert found.symptom == "zombies-pile-up"
    assert found.seen[:1] == [f"1 zombies when {FIRST} clients had been served, 17 when {MANY} had"]
    memory.stays(record)
    robustness.all_were_served(record)


def test_as_many_zombies_as_may_be_there_at_any_time_are_no_leak() -> None:
    stages = [stage(clients, zombies=number) for number, clients in enumerate(CLIENTS)]
    zombies.none_pile_up(Record(stages[:SLACK + 1], None))
    assert failure(lambda: zombies.none_pile_up(Record(stages[:SLACK + 2], None))).symptom


def test_one_descriptor_in_fifty_clients_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Leaking()
    server.descriptor_each = 50
    record = record_of(server, monkeypatch)
    found = failure(lambda: descriptors.none_pile_up(record))
    assert found.symptom == "descriptors-pile-up"
    assert found.seen[0] == ("6 open descriptors in the server itself after 100 clients, 26 after "
                             "1100")
    zombies.none_pile_up(record)


@pytest.mark.parametrize("mapped, heap, symptom, words", [
    (30, 0, "blocks-pile-up", "blocks from malloc() are never freed"),
    (0, 30, "blocks-pile-up", "blocks from malloc() are never freed"),
    (8 << 20, 0, "stacks-pile-up", "8192 KiB more for each client, on average: the "
     "stacks of ended threads")])
def test_memory_that_grows_is_named(monkeypatch: pytest.MonkeyPatch, mapped: int, heap: int,
                                    symptom: str, words: str) -> None:
    server = Leaking()
    server.bytes_each, server.heap_each = mapped, heap
    record = record_of(server, monkeypatch)
    found = failure(lambda: memory.stays(record))
    assert found.symptom == symptom and words in found.seen[0]
    zombies.none_pile_up(record)


@pytest.mark.parametrize("page, each", [(4096, 8192), (65536, 131072)])
def test_a_block_is_no_stack_whatever_the_size_of_a_page(
        monkeypatch: pytest.MonkeyPatch, page: int, each: int) -> None:
    monkeypatch.setattr(memory, "PAGE", page)
    monkeypatch.setattr(memory, "LARGEST_BLOCK", 8 * page)
    stages = [stage(clients, address_space=clients * each) for clients in CLIENTS]
    found = failure(lambda: memory.stays(Record(stages, None)))
    assert "blocks from malloc" in found.seen[0]


@pytest.mark.parametrize("lost, stages", [(3, 0), (FIRST + 3, 1), (513, 3), (1025, 5)])
def test_who_is_not_served_is_robustness_s_business(monkeypatch: pytest.MonkeyPatch, lost: int,
                                                    stages: int) -> None:
    server = Leaking()
    server.lost = lost
    record = record_of(server, monkeypatch)
    assert len(record.stages) == stages
    found = failure(lambda: robustness.all_were_served(record))
    assert found.symptom == "no-reply-waits" and " came" in found.done
    zombies.none_pile_up(record)
    descriptors.none_pile_up(record)
    memory.stays(record)


def test_a_lost_bystander_is_robustness_s_business_too(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Leaking()
    server.lost = 1
    record = record_of(server, monkeypatch)
    assert len(record.stages) == STAGES + 1
    assert failure(lambda: robustness.all_were_served(record)).symptom == "bystander-lost"


class CleaningUp(Leaking):
    """A server that has cleaned up when it has been waited for so long."""

    def wait(self, condition: Callable[[], bool], *clients: Client, quiet: float = 0,
             budget: float = 0) -> bool:
        if quiet == CLEANUP_QUIET:
            for pid in set(self.made_up.box.processes) - {IDLE}:
                del self.made_up.box.processes[pid]
        return super().wait(condition, *clients)


@pytest.mark.parametrize("until, leaks", [(MANY + 9, False), (1 << 30, True)])
def test_a_heap_that_has_grown_by_chance_is_no_leak(
        monkeypatch: pytest.MonkeyPatch, until: int, leaks: bool) -> None:
    """It does not shrink when a timer frees what is in it, but it does not grow for ever."""
    server = Leaking()
    server.heap_each, server.until = 30, until
    record = record_of(server, monkeypatch)
    assert record.grows(lambda one: one.heap, PAGE)
    assert [one.clients for one in record.again] == [MANY + 200, MANY + 400, MANY + 600][:2 + leaks]
    if leaks:
        assert failure(lambda: memory.stays(record)).symptom == "blocks-pile-up"
    else:
        memory.stays(record)
    descriptors.none_pile_up(record)


def test_what_a_timer_cleans_up_in_the_end_is_no_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    server = CleaningUp()
    server.zombie_each = 10
    record = record_of(server, monkeypatch)
    assert [one.zombies for one in record.stages] == [*after(lambda clients: clients // 10)[:-1], 0]
    zombies.none_pile_up(record)
