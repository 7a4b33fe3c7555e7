"""Connections to a server, as clients see them. A client never waits: Server.wait does, and watches
the server meanwhile."""
from __future__ import annotations

import select
import selectors
import socket
import struct
from types import TracebackType
from typing import Optional, Sequence, Type

from checks.symptoms import counted
from checks.verdict import Inconclusive
from sandbox import BoxFailed
from sandbox.box import Box

# Bytes of a reply that are kept; the rest is counted. A right reply has ten at most. Fewer, and a
# wrong one is not seen whole; more, and a server that floods its clients fills the memory.
KEPT = 4096
# A client stops reading when it has been sent this many bytes more. Fewer might be what a server
# sends that only says too much; more would show nothing new, and take longer.
FLOOD = 1 << 20
SHOWN = 24  # of bytes that nobody has asked for: the first of them say where they come from
# Seconds until a connection attempt is given up. The kernel connects a client without the server,
# so it takes no time, unless the listen queue is full: then the kernel tries again after 1, 3 and
# 7 s. Less, and a queue that is full for a moment makes a check inconclusive; more, and one that
# stays full takes longer. A queue that stays full is always taken for the machine's fault, though a
# server that never accepts could fill it, too: procfs.listen_overflows could tell the two apart.
CONNECT_PATIENCE = 10.0


def connection(box: Box, port: int) -> socket.socket:
    """Returns a socket that is connected to a port of the box. Raises ConnectionRefusedError or
    ConnectionResetError if no process listens there; any other error is the machine's (no socket,
    port or buffer free, a full listen queue, ...) and raises Inconclusive."""
    try:
        made = box.socket()
    except (OSError, BoxFailed) as error:
        raise _not_connected(error) from None
    try:
        made.settimeout(CONNECT_PATIENCE)
        made.connect(("127.0.0.1", port))
    except (ConnectionRefusedError, ConnectionResetError):
        made.close()
        raise
    except OSError as error:
        made.close()
        raise _not_connected(error) from None
    return made


def _not_connected(error: Exception) -> Inconclusive:
    reason = error.strerror if isinstance(error, OSError) else ""
    return Inconclusive(f"the machine did not let a client connect ({reason or error}). Stop other "
                        "programs and grade again.")


class Client:
    """A client that has connected."""

    def __init__(self, connection: socket.socket) -> None:
        """Takes over a connected socket."""
        self.socket = connection
        self.socket.setblocking(False)
        self.received = b""
        self.dropped = 0  # bytes that came after the first KEPT
        self.ended = ""  # how the connection ended: "closed", "reset", "flooded"; "" if it has not

    def port(self) -> int:
        """Returns the client's own port."""
        port: int = self.socket.getsockname()[1]
        return port

    def send(self, request: bytes) -> Client:
        """Sends as much as the socket takes at once, and returns the client. An error is ignored:
        that the server is gone shows when the client reads."""
        try:
            self.socket.send(request)
        except OSError:
            pass
        return self

    def write(self, data: bytes) -> int:
        """Sends as much as the socket takes at once, and returns how many bytes that is."""
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.ended = "reset"
            return 0

    def writable(self) -> bool:
        """Returns whether the socket takes data now, or reports an error."""
        poll = select.poll()
        poll.register(self.socket, select.POLLOUT)
        return bool(poll.poll(0))

    def receive(self) -> None:
        """Takes in what has arrived."""
        while not self.ended:
            try:
                data = self.socket.recv(65536)
            except BlockingIOError:
                return
            except OSError:
                self.ended = "reset"
                return
            if not data:
                self.ended = "closed"
            room = KEPT - len(self.received)
            self.received += data[:room]
            self.dropped += len(data) - len(data[:room])
            if self.dropped > FLOOD:
                self.ended = "flooded"

    @property
    def line(self) -> Optional[str]:
        """The reply, without its newline; None as long as it is not complete."""
        line, newline, _ = self.received.partition(b"\n")
        return line.decode("ascii", "backslashreplace") if newline else None

    @property
    def extra(self) -> int:
        """How many bytes came after the reply's newline."""
        return len(self.received.partition(b"\n")[2]) + self.dropped

    def served(self, line: str) -> bool:
        """Returns whether the client has got this line, nothing more, and no other end of its
        connection than an orderly one."""
        return self.line == line and not self.extra and self.ended in ("", "closed")

    @property
    def saw(self) -> str:
        """What the client got so far, in words."""
        how = "was reset" if self.ended == "reset" else "ended"
        if self.line is None:
            received = ""
            if self.received:
                received = (f"{counted(len(self.received), 'byte')} without a newline, "
                            f"{_quoted(self.received)}, then ")
            if self.ended:
                return f"{received}the connection {how} without a reply"
            return f"{received}no reply"
        saw = f"the line '{self.line[:60]}'"
        if self.extra:
            more = self.received.partition(b"\n")[2]
            saw += f" and {counted(self.extra, 'byte')} more: {_quoted(more)}"
        return saw + (", then the connection was reset" if self.ended == "reset" else "")

    def close(self) -> None:
        """Closes the connection."""
        self.socket.close()

    def reset(self) -> None:
        """Resets the connection instead of closing it: socket(7), SO_LINGER of zero seconds."""
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        self.socket.close()


def _quoted(data: bytes) -> str:
    """Returns how some bytes begin, in quotation marks."""
    text = repr(data[:SHOWN])[1:]
    return text if len(data) <= SHOWN else text + "..."


class Arrivals:
    """Waits for what arrives for several clients, of which there may be thousands: select(2) would
    be limited to descriptors below 1024. Use it in a `with` block."""

    def __init__(self, clients: Sequence[Client]) -> None:
        self._selector = selectors.DefaultSelector()
        self._ready = list(clients)  # those for which something may have arrived
        for client in clients:
            self._selector.register(client.socket, selectors.EVENT_READ, client)

    def receive(self) -> None:
        """Lets each client take in what has arrived; then forgets those whose connection has
        ended: they would count as readable for ever."""
        for client in self._ready:
            client.receive()
            if client.ended:
                self._selector.unregister(client.socket)
        self._ready = []

    def wait(self, seconds: float) -> None:
        """Waits until something arrives, `seconds` at most."""
        self._ready = [key.data for key, _ in self._selector.select(seconds)]

    def receive_all(self) -> None:
        """Lets each client take in what has arrived by now."""
        self.wait(0)
        self.receive()

    def __enter__(self) -> Arrivals:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self._selector.close()
