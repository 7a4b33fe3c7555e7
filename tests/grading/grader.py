"""The process that grades: it builds the submission, then runs the checks of each server in a
pytest of its own, both at the same time, and each in several processes (lanes.py): they mostly
wait. What happens is forwarded to the process that reports, as events (see ipc.py):

    contained=TEXT           what protects the machine from the submission
    selected=IDS, server=S   the checks that will be run
    began=ID                 a check begins
    ended=OUTCOME            a check has ended
    problem=TEXT             why outcomes will be missing
    cannot=TEXT              why nothing can be graded

The speed-up is measured by the clock when all checks have ended, and so its outcomes come last."""
from __future__ import annotations

import os
import resource
import signal
import socket
import time
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Optional, Sequence

from bench.speedup import measured_speedups
from checks.allowance import Allowance
from checks.catalogue import BY_ID
from checks.check import Check
from checks.many import Record
from checks.server import Server
from checks.verdict import CheckFailed, NotGraded
from console import OUTPUT_LINES, CommandFailed
from grading import TESTS
from grading.build import SERVERS, Build
from grading.ipc import Event, channel, ending, received, send, start_process
from grading.lanes import Known, Lanes
from grading.options import Options
from grading.outcome import INCONCLUSIVE, Outcome, outcome_of
from grading.runner import run_pytest

if TYPE_CHECKING:
    import pytest

    from grading.starting import Early

DESCRIPTORS = 4096  # how many this process may have open, if it is allowed to: clients are many


class Grading:
    """The grading of one server: conftest.py tells it, as the plugin "grading", what happens."""

    def __init__(self, build: Build, server: str, events: socket.socket, seed: int) -> None:
        """`seed` is that of whatever the checks draw at random."""
        self.build, self.server, self.seed = build, server, seed
        self.allowance = Allowance()
        self.lanes = Lanes()
        self.known_alone: Known[None] = Known()  # is a single client served?
        self.known_concurrent: Known[None] = Known()  # do silent clients delay nobody?
        self.known_many: Known[Record] = Known()  # how are many clients served?
        self.early: Optional[Early] = None  # from when on the checks run
        self._events = events
        self._running: Optional[_Running] = None

    def selected(self, ids: Sequence[str]) -> None:
        """These checks will be run."""
        send(self._events, selected=list(ids), server=self.server)

    def began(self, check: Check) -> None:
        """A check begins."""
        self.lanes.begins(check.id)
        self._running = _Running(check)
        send(self._events, began=check.id)

    def started(self, server: Server) -> None:
        """The check that runs has started a server."""
        if self._running:
            self._running.server = server

    def noted(self, text: str) -> None:
        """The check that runs has something to say, whether it passes or not."""
        if self._running:
            self._running.notes.append(text)

    def raised(self, error: BaseException) -> None:
        """The check that runs has raised an exception; the first one counts."""
        if self._running and self._running.error is None:
            self._running.error = error
            if isinstance(error, CheckFailed) and self._running.server:
                error.seen += _refused(self._running.server)

    def ended(self) -> None:
        """The check has ended, and so have its servers."""
        if self._running:
            outcome = self._running.outcome(self.build.errors)
            self._running = None
            send(self._events, ended=outcome.to_dict())


def _refused(server: Server) -> List[str]:
    """Returns a line that says which system calls the sandbox has refused; none if it has not."""
    calls = ", ".join(sorted(f"{name}()" for name in server.refused()))
    if not calls:
        return []
    return [f"the sandbox has refused the server: {calls}; guide.md, part 5, says what it may do"]


class _Running:
    """What is known of the check that runs."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.began = time.monotonic()
        self.server: Optional[Server] = None  # the last one that it has started
        self.notes: List[str] = []
        self.error: Optional[BaseException] = None

    def outcome(self, errors: Dict[str, str]) -> Outcome:
        """Returns how it ended; `errors` has the compiler's messages, by server."""
        seconds = time.monotonic() - self.began
        return outcome_of(self.check, self.error, self._output(errors), self.notes, seconds)

    def _output(self, errors: Dict[str, str]) -> str:
        """Returns what helps to understand a failure: the beginning of the compiler's messages, or
        the end of the server's own output."""
        if isinstance(self.error, NotGraded):
            return ""
        if self.check.server in errors:
            return "\n".join(errors[self.check.server].splitlines()[:OUTPUT_LINES])
        if self.server is None:
            return ""
        announcement = b"listening on %d\n" % self.server.port
        output = self.server.said().replace(announcement, b"", 1)
        return output.decode(errors="backslashreplace")


