"""The process that grades: it builds the submission, and lets pytest run the checks of both servers at the same time, in
a process each, for hardly any check has much to compute. What happens is sent on to the process that reports, a message
of JSON each; the speed-up is measured by the clock when all checks are over, and so travels last."""
import argparse
import ctypes
import json
import os
import signal
import socket
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

from checker import parallelism
from checker.build import SERVERS, Build, CannotGrade
from checker.catalogue import BY_ID, Check
from checker.outcome import INCONCLUSIVE, Outcome

TESTS = Path(__file__).resolve().parent.parent
PYTEST = ["-c", str(TESTS / "pytest.ini"), "--rootdir", str(TESTS), "--confcutdir", str(TESTS), "-p", "no:cacheprovider"]
PR_SET_PDEATHSIG = 1  # prctl(2)
MESSAGE = 1 << 20  # bytes: larger than any
BROKEN, COULD_NOT_GRADE = 70, 2


def prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == -1:
        raise OSError(ctypes.get_errno(), "prctl")


def channel() -> Tuple[socket.socket, socket.socket]:
    """Returns the two ends of what messages travel through, whole ones, until the last copy of one end is closed."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(events: socket.socket, **event: object) -> None:
    events.send(json.dumps(event).encode())


def received(events: socket.socket) -> Iterator[Dict[str, Any]]:
    """Yields what arrives, until nobody is left who could send."""
    while True:
        message = events.recv(MESSAGE)
        if not message:
            return
        yield json.loads(message)


class Grading:
    """What conftest.py knows of the grading of one server."""

    def __init__(self, build: Build, server: str, events: socket.socket) -> None:
        self.build = build
        self._server, self._events = server, events

    def selected(self, ids: List[str]) -> None:
        send(self._events, selected=ids, server=self._server, contained=self.build.containment.text)

    def began(self, check: Check) -> None:
        send(self._events, began=check.id)

    def ended(self, outcome: Outcome) -> None:
        send(self._events, ended=outcome.to_dict())


class Named:
    """A pytest plugin that makes the grading known by name."""

    def __init__(self, grading: Grading) -> None:
        self._grading = grading

    def pytest_configure(self, config: Any) -> None:
        config.pluginmanager.register(self._grading, "grading")


def run_pytest(words: List[str], *plugins: object) -> int:
    """Runs pytest as the lab wants it, whatever the environment says. Returns its exit status."""
    import pytest
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    return int(pytest.main([*PYTEST, *words], plugins=plugins))


def process(act: Callable[[], int]) -> int:
    """Returns the id of a new process that ends with what the function returns, and with its parent at the latest."""
    parent, child = os.getpid(), os.fork()
    if child:
        return child
    status = BROKEN
    try:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            status = act()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def grade(args: argparse.Namespace, events: socket.socket, log: Path) -> int:
    """Grades a submission; returns the status to end with."""
    os.setsid()  # Ctrl-C is for the parent, which ends this process
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    null, file = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((null, 0), (file, 1), (file, 2)):
        os.dup2(source, target)
    try:
        with Build(args.dir, args.require_contained) as build:
            return _grade(args, build, events)
    except CannotGrade as error:
        send(events, cannot=str(error))
        return COULD_NOT_GRADE


def _grade(args: argparse.Namespace, build: Build, events: socket.socket) -> int:
    import pytest  # here: once for both processes, and not in the one that reports
    ours, theirs = channel()
    graders = [process(partial(_checks, args.k, build, server, theirs)) for server in SERVERS]
    theirs.close()
    parallel: List[Outcome] = []
    for event in received(ours):
        outcome = Outcome(**event["ended"]) if "ended" in event else None
        if outcome and outcome.id.endswith("-speedup") and outcome.status != INCONCLUSIVE and not (outcome.spared or args.quick):
            parallel.append(outcome)
        else:
            send(events, **event)
    statuses = {status_of(grader) for grader in graders}
    if args.k and statuses <= {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED}:
        raise CannotGrade(f"-k {args.k}: no check matches; ./checker.sh --list shows their ids")
    measured: Dict[str, List[str]] = {}
    try:
        if parallel:
            measured = parallelism.by_the_clock(build, [BY_ID[outcome.id].server for outcome in parallel])
    except Exception:  # what the clock shows decides nothing
        traceback.print_exc()
    for outcome in parallel:
        send(events, ended=outcome._replace(lines=[*outcome.lines, *measured.get(BY_ID[outcome.id].server, [])]).to_dict())
    return max(statuses)


def status_of(child: int) -> int:
    """Waits for a child, and returns its exit status."""
    status = os.waitpid(child, 0)[1]
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else BROKEN


def _checks(expression: str, build: Build, server: str, events: socket.socket) -> int:
    """Lets pytest run the checks of one server."""
    words = ["-q", *(["-k", expression] if expression else []), str(TESTS / f"test_{server}.py")]
    return run_pytest(words, Named(Grading(build, server, events)))
