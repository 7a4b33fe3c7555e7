"""One connection to a server, as a client sees it. Nothing here waits: Server.wait does, and looks at the server too."""
import select
import socket
import struct
from typing import Optional

KEPT = 4096  # bytes of a reply that are looked at; the rest is counted


class Client:
    """A client that has connected. `fileno` makes it something to select(2) on."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.socket.setblocking(False)
        self.received = b""
        self.dropped = 0  # bytes that came after the first KEPT
        self.ended = ""  # how the connection ended: "closed", "reset", or not yet

    def fileno(self) -> int:
        return self.socket.fileno()

    def port(self) -> int:
        """Returns the client's own port."""
        return self.socket.getsockname()[1]

    def send(self, request: bytes) -> "Client":
        """Sends what the socket takes at once; a server that is gone shows when reading."""
        try:
            self.socket.send(request)
        except OSError:
            pass
        return self

    def write(self, data: bytes) -> int:
        """Sends as much as the socket takes, and returns how many bytes that is."""
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.ended = "reset"
            return 0

    def writable(self) -> bool:
        return bool(select.select([], [self.socket], [], 0)[1])

    def look(self) -> None:
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
            if self.dropped > 1 << 20:
                self.ended = "flooded"  # nobody reads on for ever

    @property
    def line(self) -> Optional[str]:
        """The reply, without its newline; None as long as it is not whole."""
        line, newline, _ = self.received.partition(b"\n")
        return line.decode("ascii", "backslashreplace") if newline else None

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Ends the connection by a reset instead of a close: socket(7), SO_LINGER of zero seconds."""
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        self.socket.close()
