"""watch.py: which verdicts have changed, which files, which keys quit."""
from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import pty
import struct
import sys
import termios
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from grading import watch
from grading.options import Options
from grading.watch import Watcher, changes, command, keys, quit_typed, state_of, statuses_in


@pytest.mark.parametrize("before, after, wanted", [
    ({}, {"mp-zombies": "failed"}, []),
    ({"mp-zombies": "failed"}, {"mp-zombies": "failed"}, []),
    ({"mp-zombies": "failed"}, {"mp-zombies": "passed"}, ["better: mp-zombies: failed -> passed"]),
    ({"mp-zombies": "passed"}, {"mp-zombies": "failed"}, ["worse: mp-zombies: passed -> failed"]),
    ({"mp-zombies": "passed"}, {"mp-zombies": "inconclusive"},
     ["worse: mp-zombies: passed -> inconclusive"]),
    ({"mp-zombies": "failed"}, {"mp-zombies": "inconclusive"},
     ["changed: mp-zombies: failed -> inconclusive"]),
    ({"mp-zombies": "passed"}, {}, [])], ids=str)
def test_changes(before: Dict[str, str], after: Dict[str, str], wanted: List[str]) -> None:
    assert changes(before, after) == wanted


def test_the_state_changes_with_either_file(tmp_path: Path) -> None:
    states = [state_of(tmp_path)]
    for name in ("mp_server.c", "mt_server.c"):
        (tmp_path / name).write_text("int x;")
        states.append(state_of(tmp_path))
        (tmp_path / name).write_text("int x, y;")
        states.append(state_of(tmp_path))
    (tmp_path / "mp_server.c").unlink()
    states.append(state_of(tmp_path))
    assert all(one != next_one for one, next_one in zip(states, states[1:]))


def test_the_state_does_not_change_with_other_files(tmp_path: Path) -> None:
    before = state_of(tmp_path)
    (tmp_path / "server.c").write_text("int x;")
    assert state_of(tmp_path) == before


def test_no_results_are_no_statuses(tmp_path: Path) -> None:
    assert statuses_in(tmp_path / "results.json") == {}
    (tmp_path / "results.json").write_text(json.dumps(
        {"tests": [{"name": "mp-zombies", "extra_data": {"status": "failed"}}]}))
    assert statuses_in(tmp_path / "results.json") == {"mp-zombies": "failed"}


def test_the_options_are_handed_on() -> None:
    assert command(Options(Path("folder")))[-1] == "--require-contained=T1"
    words = command(Options(Path("folder"), "mp", "T2", quick=True))
    assert words[-4:] == ["--require-contained=T2", "--quick", "-k", "mp"]
    assert command(Options(Path("folder"), seed=7))[-2:] == ["--seed", "7"]


class Keyboard:
    """A terminal that keys are typed on."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        self.stream = os.fdopen(theirs, "r")

    def type(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def close(self) -> None:
        self.stream.close()
        os.close(self._ours)


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keyboard]:
    with contextlib.closing(Keyboard()) as keyboard:
        monkeypatch.setattr(sys, "stdin", keyboard.stream)
        yield keyboard


@pytest.mark.parametrize("typed, quits", [
    (b"q", True), (b"x", False), (b"", False), (b"\xff", False)])
def test_q_quits_without_enter(keyboard: Keyboard, typed: bytes, quits: bool) -> None:
    with keys() as terminal:
        assert terminal
        keyboard.type(typed)
        assert quit_typed(terminal, patience=0.05) == quits


def test_the_terminal_is_as_it_was(keyboard: Keyboard) -> None:
    before = termios.tcgetattr(keyboard.stream)
    with keys():
        assert termios.tcgetattr(keyboard.stream) != before
    assert termios.tcgetattr(keyboard.stream) == before


def test_without_a_terminal_nobody_quits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("q"))
    with keys() as terminal:
        assert not terminal and not quit_typed(terminal, patience=0.0)


@pytest.fixture
def watcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watcher:
    """Watches a folder with a made-up grading, which prints the words of a file there."""
    words = 'printf "%s\\n" "$(cat "$3/report")"; cp "$3/results" "$2"'
    monkeypatch.setattr(watch, "command", lambda options: ["sh", "-c", words, "sh"])
    folder, temporary = tmp_path / "folder", tmp_path / "temporary"
    for one in (folder, temporary):
        one.mkdir()
    say(folder, "failed")
    return Watcher(Options(folder), temporary, terminal=False, look=0.01)


def say(folder: Path, status: str) -> None:
    """Sets what the next grading finds."""
    tests = [{"name": "mp-zombies", "extra_data": {"status": status}}]
    (folder / "results").write_text(json.dumps({"tests": tests}))
    (folder / "report").write_text(f"mp-zombies {status}")


def test_changed_verdicts_come_before_the_report(watcher: Watcher, tmp_path: Path,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    assert watcher.grade()
    first = capsys.readouterr().out.splitlines()
    assert first[1:] == ["mp-zombies failed", "Waiting for a change; q or Ctrl-C quits."]
    say(tmp_path / "folder", "passed")
    (tmp_path / "folder" / "mp_server.c").touch()
    assert watcher.wait_for_a_change() and watcher.grade()
    second = capsys.readouterr().out.splitlines()
    assert second[1:3] == ["better: mp-zombies: failed -> passed", "mp-zombies passed"]


@pytest.mark.parametrize("rows, repeated", [(1, True), (100, False)])
def test_what_is_worse_is_repeated_if_it_has_left_the_screen(
        watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str], rows: int, repeated: bool) -> None:
    monkeypatch.setattr(watch, "rows_of", lambda stream: rows)
    for status in ("failed", "passed", "failed"):
        say(tmp_path / "folder", status)
        (tmp_path / "folder" / "report").write_text("a\nb\n")
        assert watcher.grade()
    printed = capsys.readouterr().out
    assert "better: mp-zombies: failed -> passed\na\nb\nWaiting" in printed
    line = "worse: mp-zombies: passed -> failed\n"
    assert printed.count(line) == 1 + repeated
    assert (f"b\n{line}Waiting for" in printed) == repeated


def test_a_terminal_has_rows_and_a_file_has_no_end(keyboard: Keyboard) -> None:
    fcntl.ioctl(keyboard.stream, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    assert watch.rows_of(keyboard.stream) == 24 - watch.BESIDES
    assert watch.rows_of(io.StringIO()) == sys.maxsize


def test_a_grading_without_results_is_no_trouble(watcher: Watcher, tmp_path: Path,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    assert watcher.grade()
    (tmp_path / "folder" / "results").unlink()
    assert watcher.grade()
    assert "better" not in capsys.readouterr().out
