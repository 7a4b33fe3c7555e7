"""Options and fixtures of all the lab's tests of itself.

Nothing here writes into the checkout, and whatever a fixture starts it ends, by its own id."""
from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Iterator, List

import pytest

from grading.tools import put_tools
from selftest.copies import copy_of_lab
from selftest.pool import PER_CPU, PER_CPU_WHOLE, GradeOf, Need, needs_of, planned

HERE = Path(__file__).resolve().parent
ROOMS = ("unit", "lab", "gradings")  # in the order in which they run
TOOLS = "LAB_TOOLS"  # grading/build.py: where the lab's own compiled tools are kept


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true",
                     help="grade all of the corpus, and the attacks in every tier of containment")


def pytest_configure(config: pytest.Config) -> None:
    """Has the lab's own tools compiled once for all gradings of these tests; and fixtures closed
    when the run is terminated, as when it is interrupted. Whoever runs it in the background may
    ignore signals (sh(1), nohup(1)), which the programs that are tested would inherit."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    if not os.environ.get(TOOLS):
        folder = tempfile.mkdtemp(prefix="lab-tools-")
        os.chmod(folder, 0o755)
        os.environ[TOOLS] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def needs(item: pytest.Item) -> List[Need]:
    """Returns the grades that a test needs."""
    callspec = getattr(item, "callspec", None)
    return list(needs_of(callspec.params)) if callspec else []


def room_of(item: pytest.Item) -> str:
    """Returns the folder of selftest/ that a test is in."""
    return Path(str(item.fspath)).relative_to(HERE).parts[0]


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    """Orders the tests by their folder; last come the files with tests that wait for grades."""
    waiting = {str(item.fspath) for item in items if needs(item)}

    def place(item: pytest.Item) -> int:
        return len(ROOMS) if str(item.fspath) in waiting else ROOMS.index(room_of(item))
    items.sort(key=place)


@pytest.fixture(autouse=True)
def begun(request: pytest.FixtureRequest) -> None:
    """Has the gradings under way, but not during unit tests: those have the process, its threads
    and signals to themselves."""
    if room_of(request.node) != "unit":
        request.getfixturevalue("grade_of")


@pytest.fixture(scope="session")
def grade_of(request: pytest.FixtureRequest) -> Iterator[GradeOf]:
    """The grades of submissions; the grading of those that the selected tests need begins now."""
    wanted = [need for item in request.session.items for need in needs(item)]
    whole = request.config.getoption("whole")
    jobs = planned(wanted, whole)
    if jobs:
        with tempfile.TemporaryDirectory() as folder:
            put_tools(Path(folder))  # compiled now, and not by all of the first ones together
    grades = GradeOf(jobs, PER_CPU_WHOLE if whole else PER_CPU)
    yield grades
    grades.close()


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether all is to be graded: --whole was given."""
    return bool(request.config.getoption("whole"))


@pytest.fixture(scope="session")
def public_folder() -> Iterator[Path]:
    """A folder that other users can reach too, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="selftest-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def checkout(public_folder: Path) -> Path:
    """The lab as it is checked out, in a copy that tests only read."""
    return copy_of_lab(public_folder / "checkout")


@pytest.fixture
def own_checkout(checkout: Path, tmp_path: Path) -> Path:
    """A copy of the lab for one test to change."""
    shutil.copytree(checkout, tmp_path / "lab", symlinks=True)
    return tmp_path / "lab"


@pytest.fixture(scope="session")
def unprivileged() -> List[str]:
    """What to put before a command so that it runs without root's rights."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root needs setpriv (util-linux) to become somebody else")
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
