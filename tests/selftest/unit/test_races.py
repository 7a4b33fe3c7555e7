"""What the check of data races asks of its two witnesses, and what it says."""
from __future__ import annotations

import resource
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import List, Mapping, NamedTuple, Optional, Set, Tuple

import pytest

from checks import races, sanitizer
from checks.sanitizer import Finding
from checks.verdict import CheckFailed


class MadeUpProbe(NamedTuple):
    """What a probe reports."""
    most_held: int
    unseen: bool = False

    def expect(self, number: int) -> None:
        """Does nothing."""


class MadeUpServer(NamedTuple):
    """A server with a probe, or without."""
    probe: Optional[MadeUpProbe]


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> List[Tuple[bool, int]]:
    """The first witness sees nothing; returns whether each server had a probe, and how many clients
    it got."""
    served: List[Tuple[bool, int]] = []
    monkeypatch.setattr(races, "own_replies", lambda server, number: served.append(
        (server.probe is not None, number)))
    monkeypatch.setattr(races, "all_threads_seen", lambda server: None)
    return served


def note(monkeypatch: pytest.MonkeyPatch, seen: Finding, most_held: int = races.LATE) -> str:
    """Returns the note of the check if the second witness has seen this, and so many threads of the
    server were held back at the same time."""
    def start(probe: str = "", faults: bool = False,
              limits: Optional[Mapping[str, int]] = None) -> MadeUpServer:
        return MadeUpServer(MadeUpProbe(most_held) if probe == "delay" else None)

    monkeypatch.setattr(sanitizer, "races", lambda build, name: seen)
    return races.own_replies_without_races(start, None)  # type: ignore[arg-type]  # nothing runs


def test_two_witnesses_that_saw_nothing_need_no_note(
        monkeypatch: pytest.MonkeyPatch, asked: List[Tuple[bool, int]]) -> None:
    assert note(monkeypatch, Finding()) == ""
    assert asked == [(True, races.LATE), (True, races.most_at_once()), (False, races.LATE)]


def test_who_waits_for_each_thread_is_not_asked_by_very_many(
        monkeypatch: pytest.MonkeyPatch, asked: List[Tuple[bool, int]]) -> None:
    assert note(monkeypatch, Finding(), most_held=1) == ""
    assert asked == [(True, races.LATE), (False, races.LATE)]


@pytest.mark.parametrize("symptom, in_turn, fails", [
    ("late-thread", True, True), ("late-thread", False, False), (races.UNSEEN, False, True)])
def test_a_limit_on_clients_is_the_business_of_another_check(
        monkeypatch: pytest.MonkeyPatch, symptom: str, in_turn: bool, fails: bool) -> None:
    def failing(server: object, number: int) -> None:
        raise CheckFailed("", "", "", symptom)

    monkeypatch.setattr(races, "own_replies", failing)
    monkeypatch.setattr(races, "served_in_turn", lambda server, number: in_turn)
    if fails:
        with pytest.raises(CheckFailed):
            note(monkeypatch, Finding())
    else:
        assert note(monkeypatch, Finding()) == ""


def test_the_missing_witness_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said = note(monkeypatch, Finding(missing="it does not know C11 threads"))
    assert said == "checked without ThreadSanitizer: it does not know C11 threads"


def test_a_race_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CheckFailed) as failure:
        note(monkeypatch, Finding(race="mt_server.c, line 30 and line 16", done="8 clients came"))
    assert failure.value.expected .startswith("threads that use")
    assert failure.value.seen == ["a data race: mt_server.c, line 30 and line 16"]
    assert failure.value.done == "8 clients came"
    assert failure.value.symptom == "data-race"


def test_there_are_as_many_clients_as_the_machine_allows(monkeypatch: pytest.MonkeyPatch,
                                                         tmp_path: Path) -> None:
    monkeypatch.setattr(races, "LISTEN_QUEUE", tmp_path / "somaxconn")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, 4096))
    assert races.most_at_once() == races.MANY_LATE
    (tmp_path / "somaxconn").write_text("128\n")
    assert races.most_at_once() == 128
    monkeypatch.setattr(resource, "getrlimit", lambda _: (races.OTHER_DESCRIPTORS + 50, 4096))
    assert races.most_at_once() == 50


def test_a_thread_that_the_probe_did_not_see_fails_the_check() -> None:
    server = MadeUpServer(MadeUpProbe(races.LATE, unseen=True))
    with pytest.raises(CheckFailed) as failure:
        with races.held_back(server, races.LATE):  # type: ignore[arg-type]  # it has a probe
            pass
    assert failure.value.symptom == "thread-unseen"


def test_without_a_probe_nothing_is_held_back() -> None:
    with races.held_back(MadeUpServer(None), races.LATE):  # type: ignore[arg-type]
        pass


def test_a_server_that_ends_on_the_way_has_not_served_in_turn() -> None:
    class Ending(NamedTuple):
        """A server that is gone when the first client comes."""
        draw: Random = Random(1)

        def connect(self) -> None:
            """Raises CheckFailed."""
            raise CheckFailed("", "a connection", "connection refused", "server-gone")
    assert not races.served_in_turn(Ending(), 2)  # type: ignore[arg-type]  # is all it needs


@pytest.mark.parametrize("alive, held, given_up, holds", [
    ({7}, 1, False, True), (set(), 1, False, False), ({7}, 0, False, False), ({7}, 1, True, False)])
def test_threads_of_a_server_that_has_ended_are_not_waited_for(
        alive: Set[int], held: int, given_up: bool, holds: bool) -> None:
    server = SimpleNamespace(live=lambda: alive,
                             probe=SimpleNamespace(held=held, given_up=given_up))
    assert races._holds_back(server) == holds  # type: ignore[arg-type]  # is all it looks at
