"""A server that does as it is told, for tests of clients."""
from __future__ import annotations

import socket
import threading
from typing import Callable, List

from selftest.process import PATIENCE
from selftest.serving import connected

Act = Callable[[socket.socket, bytes], None]


class Fake:
    """A server on a port of its own: `act` gets each connection and what its client sent, in a
    thread of its own. `requests` has what all clients sent. Call close()."""

    def __init__(self, act: Act) -> None:
        self.requests: List[bytes] = []
        self._act, self._open = act, True
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listening.getsockname()[1]
        self._threads: List[threading.Thread] = []
        self._begin(self._accept)

    def _begin(self, target: Callable[..., None], *words: object) -> None:
        self._threads.append(threading.Thread(target=target, args=words, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        while True:
            connection = self._listening.accept()[0]
            if not self._open:
                connection.close()
                return
            self._begin(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(PATIENCE)
            self.requests.append(connection.recv(4096))
            self._act(connection, self.requests[-1])

    def close(self) -> None:
        """Waits for the clients that are being served, and ends the server."""
        self._open = False
        connected(self.port).close()  # wakes up accept()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listening.close()
