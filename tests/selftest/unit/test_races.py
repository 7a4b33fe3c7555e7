"""What the check of data races says of its two witnesses."""
from __future__ import annotations

from typing import List

import pytest

from checks import races, sanitizer
from checks.sanitizer import Finding
from checks.verdict import CheckFailed


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> List[str]:
    """The first witness has seen nothing; returns who was asked."""
    names: List[str] = []
    monkeypatch.setattr(races, "own_replies", lambda server: names.append(server))
    return names


def note(monkeypatch: pytest.MonkeyPatch, seen: Finding) -> str:
    """Returns the note of the check if the second witness has seen this."""
    monkeypatch.setattr(sanitizer, "races", lambda build, name: seen)
    return races.own_replies_without_races(
        lambda probe="": f"a server with {probe}", None)  # type: ignore[arg-type]  # nothing runs


def test_two_witnesses_that_saw_nothing_need_no_note(monkeypatch: pytest.MonkeyPatch,
                                                     asked: List[str]) -> None:
    assert note(monkeypatch, Finding()) == ""
    assert asked == ["a server with delay"]


def test_the_missing_witness_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said = note(monkeypatch, Finding(missing="it does not know C11 threads"))
    assert said == "checked without ThreadSanitizer: it does not know C11 threads"


def test_a_race_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CheckFailed) as failure:
        note(monkeypatch, Finding(race="mt_server.c, line 30 and line 16"))
    assert failure.value.expected == "no data race"
    assert failure.value.seen == "a data race: mt_server.c, line 30 and line 16"
    assert "3 times" in failure.value.done


def test_who_got_the_right_reply_is_said() -> None:
    assert races._right_words([]) == "no client got the right reply"
    assert races._right_words([2, 3]).endswith("only to the clients that sent 2 3")
