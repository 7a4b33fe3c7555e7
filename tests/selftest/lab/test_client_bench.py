"""client_bench.sh: many clients at once, their failures counted, none left behind."""
from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path
from typing import Callable, Iterator, List

import pytest

from selftest.lab.fake import Act, Fake
from selftest.process import PATIENCE, eventually, interruptible, one_line, run
from selftest.serving import Running, reply

Bench = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def bench(built: Path) -> Bench:
    """Runs client_bench.sh with these arguments."""
    return lambda *words: run(built / "client_bench.sh", *words)


def answer(connection: socket.socket, request: bytes) -> None:
    """Replies as a server should."""
    connection.sendall(reply(int(request)))


def test_the_bench_starts_eight_at_once_and_waits_for_all(bench: Bench,
                                                          fake: Callable[[Act], Fake]) -> None:
    all_are_here = threading.Barrier(8, timeout=PATIENCE)

    def answer_when_all_are_here(connection: socket.socket, request: bytes) -> None:
        all_are_here.wait()
        answer(connection, request)
    server = fake(answer_when_all_are_here)
    done = bench(server.port)
    assert (done.returncode, done.stderr, len(server.requests)) == (0, "", 8)
    assert len(set(server.requests)) == 1 and 0 <= int(server.requests[0]) <= 40
    assert done.stdout.count("\nfunction(") == 8


def test_the_bench_takes_a_number_of_clients_and_n(bench: Bench,
                                                   fake: Callable[[Act], Fake]) -> None:
    server = fake(answer)
    done = bench(server.port, 3, 7)
    assert done.returncode == 0 and server.requests == [b"7\n"] * 3
    assert done.stdout.count("function(7): 21\n") == 3


def test_with_t_the_bench_shows_the_replies_alone(bench: Bench,
                                                  fake: Callable[[Act], Fake]) -> None:
    done = bench("-t", fake(answer).port, 3, 7)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 3 and all(line.endswith(" function(7): 21") for line in lines)


def test_the_bench_counts_failures(bench: Bench, fake: Callable[[Act], Fake]) -> None:
    turns = iter(range(8))

    def fail_three(connection: socket.socket, request: bytes) -> None:
        if next(turns) < 3:
            connection.sendall(b"error: no\n")
        else:
            answer(connection, request)
    done = bench(fake(fail_three).port)
    assert done.returncode > 0 and done.stdout.count("function(") == 5
    assert "3 of 8" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("words", [[], ["-t"], ["1", "0"], ["1", "-1"], ["1", "abc"], ["1", "08"],
                                   ["1", "3x"], ["1", "8", "5", "6"], ["1", ""]], ids=" ".join)
def test_a_bad_argument_of_the_bench_is_one_line(bench: Bench, words: List[str]) -> None:
    done = bench(*words)
    assert done.returncode > 0 and one_line(done.stderr) and done.stdout == ""


def group(leader: int, without: str = "") -> List[int]:
    """Returns the processes of a process group, those in the given states left out: proc(5)."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{pid}/stat").read_text(errors="replace")
            state, _, leads = line.rpartition(")")[2].split()[:3]
            if int(leads) == leader and state not in without.split():
                found.append(int(pid))
    return found


@contextlib.contextmanager
def bench_of_its_own(built: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A bench that is a process group of its own; all of the group is ended."""
    process = subprocess.Popen(interruptible(built / "client_bench.sh", port),
                               start_new_session=True, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        for pid in group(process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize("answered", [0, 7])
def test_an_interrupted_bench_leaves_no_client_behind(built: Path, fake: Callable[[Act], Fake],
                                                      answered: int) -> None:
    interrupted, turns = threading.Event(), iter(range(8))

    def answer_some(connection: socket.socket, request: bytes) -> None:
        if next(turns) < answered:
            answer(connection, request)
        else:
            interrupted.wait(PATIENCE)
    server = fake(answer_some)
    with bench_of_its_own(built, server.port) as process:
        assert eventually(lambda: len(server.requests) == 8)
        assert eventually(lambda: len(group(process.pid)) == 1 + 8 - answered)
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
        status = process.wait(PATIENCE)
        assert eventually(lambda: not group(process.pid, without="Z"))
        interrupted.set()
        assert status == 130


def test_the_bench_runs_from_anywhere_and_in_a_folder_with_a_blank(built: Path, server: Running,
                                                                   tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    for name in ("client.py", "client_bench.sh"):
        shutil.copy2(built / name, folder / name)
    done = run(folder / "client_bench.sh", server.port, 2, 5, cwd=Path("/"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("function(5): 8\n") == 2
