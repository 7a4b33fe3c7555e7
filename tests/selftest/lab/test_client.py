"""client.py: what it prints, and that it says in one line why there is no reply."""
from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Callable, List, Set, Tuple

import pytest

from checks.client import Client
from selftest.lab.fake import Act, Fake
from selftest.process import eventually, one_line, run
from selftest.serving import Running, fib
from watching import procfs


def client(built: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Runs client.py with these arguments."""
    return run(sys.executable, built / "client.py", *words)


def failed(done: subprocess.CompletedProcess[str], *words: str) -> bool:
    """Returns whether a client ended as it should where there is no reply: with one line, which
    has the words in it."""
    return (done.returncode > 0 and one_line(done.stderr) and "function(" not in done.stdout
            and all(word in done.stderr for word in words))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_what_the_client_prints_to_the_letter(built: Path, server: Running, host: str) -> None:
    done = client(built, host, server.port, 30)
    assert done.stdout == (f"root: Connected to {host}:{server.port}\nroot: Sending 30\n"
                           "function(30): 1346269\n")
    assert (done.returncode, done.stderr) == (0, "")


def test_with_t_the_client_prints_the_time_and_the_reply_alone(built: Path,
                                                               server: Running) -> None:
    done = client(built, "-t", "localhost", server.port, 30)
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d function\(30\): 1346269\n", done.stdout)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_number_the_client_sends_a_random_legal_one(built: Path,
                                                              server: Running) -> None:
    sent = set()
    for _ in range(8):
        lines = client(built, "localhost", server.port).stdout.splitlines()
        n = int(lines[1].replace("root: Sending ", ""))
        assert 0 <= n <= 40 and lines[2] == f"function({n}): {fib(n)}"
        sent.add(n)
    assert len(sent) > 1


def test_a_client_that_is_refused_says_so(built: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # but does not listen
        done = client(built, "localhost", bound.getsockname()[1], 5)
        assert failed(done, "refused", str(bound.getsockname()[1])) and done.stdout == ""


UNHAPPY: List[Tuple[str, Act, str]] = [
    ("reset", lambda connection, _: Client(connection).reset(), "reset"),
    ("closed", lambda connection, _: None, "without a reply"),
    ("closed in mid-reply", lambda connection, _: connection.sendall(b"134"), "mid-reply"),
    ("an error", lambda connection, _: connection.sendall(b"error: no luck\n"), "no luck"),
]


@pytest.mark.parametrize("act, word", [pytest.param(act, word, id=name)
                                       for name, act, word in UNHAPPY])
def test_a_client_without_a_reply_says_why(built: Path, fake: Callable[[Act], Fake], act: Act,
                                           word: str) -> None:
    assert failed(client(built, "localhost", fake(act).port, 5), word)


def unread(connection: socket.socket) -> int:
    """Returns how many of the bytes sent the other side has not taken yet."""
    theirs, ours = connection.getpeername()[1], connection.getsockname()[1]
    return sum(seen.waiting for seen in procfs.connections(os.getpid())
               if (seen.local, seen.remote) == (theirs, ours))


def test_a_reply_may_come_in_pieces(built: Path, fake: Callable[[Act], Fake]) -> None:
    def in_pieces(connection: socket.socket, _: bytes) -> None:
        for piece in (b"13", b"46269", b"\n"):
            connection.sendall(piece)
            assert eventually(lambda: unread(connection) == 0)
    done = client(built, "localhost", fake(in_pieces).port, 30)
    assert done.stdout.endswith("\nfunction(30): 1346269\n")


def test_what_the_server_refuses_is_an_error_of_the_client(built: Path, server: Running) -> None:
    assert failed(client(built, "localhost", server.port, "abc"), "error: not a decimal number")
    assert failed(client(built, "localhost", server.port, 41), "error: out of range")


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "", "2999x", " 2999", "2_999",
                                  "\u0662\u0669", "9" * 5000], ids="{:.8}".format)
def test_a_bad_port_is_one_line(built: Path, port: str) -> None:
    assert failed(client(built, "localhost", port, 5), "port")


@pytest.mark.parametrize("host", ["no such host", "", "a..b", "x" * 64])
def test_an_unknown_host_is_one_line(built: Path, host: str) -> None:
    assert failed(client(built, host, 2999, 5), host)


@pytest.mark.parametrize("words", [[], ["-t"], ["localhost"], ["-t", "localhost"],
                                   ["localhost", "2999", "5", "6"]], ids=" ".join)
def test_a_wrong_number_of_arguments_is_the_usage(built: Path, words: List[str]) -> None:
    done = client(built, *words)
    assert failed(done, "usage: client.py [-t] HOST PORT [N]") and done.stdout == ""


def imported(*words: object) -> Set[str]:
    """Returns the modules that a Python program imports, at its start or later."""
    report = run(sys.executable, "-I", "-S", "-X", "importtime", *words).stderr
    return set(re.findall(r"^import time:.*\| +([\w.]+)$", report, re.MULTILINE))


def test_the_client_imports_little(built: Path, server: Running) -> None:
    modules = imported(built / "client.py", "localhost", server.port, 5)
    assert {"os", "socket"} <= modules
    assert modules - imported("-c", "import os, socket") == set()
