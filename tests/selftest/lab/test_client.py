"""client.py and client_bench.sh."""
import contextlib
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Callable, Iterator, List, Set

import pytest

from checker.behaviour import fib
from checker.client import Client
from conftest import PATIENCE, Running, eventually, one_line, run


class Fake:
    """A server that does as it is told: `act` gets each connection and what the client sent, in a thread of its own."""

    def __init__(self, act: Callable[[socket.socket, bytes], None]) -> None:
        self.requests: List[bytes] = []
        self._act, self._listening, self._open = act, socket.create_server(("127.0.0.1", 0), backlog=64), True
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            connection = self._listening.accept()[0]
            if not self._open:
                connection.close()
                return
            self._threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(PATIENCE)
            self.requests.append(connection.recv(4096))
            self._act(connection, self.requests[-1])

    def close(self) -> None:
        self._open = False
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes up accept()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listening.close()


@pytest.fixture
def fake() -> Iterator[Callable[..., Fake]]:
    started: List[Fake] = []

    def start(act: Callable[[socket.socket, bytes], None]) -> Fake:
        started.append(Fake(act))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture(scope="module")
def server(built: Path, running: Callable[..., Running]) -> Running:
    return running(built / "server")


def client(built: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    return run(sys.executable, built / "client.py", *words)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_what_the_client_prints_to_the_letter(built: Path, server: Running, host: str) -> None:
    done = client(built, host, server.port, 30)
    assert done.stdout == f"root: Connected to {host}:{server.port}\nroot: Sending 30\nfunction(30): 1346269\n"
    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_number_the_client_sends_a_random_legal_one(built: Path, server: Running) -> None:
    sent = set()
    for _ in range(8):
        lines = client(built, "localhost", server.port).stdout.splitlines()
        n = int(lines[1].replace("root: Sending ", ""))
        assert 0 <= n <= 40 and lines[2] == f"function({n}): {fib(n)}"
        sent.add(n)
    assert len(sent) > 1


def failed(done: "subprocess.CompletedProcess[str]", *words: str) -> bool:
    """Returns whether a client ended as it should where there is no reply: one line, which has the words in it."""
    return (done.returncode not in (0, None) and done.returncode > 0 and one_line(done.stderr)
            and "function(" not in done.stdout and all(word in done.stderr for word in words))


def test_a_client_that_is_refused_says_so(built: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # but does not listen
        done = client(built, "localhost", bound.getsockname()[1], 5)
        assert failed(done, "refused", str(bound.getsockname()[1])) and done.stdout == ""


UNHAPPY = {
    "reset": (lambda connection, _: Client(connection).reset(), "reset"),
    "closed": (lambda connection, _: None, "without a reply"),
    "closed in mid-reply": (lambda connection, _: connection.sendall(b"134"), "mid-reply"),
    "an error": (lambda connection, _: connection.sendall(b"error: no such luck\n"), "no such luck"),
}


@pytest.mark.parametrize("how", UNHAPPY)
def test_a_client_without_a_reply_says_why(built: Path, fake: Callable[..., Fake], how: str) -> None:
    act, word = UNHAPPY[how]
    assert failed(client(built, "localhost", fake(act).port, 5), word)


def test_a_reply_may_come_in_pieces(built: Path, fake: Callable[..., Fake]) -> None:
    def in_pieces(connection: socket.socket, _: bytes) -> None:
        for piece in (b"13", b"46269", b"\n"):
            connection.sendall(piece)
            assert eventually(lambda: unread(connection) == 0)
    assert client(built, "localhost", fake(in_pieces).port, 30).stdout.endswith("\nfunction(30): 1346269\n")


def unread(connection: socket.socket) -> int:
    """Returns how many of the bytes sent the other side has not taken yet: proc(5), /proc/net/tcp, its rx_queue."""
    theirs, ours = (f"{struct.unpack('=I', socket.inet_aton(host))[0]:08X}:{port:04X}"
                    for host, port in (connection.getpeername(), connection.getsockname()))
    for fields in map(str.split, Path("/proc/net/tcp").read_text().splitlines()):
        if fields[1:3] == [theirs, ours]:
            return int(fields[4].partition(":")[2], 16)
    return 0


def test_what_the_server_refuses_is_an_error_of_the_client(built: Path, server: Running) -> None:
    assert failed(client(built, "localhost", server.port, "abc"), "error: not a decimal number")
    assert failed(client(built, "localhost", server.port, 41), "error: out of range")


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "", "2999x", " 2999", "2_999", "\u0662\u0669",
                                  "9" * 5000])
def test_a_bad_port_is_one_line(built: Path, port: str) -> None:
    assert failed(client(built, "localhost", port, 5), "port")


