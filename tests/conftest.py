"""What the graded checks are given, and the hooks that turn pytest's results into outcomes.

A check is a test function marked with its id. What it raises decides: see checks/verdict.py. What
happens is told to the plugin "grading" (grading/grader.py); where there is none, pytest runs the
lab's tests of itself."""
from __future__ import annotations

import contextlib
import random
from typing import Callable, Generator, Iterator, List, Optional

import pytest

from checks import concurrency as concurrency_check
from checks import many as many_clients
from checks import replies
from checks.catalogue import BY_ID, CHECKS
from checks.check import Check
from checks.robustness import Patient
from checks.server import Server
from checks.verdict import CheckFailed, Inconclusive, NotGraded, too_busy
from checks.workload import SYNCHRONOUS, Yardstick
from grading.build import COMPILE_PATIENCE, Build
from grading.grader import Grading
from grading.starting import Early, Raised, Starter, in_passing

Hook = Callable[..., Generator[None, None, None]]
# The annotation is for mypy: pluggy 1.0, which defines the decorator, has no types.
hook_wrapper: Callable[[Hook], Hook] = pytest.hookimpl(hookwrapper=True)


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
    """The name of the server under test; spares the check if it does not compile, or if the machine
    has left the compiler no time."""
    program: str = request.module.SERVER
    if program not in build.errors:
        return program
    if program in build.starved:
        raise too_busy(f"{program}.c could not be compiled in {COMPILE_PATIENCE} s")
    if check_of(request.node) == next(check for check in CHECKS if check.server == program):
        raise CheckFailed(f"compiled {program}.c with the lab's own files", "a server",
                          "it does not compile", "does-not-compile")
    raise NotGraded(f"not graded until {program}.c compiles")


@pytest.fixture
def draw(request: pytest.FixtureRequest, grading: Grading) -> random.Random:
    """Draws what a submission must not foresee, for one check: the same again for the same seed."""
    return random.Random(f"{grading.seed} {request.node.name} {request.module.SERVER}")


@pytest.fixture
def start(grading: Grading, build: Build, compiled: str, draw: random.Random) -> Iterator[Starter]:
    """Starts a server: start(), start(probe="pages") or start(faults=True). All are ended after the
    check."""
    with contextlib.closing(Starter(grading, build, compiled, draw)) as starter:
        yield starter


@pytest.fixture
def server(serves_concurrently: None, start: Starter) -> Server:
    """A fresh server that has served one client; spares the check if it does not serve clients
    concurrently."""
    return start()


@pytest.fixture
def patient(serves_concurrently: None, grading: Grading) -> Patient:
    """The server with the patient clients."""
    assert grading.early is not None
    return grading.early.patient()


@pytest.fixture
def alone(start: Starter, grading: Grading) -> Raised:
    """What it raises to let a single client be served, or None. It is tried once."""
    try:
        grading.known_alone(lambda: in_passing(start, replies.alone))
    except (CheckFailed, Inconclusive) as error:
        return error
    return None


@pytest.fixture
def serves_alone(request: pytest.FixtureRequest, alone: Raised) -> None:
    """Spares the check if a single client is not served, or fails it, if it is about that."""
    topic = check_of(request.node)
    if isinstance(alone, CheckFailed) and topic and not topic.id.endswith("-replies"):
        raise NotGraded("not graded until a single client gets the right reply",
                        topic.id.partition("-")[0] + "-replies")
    if alone is not None:
        raise alone


@pytest.fixture
def concurrency(serves_alone: None, start: Starter, grading: Grading) -> Raised:
    """What the check of concurrency raises, or None. It is run once."""
    try:
        grading.known_concurrent(lambda: in_passing(start, concurrency_check.concurrency))
    except (CheckFailed, Inconclusive) as error:
        return error
    return None


@pytest.fixture
def serves_concurrently(request: pytest.FixtureRequest, concurrency: Raised) -> None:
    """Spares the check if the server does not serve clients concurrently."""
    if isinstance(concurrency, CheckFailed):
        prefix = request.module.SERVER.partition("_")[0]
        raise NotGraded("not graded until it serves clients concurrently", f"{prefix}-concurrency")
    if concurrency is not None:
        raise concurrency


@pytest.fixture
def serving_many(serves_concurrently: None, start: Starter,
                 grading: Grading) -> many_clients.Serving:
    """Lets a server serve many clients: what it had left behind after each stage. For a check that
    has enough to do before it needs to know that."""
    return lambda: grading.known_many(lambda: in_passing(start, many_clients.serve_many))


@pytest.fixture
def many(serving_many: many_clients.Serving) -> many_clients.Record:
    """The same, for the others."""
    return serving_many()


@pytest.fixture(scope="session")
def yardstick(grading: Grading) -> Iterator[Yardstick]:
    """What requests cost in the lab's own synchronous server."""
    build = grading.build.keeping("yardstick")
    with Yardstick(Server(build.sandbox, build.program(SYNCHRONOUS))) as yardstick:
        yield yardstick


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
def pytest_runtestloop(session: pytest.Session) -> Generator[None, None, None]:
    """Shares the checks out between several processes; each runs its own."""
    grading = grading_of(session.config)
    if grading is None:
        yield
        return
    items = {check.id: item for item in session.items for check in [check_of(item)] if check}
    ids = grading.lanes.shared_out(list(items))
    session.items[:] = [items[id] for id in ids]
    with contextlib.closing(Early(grading, ids)) as grading.early:
        yield


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
