"""What every command of the lab does alike: failing with one line, signals, files, a terminal.

There are two ways to meet a signal. --watch and the bench, which do one thing after the other, let
it raise an exception (raise_on_signals) and clean up on the way out. The process that reports a
grading must not be interrupted anywhere: it notes signals, and looks for them where it waits
(supervisor.Signals).
"""
from __future__ import annotations

import argparse
import errno
import os
import re
import signal
import sys
from pathlib import Path
from typing import Callable, List, NoReturn, TextIO

EXIT_COULD_NOT = 2  # the status of a command that could not do what it was asked for
OUTPUT_LINES, OUTPUT_COLUMNS = 12, 160  # how much of a stranger's words is shown
# What a platform that reads a report may take for ours, wherever it stands: vmchecker-next takes
# the first "Total: N" for the points, and what is between its two markers for the report.
TAKEN_FOR_OURS = re.compile("(?<=Total):|<(?=VMCK_NEXT_)")


class CommandFailed(Exception):
    """A command cannot do what it was asked for. The text is one line that says what to do."""


class Interrupted(BaseException):
    """A signal has asked the command to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


def raise_on_signals(*numbers: int) -> None:
    """Lets the first of these signals raise Interrupted; every later one is ignored, also while the
    first is handled. A signal that is ignored already (nohup(1)) stays ignored.

    The handler stays in place for the later ones: Python complains if a signal that is waiting to
    be handled turns out to be ignored by then."""
    raised: List[int] = []

    def handle(number: int, _: object) -> None:
        if not raised:
            raised.append(number)
            raise Interrupted(number)

    for number in numbers:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handle)


def run_command(name: str, main: Callable[[], int]) -> int:
    """Runs a command's main function. Returns the exit status: the function's own; 2 after one line
    on standard error if it raised CommandFailed; 128 + SIGPIPE if nobody reads standard output."""
    # Inherited as ignored, it would keep every waitpid(2) from seeing how a child has ended.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    open_standard_streams()
    try:
        status = main()
        sys.stdout.flush()
        return status
    except CommandFailed as error:
        print(f"{name}: {error}", file=sys.stderr)
        return EXIT_COULD_NOT
    except BrokenPipeError:
        discard(sys.stdout)
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def open_standard_streams() -> None:
    """Opens /dev/null as each of the three standard streams that is closed: otherwise the next file
    opened would get that number and be mistaken for the stream."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free: this one
            setattr(sys, name, open(descriptor, "r" if name == "stdin" else "w", closefd=False))


def discard(stream: TextIO) -> None:
    """Sends all that is still to come on a stream to /dev/null: nobody reads it any more."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


class Parser(argparse.ArgumentParser):
    """An argument parser that reports wrong usage in one line, with exit status 2."""

    def error(self, message: str) -> NoReturn:
        """Ends the process, with the message in one line."""
        self.exit(EXIT_COULD_NOT, f"{self.prog}: {message}; see {self.help_command()}\n")

    def help_command(self) -> str:
        """Returns what to type for help."""
        return f"./{self.prog} --help" if self.prog.endswith(".sh") else "--help"


def new_name(path: Path) -> Path:
    """Returns the name that a file has until it is complete."""
    return path.with_name(path.name + ".new")


def file_to_write(text: str) -> Path:
    """Returns the path of an output file, for argparse: raises ArgumentTypeError if it is clear
    already that it cannot be written."""
    path = Path(text)
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():
            return path  # a pipe or a terminal: writing will tell
        new_name(path).touch()
        new_name(path).unlink()
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text} cannot be written: {error.strerror}") from None
    return path


def write_whole(path: Path, text: str) -> None:
    """Writes a file completely or not at all; what is not a file, such as a pipe, is written to as
    it is. Raises CommandFailed if that fails."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        new_name(path).write_text(text, encoding="utf-8")
        new_name(path).replace(path)
    except OSError as error:
        raise CommandFailed(f"{path} cannot be written: {error.strerror}") from None


def coloured(stream: TextIO) -> bool:
    """Returns whether to print in colour: on a terminal that can, unless NO_COLOR is set
    (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def columns(stream: TextIO) -> int:
    """Returns how many characters fit on a line of the terminal that the stream is; 80 if it is
    none, or does not know."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


class Progress:
    """Says on a terminal, in one line that is overwritten, what is going on; silent elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._interactive = stream.isatty()

    def __call__(self, words: str) -> None:
        """Shows the words in place of those before."""
        if self._interactive:
            # One column stays free: a full line would wrap on some terminals.
            self._stream.write("\r\x1b[K" + f"{words} ..."[:columns(self._stream) - 1])
            self._stream.flush()

    def clear(self) -> None:
        """Takes the words away, so that something else can be printed."""
        if self._interactive:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def escaped(text: str, width: int = OUTPUT_COLUMNS) -> List[str]:
    """Returns the last OUTPUT_LINES lines of a text that a stranger may have written, each cut to
    `width` characters, with everything but printable ASCII written out as an escape sequence, and
    so a character of what could be taken for our own words."""
    if not text.strip():
        return []
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    return [_harmless("".join(map(_visible, line)))[:width] for line in lines[-OUTPUT_LINES:]]


def _harmless(line: str) -> str:
    return TAKEN_FOR_OURS.sub(lambda match: f"\\x{ord(match[0]):02x}", line)


def _visible(character: str) -> str:
    if " " <= character <= "~":
        return character
    return "    " if character == "\t" else ascii(character)[1:-1]
