"""Fixtures of the lab's servers: compiled once, started for a module, ended after it."""
from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional

import pytest

from selftest.lab.fake import Act, Fake
from selftest.process import run
from selftest.serving import SERVERS, Running, Start


@pytest.fixture(scope="session")
def built(checkout: Path, public_folder: Path) -> Path:
    """A folder with the three servers (the given one, and the solution's two), and the client."""
    for part in ("support", "solution"):
        shutil.copytree(checkout / part, public_folder / "built" / part)
    folder = public_folder / "built" / "solution"
    for words in (("-C", "../support", "server"), ()):
        subprocess.run(["make", "-s", *words], cwd=folder, check=True, timeout=120)
    for name in ("server", "client.py", "client_bench.sh"):
        shutil.copy2(public_folder / "built" / "support" / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def running() -> Iterator[Start]:
    """Starts servers; ends them all after the module's tests."""
    with contextlib.ExitStack() as stack:
        def start(path: Path, *words: str,
                  environment: Optional[Mapping[str, str]] = None) -> Running:
            return stack.enter_context(Running(path, *words, environment=environment))
        yield start


@pytest.fixture(scope="module")
def server(built: Path, running: Start) -> Running:
    """The given server, which serves one client at a time."""
    return running(built / "server")


@pytest.fixture(scope="module", params=SERVERS)
def each_server(request: pytest.FixtureRequest, built: Path, running: Start) -> Running:
    """Each of the three servers in turn."""
    return running(built / request.param)


@pytest.fixture(scope="session")
def failing_accept(public_folder: Path) -> Path:
    """A library that lets accept() fail as the environment says (failing_accept.c)."""
    library = public_folder / "failing_accept.so"
    source = Path(__file__).with_name("failing_accept.c")
    built = run("cc", "-shared", "-fPIC", "-o", library, source, "-ldl")
    assert built.returncode == 0, built.stderr
    return library


@pytest.fixture
def fake() -> Iterator[Callable[[Act], Fake]]:
    """Starts servers that do as they are told; ends them all."""
    with contextlib.ExitStack() as stack:
        def start(act: Act) -> Fake:
            server = Fake(act)
            stack.callback(server.close)
            return server
        yield start
