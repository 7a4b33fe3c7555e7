"""Fixtures of the graded checks, and the hooks that turn pytest's results into outcomes.

A check is a test function marked with its id. What it raises decides (see checker/outcome.py). The outcomes go to the
process that reports, through the object that checker/grading.py registers as plugin "grading"."""
import time
from typing import Callable, Dict, Iterator, List, Optional

import pytest

from checker import behaviour, parallelism
from checker.build import Build
from checker.catalogue import BY_ID, Check
from checker.outcome import CheckFailed, Inconclusive, NotGraded, outcome_of
from checker.report import OUTPUT_LINES
from checker.server import Server


@pytest.fixture(scope="session")
def build(request: pytest.FixtureRequest) -> Build:
    return request.config.pluginmanager.get_plugin("grading").build


class Starter:
    """Starts servers of one program for one check, and ends them all after it."""

    def __init__(self, build: Build, program: str) -> None:
        self.build, self.program = build, program
        self.servers: List[Server] = []

    def __call__(self, probe: str = "") -> Server:
        """Starts a server; `probe` is what probe.c shall do in it."""
        environment = {"LD_PRELOAD": str(self.build.probe), "PROBE": probe} if probe else {}
        server = Server(self.build.launcher, self.build.program(self.program), environment)
        self.servers.append(server)
        server.start()
        if probe and not all(server.box.has_mapped(pid, self.build.probe) for pid in server.idle):
            raise CheckFailed(f"started ./{self.program} 0 with a library of the grader's (ld.so(8), LD_PRELOAD)",
                              "that it keeps it", "it has started itself anew without it (execve(2))",
                              "A server has no reason to start programs, or to change its own environment.")
        return server

    def close(self) -> None:
        for server in self.servers:
            server.close()


@pytest.fixture
def compiled(request: pytest.FixtureRequest, build: Build) -> str:
    """The name of the server under test; spares the check where it does not compile."""
    program = request.module.SERVER
    if program in build.errors:
        first = next(check for check in BY_ID.values() if check.server == program)
        if check_of(request.node) is first:
            raise CheckFailed(f"compiled {program}.c with the lab's own files", "a server", "it does not compile",
                              "Read the compiler's first message first.", by_hand="make")
        raise NotGraded(f"not graded until {program}.c compiles")
    return program


@pytest.fixture
def start(request: pytest.FixtureRequest, build: Build, compiled: str) -> Iterator[Callable[..., Server]]:
    starter = Starter(build, compiled)
    request.node.starter = starter
    yield starter
    starter.close()


@pytest.fixture
def server(start: Callable[..., Server], serves_concurrently: None) -> Server:
    return start()


@pytest.fixture(scope="session")
def verdicts() -> Dict[str, Optional[BaseException]]:
    return {}


@pytest.fixture
def concurrency(start: Callable[..., Server], compiled: str,
                verdicts: Dict[str, Optional[BaseException]]) -> Optional[BaseException]:
    """What the check of concurrency raised, or None. It is run once for a server."""
    if compiled not in verdicts:
        try:
            behaviour.concurrency(start())
            verdicts[compiled] = None
        except (CheckFailed, Inconclusive) as error:
            verdicts[compiled] = error
    return verdicts[compiled]


@pytest.fixture
def serves_concurrently(concurrency: Optional[BaseException]) -> None:
    """Spares the check if the server does not serve clients concurrently."""
    if isinstance(concurrency, CheckFailed):
        raise NotGraded("not graded until it serves clients concurrently")
    if concurrency is not None:
        raise concurrency


@pytest.fixture(scope="session")
def calibrated_n(build: Build) -> int:
    return parallelism.calibrated_n(build.launcher, build.program("server"))


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Adds a line to the message of a check that passes."""
    return lambda text: setattr(request.node, "note", text)


def check_of(item: pytest.Item) -> Optional[Check]:
    mark = item.get_closest_marker("check")
    return BY_ID[mark.args[0]] if mark else None


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    """Lets -k select a check by its id."""
    for item in items:
        check = check_of(item)
        if check:
            item.extra_keyword_matches.add(check.id)


def pytest_collection_finish(session: pytest.Session) -> None:
    grading = session.config.pluginmanager.get_plugin("grading")
    if grading:
        grading.selected([check.id for check in map(check_of, session.items) if check])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    item.began, item.error, item.note = time.monotonic(), None, ""  # type: ignore[attr-defined]
    grading, check = item.config.pluginmanager.get_plugin("grading"), check_of(item)
    if grading and check:
        grading.began(check)
    yield
    if grading and check:
        grading.ended(outcome_of(check, item.error, _printed(item, check, grading.build), item.note,
                                 time.monotonic() - item.began))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    yield
    if call.excinfo and item.error is None:
        item.error = call.excinfo.value


def _printed(item: pytest.Item, check: Check, build: Build) -> str:
    """Returns what helps to understand a failure: the compiler's message, or the end of the server's own output."""
    if isinstance(item.error, NotGraded):
        return ""
    if check.server in build.errors:
        return "\n".join(build.errors[check.server].splitlines()[:OUTPUT_LINES])
    starter = getattr(item, "starter", None)
    said = starter.servers[-1].said() if starter and starter.servers else b""
    return said.replace(b"listening on %d\n" % (starter.servers[-1].port if said else 0), b"", 1).decode(
        errors="backslashreplace")
