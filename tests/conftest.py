"""What the graded checks are given, and the hooks that turn pytest's results into outcomes.

A check is a test function marked with its id. What it raises decides: see checks/verdict.py. What
happens is told to the plugin "grading" (grading/grader.py); where there is none, pytest runs the
lab's tests of itself."""
from __future__ import annotations

import contextlib
from typing import Callable, Dict, Generator, Iterator, List, Optional

import pytest

from checks import concurrency as concurrency_check
from checks.catalogue import BY_ID, CHECKS
from checks.check import Check
from checks.server import Server
from checks.verdict import CheckFailed, Inconclusive, NotGraded
from checks.workload import SYNCHRONOUS
from checks.workload import calibrated_n as find_n
from grading.build import Build
from grading.grader import Grading
from watching import private

Raised = Optional[Exception]  # what a check has raised, if it has
Hook = Callable[..., Generator[None, None, None]]
# The annotation is for mypy: pluggy 1.0, which defines the decorator, has no types.
hook_wrapper: Callable[[Hook], Hook] = pytest.hookimpl(hookwrapper=True)


class Starter:
    """Starts servers of one program for one check, and ends them all when it is closed."""

    def __init__(self, grading: Grading, build: Build, program: str) -> None:
        self.servers: List[Server] = []
        self._grading, self._build, self._program = grading, build, program
        self._stack = contextlib.ExitStack()

    def __call__(self, probe: str = "") -> Server:
        """Starts a server, and waits until it has served a first client. `probe` is what probe.c is
        to do in it; "" leaves it out. Raises CheckFailed if the server does not start."""
        library = self._build.probe
        environment = {"LD_PRELOAD": str(library), "PROBE": probe} if probe else {}
        server = Server(self._build.sandbox, self._build.program(self._program), environment)
        self._stack.callback(server.close)
        self.servers.append(server)
        self._grading.started(server)
        server.start()
        user = server.box.user
        if probe and not all(private.has_mapped(pid, library.name, user) for pid in server.idle):
            raise CheckFailed(
                f"started ./{self._program} 0 with a library preloaded (ld.so(8), LD_PRELOAD)",
                "the library to stay loaded",
                "the server re-executed itself without it (execve(2))",
                "A server has no reason to start programs, or to change its own environment.")
        return server

    def close(self) -> None:
        """Ends all servers, also if ending one of them fails."""
        self._stack.close()


@pytest.fixture(scope="session")
def grading(request: pytest.FixtureRequest) -> Grading:
    """The grading of one server, which is told what happens."""
    plugin = request.config.pluginmanager.get_plugin("grading")
    assert isinstance(plugin, Grading), "graded checks are run by checker.sh"
    return plugin


@pytest.fixture
def build(request: pytest.FixtureRequest, grading: Grading) -> Build:
    """The submission's programs, and the sandbox to run them in."""
    check = check_of(request.node)
    return grading.build.keeping(check.id) if check else grading.build


@pytest.fixture
def compiled(request: pytest.FixtureRequest, build: Build) -> str:
    """The name of the server under test; spares the check if it does not compile."""
    program: str = request.module.SERVER
    if program not in build.errors:
        return program
    if check_of(request.node) == next(check for check in CHECKS if check.server == program):
        raise CheckFailed(f"compiled {program}.c with the lab's own files", "a server",
                          "it does not compile", "Read the compiler's first message first.",
                          by_hand="make")
    raise NotGraded(f"not graded until {program}.c compiles")


@pytest.fixture
def start(grading: Grading, build: Build, compiled: str) -> Iterator[Starter]:
    """Starts a server: start() or start(probe="pages"). All are ended after the check."""
    with contextlib.closing(Starter(grading, build, compiled)) as starter:
        yield starter


@pytest.fixture
def server(serves_concurrently: None, start: Starter) -> Server:
    """A fresh server that has served one client; spares the check if it does not serve clients
    concurrently."""
    return start()


@pytest.fixture(scope="session")
def raised() -> Dict[str, Raised]:
    """What the check of concurrency has raised, by server."""
    return {}


@pytest.fixture
def concurrency(start: Starter, compiled: str, raised: Dict[str, Raised]) -> Raised:
    """What the check of concurrency raises, or None. It is run once for each server."""
    if compiled not in raised:
        try:
            concurrency_check.concurrency(start())
            raised[compiled] = None
        except (CheckFailed, Inconclusive) as error:
            raised[compiled] = error
    return raised[compiled]


@pytest.fixture
def serves_concurrently(concurrency: Raised) -> None:
    """Spares the check if the server does not serve clients concurrently."""
    if isinstance(concurrency, CheckFailed):
        raise NotGraded("not graded until it serves clients concurrently")
    if concurrency is not None:
        raise concurrency


@pytest.fixture(scope="session")
def calibrated_n(grading: Grading) -> int:
    """The n whose fib(n) takes about SINGLE_RUN seconds of CPU on this machine."""
    build = grading.build.keeping("calibration")
    return find_n(build.sandbox, build.program(SYNCHRONOUS))


@pytest.fixture
def note(grading: Grading) -> Callable[[Optional[str]], None]:
    """Adds a line below the check's row, and in the result files, though it passes; None adds
    nothing."""
    def add(text: Optional[str]) -> None:
        if text:
            grading.noted(text)
    return add


def check_of(item: pytest.Item) -> Optional[Check]:
    """Returns the check that a test function is, if it is one."""
    mark = item.get_closest_marker("check")
    return BY_ID[mark.args[0]] if mark else None


def grading_of(config: pytest.Config) -> Optional[Grading]:
    """Returns the plugin, if this is a grading."""
    plugin = config.pluginmanager.get_plugin("grading")
    return plugin if isinstance(plugin, Grading) else None


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    """Lets -k select a check by its id."""
    for item in items:
        check = check_of(item)
        if check:
            item.extra_keyword_matches.add(check.id)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tells which checks will be run."""
    grading = grading_of(session.config)
    if grading:
        grading.selected([check.id for check in map(check_of, session.items) if check])


@hook_wrapper
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, None, None]:
    """Tells when a check begins, and, when its servers have been ended, that it has ended."""
    grading, check = grading_of(item.config), check_of(item)
    if grading and check:
        grading.began(check)
    yield
    if grading and check:
        grading.ended()


@hook_wrapper
def pytest_runtest_makereport(item: pytest.Item,
                              call: pytest.CallInfo[None]) -> Generator[None, None, None]:
    """Tells what a check, its set-up or its cleaning up has raised."""
    yield
    grading = grading_of(item.config)
    if grading and call.excinfo:
        grading.raised(call.excinfo.value)