class Plugin:
    """Makes a grading known to conftest.py by name."""

    def __init__(self, grading: Grading) -> None:
        self._grading = grading

    def pytest_configure(self, config: pytest.Config) -> None:
        """A hook of pytest's."""
        config.pluginmanager.register(self._grading, "grading")


def grade(options: Options, events: socket.socket, log: Path, temporary: Path) -> int:
    """The grading process: grades, and sends events. What it prints goes into the log."""
    _stand_alone(log)
    try:
        with Build(options.folder, options.required_tier, options.keep, temporary) as build:
            send(events, contained=build.sandbox.containment.text)
            _grade(options, build, events)
    except CommandFailed as error:
        send(events, cannot=str(error))
    return 0


def _stand_alone(log: Path) -> None:
    """Detaches from the terminal: Ctrl-C is for the supervisor, which then ends this process."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDONLY)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((null, 0), (file, 1), (file, 2)):
        os.dup2(source, target)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _grade(options: Options, build: Build, events: socket.socket) -> None:
    import pytest  # noqa: F401  # loaded once, for both processes below
    ours, theirs = channel()
    graders = {server: start_process(partial(_run_checks, options, build, server, theirs))
               for server in SERVERS}
    theirs.close()
    to_measure: List[Outcome] = []
    for event in received(ours):
        if not options.quick and _can_be_measured(event):
            to_measure.append(Outcome.from_dict(event["ended"]))
        else:
            send(events, **event)
    for problem in _problems(options, {server: os.waitpid(pid, 0)[1]
                                       for server, pid in graders.items()}):
        send(events, problem=problem)
    for outcome in _measured(build, to_measure):
        send(events, ended=outcome.to_dict())


def _run_checks(options: Options, build: Build, server: str, events: socket.socket) -> int:
    """Lets pytest run the checks of one server. Returns its exit status."""
    selection = ["-k", options.expression] if options.expression else []
    words = ["-q", "-s", "-p", "no:cacheprovider", *selection, str(TESTS / f"test_{server}.py")]
    grading = Grading(build, server, events, options.seed)
    return grading.lanes.joined(run_pytest(words, Plugin(grading)))


def _problems(options: Options, statuses: Dict[str, int]) -> List[str]:
    """Returns what kept the pytests from running all checks. `statuses` are theirs, by server, as
    wait(2) has them. Raises CommandFailed if no check was selected."""
    import pytest
    codes = pytest.ExitCode
    fine = {int(code) << 8 for code in (codes.OK, codes.TESTS_FAILED)}
    unselected = {int(code) << 8 for code in (codes.USAGE_ERROR, codes.NO_TESTS_COLLECTED)}
    if options.expression:
        if unselected.issuperset(statuses.values()):
            raise CommandFailed(f"-k {options.expression}: no check matches; ./checker.sh --list "
                                "shows their ids")
        fine |= unselected
    return [f"the process that grades {server} {ending(status)}"
            for server, status in statuses.items() if status not in fine]


def _can_be_measured(event: Event) -> bool:
    """Returns whether an event is the outcome of a check of the speed-up that was run."""
    if "ended" not in event:
        return False
    outcome = Outcome.from_dict(event["ended"])
    decided = outcome.status != INCONCLUSIVE and not outcome.spared
    return decided and outcome.id.endswith("-speedup")


def _measured(build: Build, outcomes: Sequence[Outcome]) -> List[Outcome]:
    """Returns the outcomes with what the clock shows added to their messages. It decides nothing:
    where it fails, the log says why."""
    lines: Dict[str, List[str]] = {}
    try:
        if outcomes:
            servers = [BY_ID[one.id].server for one in outcomes]
            lines = measured_speedups(build.keeping("speed-up").sandbox, build.program("server"),
                                      {server: build.program(server) for server in servers})
    except Exception:
        traceback.print_exc()
    return [one._replace(lines=[*one.lines, *lines.get(BY_ID[one.id].server, [])])
            for one in outcomes]
