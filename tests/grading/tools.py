"""Compiles the lab's own files: the launcher of the sandbox and its canary, the library that checks
preload, the synchronous server, and the objects that a submission is linked with.

For the lab's tests of itself, which grade hundreds of times, the environment variable LAB_TOOLS
names a folder where what was compiled is kept, and found again by a hash of all that went into it.
"""
from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Iterator, Optional

from console import CommandFailed
from grading import SUPPORT, TESTS
from sandbox import BoxFailed, launcher

ENVIRONMENT = "LAB_TOOLS"
# What a submission sees of the probe in /proc/PID/maps.
PROBE = "libservice.so"
PROBE_SOURCES = sorted((TESTS / "checks").glob("probe*.c"))
PROBE_HEADERS = sorted((TESTS / "checks").glob("probe*.h"))
GIVEN = ("server.h", "main.c", "tcp.c", "fibonacci.c", "server.c", "Makefile")
OBJECTS = ("main.o", "tcp.o", "fibonacci.o")
COMPILED = ("box", "canary", PROBE, "server", *OBJECTS)
SECONDS = 60


def put_tools(folder: Path) -> None:
    """Puts the given files and everything in COMPILED into a folder. Raises CommandFailed if
    something does not compile."""
    for name in GIVEN:
        shutil.copyfile(SUPPORT / name, folder / name)
    cache = os.environ.get(ENVIRONMENT)
    if not cache:
        _compile(folder)
        return
    kept = Path(cache) / fingerprint()
    if kept.is_dir():
        _copy(kept, folder)
    else:
        _compile(folder)
        _keep(folder, kept)


def _compile(folder: Path) -> None:
    """Compiles all at the same time: each takes a process or two, and nobody waits for another."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        server = pool.submit(_make_server, folder)
        tools = [pool.submit(launcher.compile_launcher, folder),
                 pool.submit(launcher.compile_as_one, folder / PROBE, PROBE_SOURCES,
                             "-fPIC", "-shared", "-pthread", "-ldl")]
    try:
        for tool in tools:
            tool.result()
    except BoxFailed as error:
        raise CommandFailed(str(error)) from None
    if server.result() is not None:
        raise CommandFailed(f"the lab's own files do not compile here: {server.result()}")


def _make_server(folder: Path) -> Optional[str]:
    """Compiles the synchronous server, and so the objects. Returns what went wrong, or None."""
    try:
        done = subprocess.run(["make", "-s", "server"], cwd=folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS,
                              env=launcher.own_environment())
    except subprocess.TimeoutExpired:
        return f"the compiler was still busy after {SECONDS} s"
    if done.returncode == 0:
        return None
    return (done.stdout.decode(errors="backslashreplace").splitlines() or ["make failed"])[-1]


def fingerprint() -> str:
    """Returns what identifies the compiled tools: a hash of their sources, of how they are
    compiled, and of the compiler's version."""
    version = subprocess.run(["cc", "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, env=launcher.own_environment())
    found = hashlib.sha256(version.stdout)
    for path in _sources():
        found.update(f"{path.name} {path.stat().st_size}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:32]


def _sources() -> Iterator[Path]:
    """Yields every file that has a part in what is compiled."""
    yield from (SUPPORT / name for name in GIVEN)
    yield from (Path(__file__), Path(launcher.__file__), *PROBE_SOURCES, *PROBE_HEADERS)
    for ending in ("c", "h"):
        yield from sorted(launcher.HERE.glob(f"*.{ending}"))


def _keep(folder: Path, kept: Path) -> None:
    """Copies what was compiled to where the next grading finds it. Several may do so at the same
    time: the first one to rename its copy wins. Without a place to write to, nothing is kept."""
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="new-", dir=kept.parent) as name:
            new = Path(name) / "tools"
            new.mkdir()
            _copy(folder, new)
            new.rename(kept)


def _copy(source: Path, target: Path) -> None:
    for name in COMPILED:
        shutil.copy(source / name, target / name)
