"""tcp_accept() survives what passes, and ends the server where no wait helps: accept(2)."""
from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import Callable

import pytest

from selftest.process import PATIENCE, one_line
from selftest.serving import Running, Start, ask

TRANSIENT = ["EINTR", "ECONNABORTED", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EPROTO", "EPERM",
             "EAGAIN", "ENETDOWN", "ENOPROTOOPT", "EHOSTDOWN", "ENONET", "EHOSTUNREACH",
             "ENETUNREACH"]


@pytest.fixture
def failing(built: Path, running: Start, failing_accept: Path) -> Callable[[str, int], Running]:
    """Starts the given server such that accept() fails with an error some times at first."""
    def start(name: str, times: int) -> Running:
        numbers = " ".join([str(getattr(errno, name))] * times)
        environment = {"LD_PRELOAD": str(failing_accept), "ACCEPT_ERRORS": numbers}
        return running(built / "server", environment=environment)
    return start


@pytest.mark.parametrize("name", TRANSIENT)
def test_tcp_accept_survives_what_passes(failing: Callable[[str, int], Running],
                                         name: str) -> None:
    server = failing(name, 2)
    assert ask(server.port, b"6\n") == b"13\n"
    assert server.errors() == b"" and server.process.poll() is None


def test_tcp_accept_pauses_while_descriptors_are_short(
        failing: Callable[[str, int], Running]) -> None:
    """It does not try again and again at once: thirty times as many failures take longer."""
    took = []
    for times in (2, 60):
        server = failing("EMFILE", times)
        began = time.monotonic()
        assert ask(server.port, b"6\n") == b"13\n"
        took.append(time.monotonic() - began)
    assert took[1] > 3 * took[0]


@pytest.mark.parametrize("name", ["EBADF", "EINVAL", "ENOTSOCK"])
def test_tcp_accept_ends_where_no_wait_helps(failing: Callable[[str, int], Running],
                                             name: str) -> None:
    server = failing(name, 1)
    assert server.process.wait(PATIENCE) == 1
    said = server.errors().decode()
    assert one_line(said) and "tcp_accept" in said and os.strerror(getattr(errno, name)) in said
