"""The process that reports. Its child grades (pytest, and below it the boxes). So the total and the
result files are written by a process that no submission talks to, after everything of the
submission has ended, and they are written even if the grading process dies."""
from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Callable, List, Mapping, NamedTuple, Sequence

from checks.catalogue import CHECKS
from console import EXIT_COULD_NOT, CommandFailed, escaped
from grading import NAME, keeping
from grading.grader import grade
from grading.ipc import adopt_orphans, channel, end_with, ending, receive, start_process
from grading.options import Options
from grading.outcome import FAILED, INCONCLUSIVE, Outcome
from grading.page import read_sources, write_page
from grading.report import Report, Terminal
from grading.results import write_json, write_junit
from sandbox.signalling import send_signal
from watching import procfs

ALL_PASSED, LOST, UNDECIDED = 0, 1, 3  # exit statuses; console.EXIT_COULD_NOT is the 2 among them
LONGEST = 600  # seconds of a whole grading; no submission comes near it
PATIENCE = 15.0  # seconds for everything that was started to end by itself
STEP = 0.005  # seconds between two looks whether it has
LOG_LINES = 3  # of the log, that are shown if the grading process dies
PARENT = "LAB_PARENT"  # in the environment: the id of a parent whose end is to interrupt a grading


class Signals:
    """Notes signals while something else is waited for: a selector sees when one has come. Nothing
    is interrupted by them, so a second one cannot disturb the handling of the first."""

    def __init__(self, *numbers: int) -> None:
        """Signals that are ignored already (nohup(1)) stay ignored."""
        self._ours, self._theirs = socket.socketpair()
        self._theirs.setblocking(False)
        signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        for number in numbers:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, lambda *_: None)  # Python writes the number into the socket

    def fileno(self) -> int:
        """Returns the descriptor that can be read when a signal has come."""
        return self._ours.fileno()

    def first(self) -> int:
        """Waits for a signal, and returns its number; the first one of several."""
        return self._ours.recv(1)[0]


class Ended(NamedTuple):
    """How the grading process has ended."""
    signal: int  # that asked for it, or 0
    reason: str  # why outcomes are missing, if some are


def run(options: Options) -> int:
    """Grades, reports and writes the result files. Returns the exit status; raises CommandFailed if
    nothing can be graded."""
    began = time.monotonic()
    signals = Signals(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
    parent = os.environ.pop(PARENT, "")
    if parent and not end_with(int(parent), signal.SIGTERM):
        return 128 + signal.SIGTERM
    if options.keep:
        keeping.prepare(options.keep)
    # As they are now: they may be edited while they are graded.
    sources = read_sources(options.folder) if options.html else {}
    report = Report(Terminal(sys.stdout))
    with tempfile.TemporaryDirectory(prefix="lab-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the boxes' users look for their programs in it
        ended = supervise(options, report, signals, folder)
    seconds = time.monotonic() - began
    if report.cannot:
        outcomes = [Outcome(check.id, INCONCLUSIVE, [report.cannot]) for check in CHECKS]
        write_files(options, outcomes, seconds, report.cannot, sources)
        raise CommandFailed(report.cannot)
    report.complete(ended.reason)
    status = finish(options, report, seconds, sources)
    return 128 + ended.signal if ended.signal else status


def supervise(options: Options, report: Report, signals: Signals, folder: Path) -> Ended:
    """Starts the grading process, reports what it sends, and ends it with all below it. The folder
    is for temporary files."""
    adopt_orphans()
    log = (options.keep or folder) / "log"
    ours, theirs = channel()
    child = start_process(partial(grade, options, theirs, log, folder))
    theirs.close()
    signal.alarm(LONGEST)
    number = follow(report, ours, signals)
    if number:
        os.kill(child, signal.SIGKILL)
    status = end_all(child)
    return Ended(number, reason_of(number, status, report, log))


def reason_of(number: int, status: int, report: Report, log: Path) -> str:
    """Returns why outcomes are missing, if some are. `number` is the signal that has ended the
    grading, or 0; `status` is that of the grading process, as wait(2) has it."""
    if number == signal.SIGALRM:
        return f"the grading took more than {LONGEST} s"
    if number:
        return "it was interrupted"
    written = escaped(log.read_text(errors="replace")) if log.exists() else []
    problems = report.problems or [f"the grading process {ending(status)}"]
    return " / ".join([*problems, *written[-LOG_LINES:]])


def follow(report: Report, events: socket.socket, signals: Signals) -> int:
    """Passes what the grading process sends on to the report, until that process has ended or a
    signal has come. Returns the signal, or 0."""
    with selectors.DefaultSelector() as selector:
        selector.register(events, selectors.EVENT_READ)
        selector.register(signals, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _ in selector.select()]
            if signals in ready:
                return signals.first()
            event = receive(events)
            if event is None:
                return 0
            report.handle(event)


def end_all(child: int, patience: float = PATIENCE) -> int:
    """Waits until the grading process, which is about to end, and all below it have ended; after
    `patience` seconds, kills them. Returns the status of the grading process, as wait(2) has it."""
    status = 0
    deadline = time.monotonic() + patience
    while True:
        try:
            ended, its_status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:  # no children are left
            return status
        if ended == child:
            status = its_status
        if ended == 0:
            if time.monotonic() > deadline:
                _kill_all_below()
            time.sleep(STEP)


def _kill_all_below() -> None:
    """Kills what the boxes have not ended, as far as this process may: root without CAP_KILL may
    not signal the processes of another user."""
    still_below = partial(procfs.descends_from, os.getpid())
    for pid in procfs.tree(os.getpid()):
        with contextlib.suppress(PermissionError):
            send_signal(pid, signal.SIGKILL, partial(still_below, pid))


def finish(options: Options, report: Report, seconds: float, sources: Mapping[str, bytes]) -> int:
    """Writes the files and, last, the total. Returns the exit status."""
    outcomes, notes = report.ordered(), report.notes(options.expression, options.seed)
    note = "\n".join([report.contained, *notes])
    written = write_files(options, outcomes, seconds, note, sources)
    if options.keep:
        notes.append(keeping.words(options.keep))
    report.terminal.say(*notes, report.total())
    if report.terminal.closed:
        return 128 + signal.SIGPIPE
    if report.terminal.lost:
        raise CommandFailed(f"standard output cannot be written: {report.terminal.lost.strerror}")
    return exit_status(outcomes) if written else EXIT_COULD_NOT


def exit_status(outcomes: Sequence[Outcome]) -> int:
    """Returns the exit status that these outcomes deserve."""
    if any(outcome.fault for outcome in outcomes):
        return EXIT_COULD_NOT
    statuses = {outcome.status for outcome in outcomes}
    if FAILED in statuses:
        return LOST
    return UNDECIDED if INCONCLUSIVE in statuses else ALL_PASSED


def write_files(options: Options, outcomes: Sequence[Outcome], seconds: float, note: str,
                sources: Mapping[str, bytes]) -> bool:
    """Writes the result files that were asked for; `sources` are for the page. Returns
    False, after a line on standard error, if one of them cannot be written."""
    wanted: List[Callable[[], None]] = []
    if options.json:
        wanted.append(partial(write_json, options.json, outcomes, seconds, note, options.seed))
    if options.junit:
        wanted.append(partial(write_junit, options.junit, outcomes, seconds))
    if options.html:
        wanted.append(partial(write_page, options.html, outcomes, note.split("\n"), sources))
    complete = True
    for write in wanted:
        try:
            write()
        except CommandFailed as error:
            print(f"{NAME}: {error}", file=sys.stderr)
            complete = False
    return complete