@pytest.mark.parametrize("host", ["no such host", "", *(
    host for host in ("a..b", "x" * 64))])
def test_an_unknown_host_is_one_line(built: Path, host: str) -> None:
    assert failed(client(built, host, 2999, 5), host)


@pytest.mark.parametrize("words", [[], ["localhost"], ["localhost", "2999", "5", "6"]], ids=len)
def test_a_wrong_number_of_arguments_is_the_usage(built: Path, words: List[str]) -> None:
    done = client(built, *words)
    assert failed(done, "usage: client.py HOST PORT [N]") and done.stdout == ""


def imported(*words: object) -> Set[str]:
    """Returns the modules that a Python program imports, at its start or later."""
    report = run(sys.executable, "-I", "-S", "-X", "importtime", *words).stderr
    return set(re.findall(r"^import time:.*\| +([\w.]+)$", report, re.MULTILINE))


def test_the_client_imports_little(built: Path, server: Running) -> None:
    modules = imported(built / "client.py", "localhost", server.port, 5)
    assert {"os", "socket"} <= modules
    assert modules - imported("-c", "import os, socket") == set()


@pytest.fixture
def bench(built: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    return lambda *words: run(built / "client_bench.sh", *words)


def reply(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"%d\n" % fib(int(request)))


def test_the_bench_starts_eight_at_once_and_waits_for_all(bench: Callable, fake: Callable[..., Fake]) -> None:
    all_are_here = threading.Barrier(8, timeout=PATIENCE)

    def reply_when_all_are_here(connection: socket.socket, request: bytes) -> None:
        all_are_here.wait()
        reply(connection, request)
    server = fake(reply_when_all_are_here)
    done = bench(server.port)
    assert (done.returncode, done.stderr, len(server.requests)) == (0, "", 8)
    assert len(set(server.requests)) == 1 and 0 <= int(server.requests[0]) <= 40
    assert done.stdout.count("\nfunction(") == 8


def test_the_bench_takes_a_number_of_clients_and_n(bench: Callable, fake: Callable[..., Fake]) -> None:
    server = fake(reply)
    done = bench(server.port, 3, 7)
    assert done.returncode == 0 and server.requests == [b"7\n"] * 3
    assert done.stdout.count("function(7): 21\n") == 3


def test_the_bench_counts_failures(bench: Callable, fake: Callable[..., Fake]) -> None:
    turns = iter(range(8))

    def fail_three(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"error: no\n") if next(turns) < 3 else reply(connection, request)
    done = bench(fake(fail_three).port)
    assert done.returncode > 0 and done.stdout.count("function(") == 5
    assert "3 of 8" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("words", [[], ["1", "0"], ["1", "-1"], ["1", "abc"], ["1", "08"], ["1", "3x"],
                                   ["1", "8", "5", "6"], ["1", ""]],
                         ids=" ".join)
def test_a_bad_argument_of_the_bench_is_one_line(bench: Callable, words: List[str]) -> None:
    done = bench(*words)
    assert done.returncode > 0 and one_line(done.stderr) and done.stdout == ""


@pytest.mark.parametrize("answered", [0, 7])
def test_an_interrupted_bench_leaves_no_client_behind(built: Path, fake: Callable[..., Fake], answered: int) -> None:
    interrupted, turns = threading.Event(), iter(range(8))

    def reply_to_some(connection: socket.socket, request: bytes) -> None:
        reply(connection, request) if next(turns) < answered else interrupted.wait(PATIENCE)
    server = fake(reply_to_some)
    with bench_of_its_own(built, server.port) as process:
        assert eventually(lambda: len(server.requests) == 8 and len(group(process.pid)) == 1 + 8 - answered)
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: the bench and its clients are a process group
        status = process.wait(PATIENCE)
        assert eventually(lambda: not group(process.pid, without="Z"))
        interrupted.set()
        assert status == 130


@contextlib.contextmanager
def bench_of_its_own(built: Path, port: int) -> "Iterator[subprocess.Popen[bytes]]":
    """A bench that is a process group of its own; all of the group is ended."""
    process = subprocess.Popen([str(built / "client_bench.sh"), str(port)], start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        yield process
    finally:
        for pid in group(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait()


def group(leader: int, without: str = "") -> List[int]:
    """Returns the processes of a process group, those in the given states left out."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].decode().split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] not in without.split():
            found.append(int(pid))
    return found


def test_the_bench_runs_from_anywhere_and_in_a_folder_with_a_blank(built: Path, server: Running, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    for name in ("client.py", "client_bench.sh"):
        shutil.copy2(built / name, folder / name)
    done = run(folder / "client_bench.sh", server.port, 2, 5, cwd=Path("/"))
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.count("function(5): 8\n") == 2
