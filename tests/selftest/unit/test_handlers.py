"""What is said of a signal handler that does what it must not."""
from __future__ import annotations

from typing import NamedTuple

import pytest

from checks import handlers


class Reported(NamedTuple):
    """What a probe reports."""
    fault: str
    called: str
    interrupted: str


@pytest.fixture(autouse=True)
def no_closer_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no server to look at."""
    monkeypatch.setattr(handlers, "_waiting", lambda server: [])


@pytest.mark.parametrize("fault, called, symptom, said", [
    ("allocation", "free", "handler-allocates", "the handler called free()"),
    ("stdio", "warn", "handler-prints", "the handler called warn()"),
    ("stdio", "puts", "handler-prints", "the handler called puts() or printf()")])
def test_what_it_called_is_named(fault: str, called: str, symptom: str, said: str) -> None:
    failure = handlers._failure(None, Reported(fault, called, "malloc"))  # type: ignore[arg-type]
    assert failure.seen == [said]
    assert failure.symptom == symptom
    assert "inside malloc()" in failure.done


def test_the_lock_that_it_waits_for_is_named() -> None:
    reported = Reported("lock", "sem_wait", "sem_wait")
    failure = handlers._failure(None, reported)  # type: ignore[arg-type]
    assert failure.symptom == "handler-locks"
    assert failure.seen[0].startswith("the handler waits for ever in sem_wait()")
    assert "a lock by sem_wait()" in failure.done
