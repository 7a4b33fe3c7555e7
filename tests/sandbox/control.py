"""The grader's end of a box's control socket. box.c lists the messages."""
import array
import socket
from typing import List, NamedTuple, Sequence, Tuple

from sandbox import BoxFailed

# Seconds for the box itself to answer; what it runs does not hold it up. Less, and a busy machine
# looks broken; more, and a box that hangs holds up its grading.
PATIENCE = 10.0
LONGEST = 8192  # bytes of a message; the names of all refused calls are about half of it
# Sockets that are asked for at a time. Fewer, and each client waits for the box; more, and more
# descriptors are open that nobody uses.
SOCKETS = 16
ATTACHED = socket.CMSG_SPACE(SOCKETS * array.array("i").itemsize)  # bytes, for all of them


class Message(NamedTuple):
    """What a box says."""
    word: str  # "": nothing has come; "gone": the box itself has ended
    text: str = ""  # what follows the word
    attached: Sequence[socket.socket] = ()  # what came with it


class Control:
    """A control socket. Its other end, `theirs`, is for the box; close it once that has started."""

    def __init__(self) -> None:
        self._ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def hear(self, timeout: float) -> Message:
        """Returns the next message, waiting for it at most `timeout` seconds."""
        self._ours.settimeout(timeout)
        try:
            data, attached, _, _ = self._ours.recvmsg(LONGEST, ATTACHED)
        except (BlockingIOError, socket.timeout):
            return Message("")
        except OSError:
            data, attached = b"", []
        word, _, text = data.decode().partition(" ")
        return Message(word or "gone", text, _received_sockets(attached))

    def ask(self, request: str) -> None:
        """Sends a request. Raises BoxFailed if the box is gone, or does not take it."""
        try:
            self._ours.settimeout(PATIENCE)
            self._ours.send(request.encode())
        except OSError:
            raise BoxFailed("the box is gone") from None

    def close(self) -> None:
        """Closes this end: the box then kills all that is left, and ends."""
        self._ours.close()


def _received_sockets(attached: List[Tuple[int, int, bytes]]) -> List[socket.socket]:
    """Returns the sockets among what came with a message: cmsg(3), SCM_RIGHTS."""
    descriptors = array.array("i")
    for _, _, content in attached:
        descriptors.frombytes(content[:len(content) - len(content) % descriptors.itemsize])
    return [socket.socket(fileno=descriptor) for descriptor in descriptors]
