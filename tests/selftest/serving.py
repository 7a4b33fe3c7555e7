"""Servers that the tests start themselves, and clients of theirs."""
from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Mapping, Optional, Protocol

from selftest.process import PATIENCE
from watching import procfs

SERVERS = ("server", "mp_server", "mt_server")


class Running:
    """A server that was started on port 0 (unless told otherwise) and has announced its port. Use
    it in a `with` block, or call close()."""

    def __init__(self, path: Path, *words: str,
                 environment: Optional[Mapping[str, str]] = None) -> None:
        self._errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([str(path), *(words or ("0",))], bufsize=0,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self._errors, start_new_session=True,
                                        env={**os.environ, **(environment or {})})
        self.pid, self.announcement, self.port = self.process.pid, b"", 0
        if self.says_more(PATIENCE) and self.process.stdout:
            self.announcement = self.process.stdout.readline()
        if self.announcement:
            self.port = int(self.announcement.split()[-1])

    def says_more(self, patience: float = 0.0) -> bool:
        """Returns whether there is more on its standard output, or comes in time (seconds)."""
        return bool(select.select([self.process.stdout], [], [], patience)[0])

    def errors(self) -> bytes:
        """Returns what it has written to standard error so far."""
        return os.pread(self._errors.fileno(), 1 << 20, 0)

    def cpu_time(self) -> float:
        """Returns the CPU time of the threads that it has (seconds, to the nanosecond)."""
        return sum(task.run for task in procfs.tasks(self.pid))

    def asleep(self) -> bool:
        """Returns whether it waits for more: a packet has woken it by the time that send(2)
        returns on loopback."""
        return all(task.state == "S" for task in procfs.tasks(self.pid))

    def close(self) -> None:
        """Ends the server and its children: they are one session, and so one process group."""
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self._errors.close()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Start(Protocol):
    """What the fixture `running` gives: starts a server, which is ended after the module."""

    def __call__(self, path: Path, *words: str,
                 environment: Optional[Mapping[str, str]] = None) -> Running:
        """Returns the server once it has announced its port."""


def fib(n: int) -> int:
    """Returns what the service replies to n: fib(0) = fib(1) = 1."""
    a, b = 1, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def reply(n: int) -> bytes:
    """Returns the line that is the reply to n."""
    return b"%d\n" % fib(n)


def connected(port: int) -> socket.socket:
    """Returns a connection to a port of this machine."""
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def read_all(connection: socket.socket) -> bytes:
    """Reads until the server closes; raises ConnectionResetError if it resets, socket.timeout if
    it does neither."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def ask(port: int, *pieces: bytes, end: bool = False) -> bytes:
    """Sends a request in pieces, each a packet of its own, and returns all that comes until the
    server closes. `end` ends the input after them, as a shutdown or `nc -N` does."""
    with connected(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        if end:
            connection.shutdown(socket.SHUT_WR)
        return read_all(connection)
