"""console.py: signals, failing with one line, files, terminals, a stranger's words."""
from __future__ import annotations

import argparse
import io
import os
import signal
import stat
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

import console
from console import (CommandFailed, Interrupted, Progress, coloured, escaped, file_to_write,
                     raise_on_signals, run_command, write_whole)

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    """Gives the signals back their handlers after a test."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def handled(*numbers: int) -> List[int]:
    """Sends signals to this process; returns those that raised Interrupted."""
    found = []
    for number in numbers:
        try:
            os.kill(os.getpid(), number)
        except Interrupted as error:
            found.append(error.signal)
    return found


def test_the_first_signal_interrupts_and_later_ones_are_ignored() -> None:
    raise_on_signals(signal.SIGTERM, signal.SIGHUP)
    assert handled(signal.SIGHUP, signal.SIGTERM, signal.SIGHUP) == [signal.SIGHUP]


def test_a_signal_while_the_first_is_handled_is_ignored() -> None:
    raise_on_signals(signal.SIGTERM, signal.SIGHUP)
    finished = False
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    except Interrupted as error:
        os.kill(os.getpid(), signal.SIGHUP)
        finished = error.signal == signal.SIGTERM
    assert finished


def test_two_signals_at_the_same_moment_raise_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Python runs the handlers of both, one after the other, at the same point of the program."""
    raise_on_signals(signal.SIGTERM, signal.SIGHUP)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP})
    handled(signal.SIGTERM, signal.SIGHUP)
    raised = 0
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGHUP})
    except Interrupted:
        raised += 1
    assert raised == 1 and capsys.readouterr().err == ""


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    raise_on_signals(signal.SIGHUP)
    assert handled(signal.SIGHUP) == []


def fails() -> int:
    raise CommandFailed("there is no such thing")


def nobody_reads() -> int:
    raise BrokenPipeError


def test_a_command_s_own_status_is_returned() -> None:
    assert run_command("name", lambda: 3) == 3


def test_a_command_that_fails_says_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command("name", fails) == 2
    assert capsys.readouterr().err == "name: there is no such thing\n"


def test_a_command_that_nobody_reads_is_silent(monkeypatch: pytest.MonkeyPatch,
                                               capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(console, "discard", lambda stream: None)
    assert run_command("name", nobody_reads) == 128 + signal.SIGPIPE
    assert capfd.readouterr().err == ""


def test_sigchld_is_not_inherited_as_ignored() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    assert run_command("name", lambda: int(signal.getsignal(signal.SIGCHLD) != signal.SIG_DFL)) == 0


def test_wrong_usage_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        console.Parser(prog="checker.sh").parse_args(["--nothing"])
    assert ended.value.code == 2
    expected = "checker.sh: unrecognized arguments: --nothing; see ./checker.sh --help\n"
    assert capsys.readouterr().err == expected


def test_a_file_to_write_may_be_new_or_there(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("before")
    assert file_to_write(str(tmp_path / "there")) == tmp_path / "there"
    assert file_to_write(str(tmp_path / "new")) == tmp_path / "new"
    assert [path.name for path in tmp_path.iterdir()] == ["there"], "nothing is left behind"
    assert (tmp_path / "there").read_text() == "before"


@pytest.mark.parametrize("name", ["", "no/such/folder", "/proc/results.json"])
def test_what_cannot_be_written_is_said_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="cannot be written"):
        file_to_write(str(tmp_path / name))


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", "one")
    write_whole(tmp_path / "file", "two\n")
    assert (tmp_path / "file").read_text() == "two\n"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    write_whole(pipe, "words")
    assert os.read(reading, 100) == b"words" and stat.S_ISFIFO(pipe.stat().st_mode)
    os.close(reading)


def test_a_file_that_cannot_be_written_any_more(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="gone/file cannot be written: No such file"):
        write_whole(tmp_path / "gone" / "file", "words")


@pytest.mark.parametrize("environment, wanted", [
    ({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False),
    ({"TERM": "xterm", "NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)], ids=str)
def test_colour(monkeypatch: pytest.MonkeyPatch, environment: Dict[str, str], wanted: bool) -> None:
    monkeypatch.setattr(os, "environ", environment)
    assert coloured(Terminal()) == wanted
    assert not coloured(io.StringIO())


def test_progress_stays_within_a_line_of_the_terminal() -> None:
    stream = Terminal()
    Progress(stream)("words " * 50)
    shown = stream.getvalue()
    assert shown.startswith("\r\x1b[Kwords") and len(shown) == len("\r\x1b[K") + 79


def test_progress_is_cleared() -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress("compiling")
    progress.clear()
    assert stream.getvalue() == "\r\x1b[Kcompiling ...\r\x1b[K"


def test_progress_is_silent_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress("compiling")
    progress.clear()
    assert stream.getvalue() == ""


@pytest.mark.parametrize("text, wanted", [
    ("", []), (" \n\t\n", []), ("one\ntwo\n", ["one", "two"]), ("one\r\ntwo", ["one", "two"]),
    ("a\tb", ["a    b"]), ("\x1b[2J\x07", ["\\x1b[2J\\x07"]), ("a\rb\x08", ["a\\rb\\x08"]),
    ("\u00fc\u2028\u202e", ["\\xfc\\u2028\\u202e"]), ("a\x0bb\x0cc\x85d", ["a\\x0bb\\x0cc\\x85d"]),
    ("Total:  5 <VMCK_NEXT_END>", ["Total\\x3a  5 \\x3cVMCK_NEXT_END>"]),
    ("Total 5: <VMCK>", ["Total 5: <VMCK>"])])
def test_words_of_a_stranger_are_escaped(text: str, wanted: List[str]) -> None:
    assert escaped(text) == wanted


def test_only_the_last_lines_and_first_columns_are_shown() -> None:
    text = "\n".join(str(number) * 200 for number in range(20))
    lines = escaped(text, 150)
    assert len(lines) == console.OUTPUT_LINES and lines[-1] == ("19" * 75)
