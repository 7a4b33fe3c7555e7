"""Fixtures of the lab's tests of itself: copies of the lab to build and to break, servers that run, a client.

Nothing here writes into the checkout, and whatever a fixture starts it ends, by its own id."""
import concurrent.futures
import fnmatch
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterator, List, Mapping, Optional

import pytest

import corpus

LAB = Path(__file__).resolve().parents[2]
SERVERS = ("server", "mp_server", "mt_server")
PATIENCE = 20.0  # seconds until a test gives up on what should come at once


def eventually(condition: Callable[[], object], patience: float = PATIENCE) -> bool:
    """Polls until the condition is true, and returns whether it came true in time."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def copy_of_lab(target: Path) -> Path:
    """Copies all of the checkout that .gitignore does not name."""
    patterns = [line.rstrip("/") for line in (LAB / ".gitignore").read_text().split()] + [".git"]

    def ignored(folder: str, names: List[str]) -> List[str]:
        inside = "/" / Path(folder).relative_to(LAB)
        return [name for name in names
                if any(fnmatch.fnmatch(name, pattern) or str(inside / name) == pattern for pattern in patterns)]

    shutil.copytree(LAB, target, ignore=ignored, symlinks=True)
    return target


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
def built(checkout: Path, public_folder: Path) -> Path:
    """A folder with the three servers, and the client, in it: the given one, and the solution's two."""
    for part in ("support", "solution"):
        shutil.copytree(checkout / part, public_folder / "built" / part)
    folder = public_folder / "built" / "solution"
    for command in (["make", "-s", "-C", "../support", "server"], ["make", "-s"]):
        subprocess.run(command, cwd=folder, check=True, timeout=120)
    for name in ("server", "client.py", "client_bench.sh"):
        shutil.copy2(public_folder / "built" / "support" / name, folder / name)
    return folder


class Running:
    """A server that was started on port 0 (unless told otherwise) and has announced its port."""

    def __init__(self, path: Path, *words: str, environment: Optional[Mapping[str, str]] = None) -> None:
        self._errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([str(path), *(words or ("0",))], stdin=subprocess.DEVNULL, bufsize=0,
                                        stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True,
                                        env={**os.environ, **(environment or {})})
        self.pid, self.announcement, self.port = self.process.pid, b"", 0
        if self.process.stdout and select.select([self.process.stdout], [], [], PATIENCE)[0]:
            self.announcement = self.process.stdout.readline()
            self.port = int(self.announcement.split()[-1]) if self.announcement else 0

    def errors(self) -> bytes:
        """Returns what it has written to standard error so far."""
        return os.pread(self._errors.fileno(), 1 << 20, 0)

    def close(self) -> None:
        """Ends the server and its children: they are one session, and so one process group."""
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self._errors.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Callable[..., Running]]:
    """Starts servers; ends them all after the module's tests."""
    started: List[Running] = []

    def start(path: Path, *words: str, environment: Optional[Mapping[str, str]] = None) -> Running:
        started.append(Running(path, *words, environment=environment))
        return started[-1]

    yield start
    for server in started:
        server.close()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def read_all(connection: socket.socket) -> bytes:
    """Reads until the server closes; raises ConnectionResetError if it resets, socket.timeout if it does neither."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def ask(port: int, *pieces: bytes, end: bool = False) -> bytes:
    """Sends a request in pieces, each a packet of its own, and returns all that comes until the server closes.
    `end` is for ending the input after them, as a shutdown or `nc -N` does."""
    with connected(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        if end:
            connection.shutdown(socket.SHUT_WR)
        return read_all(connection)


@pytest.fixture(scope="session")
def unprivileged() -> List[str]:
    """What to put before a command so that it runs without root's rights."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root needs setpriv (util-linux) to become somebody else")
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def run(*words: object, cwd: Optional[Path] = None, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command to its end, without input, and returns what it printed and its status."""
    return subprocess.run([str(word) for word in words], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120, env={**os.environ, "PYTHON": sys.executable, **environment},
                          universal_newlines=True)


def one_line(text: str) -> bool:
    """Returns whether a text is one line, as an error message should be."""
    return text.endswith("\n") and text.count("\n") == 1 and text.strip() != ""


@pytest.fixture(scope="module")
def graded(request: pytest.FixtureRequest) -> Iterator[Callable[[corpus.Submission], corpus.Grade]]:
    """Grades what the selected tests need, some at a time: a grading waits more than it computes."""
    wanted = [item.callspec.params["submission"] for item in request.session.items
              if item.module is request.module and hasattr(item, "callspec") and "submission" in item.callspec.params]
    with concurrent.futures.ThreadPoolExecutor(1 + (os.cpu_count() or 1)) as pool:
        grades = {one: pool.submit(corpus.grade, one.path, one.server) for one in wanted}
        yield lambda one: grades[one].result()
        for grade in grades.values():
            grade.cancel()
