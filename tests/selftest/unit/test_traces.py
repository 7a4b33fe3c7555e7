"""What an attack leaves behind is found by the names in its source, and only if it is new."""
from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from selftest.gradings import traces

SOURCE = '#include "server.h"\nvoid f(void) { open("/tmp/lab-full", 1); open("own.ini", 1); }\n'


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only public folder there is."""
    monkeypatch.setattr(traces, "PUBLIC", (str(tmp_path), "/nonexistent"))
    return tmp_path


def test_a_file_that_the_source_names_is_found(public: Path) -> None:
    (public / "lab-full").touch()
    (public / "own.ini").touch()
    found = traces.named_in(SOURCE, time.time() - 60)
    assert sorted(trace.what for trace in found) == [str(public / "lab-full"),
                                                     str(public / "own.ini")]


def test_what_others_made_is_not_its_own(public: Path) -> None:
    (public / "lab-full-of-others").touch()
    (public / "full").touch()
    assert traces.named_in(SOURCE, time.time() - 60) == []


def test_what_was_there_before_is_not_its_own(public: Path) -> None:
    (public / "lab-full").touch()
    os.utime(public / "lab-full", (1000, 1000))
    assert traces.named_in(SOURCE, time.time() - 60) == []


def test_files_of_a_user_of_boxes_are_found(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (public / "left").touch()
    monkeypatch.setattr(traces, "USERS", {os.getuid()})
    began = time.time() - 60
    assert str(public / "left") in {trace.what for trace in traces.of_boxes(began)}
    monkeypatch.setattr(traces, "USERS", range(0))
    assert traces.of_boxes(began) == []
