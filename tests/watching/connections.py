"""Which connections to a server have been accepted: sock_diag(7), and /proc/net/tcp where that is
not available."""
import contextlib
import errno
import os
import socket
import struct
from typing import Optional

from watching import procfs

LOOPBACK = socket.inet_aton("127.0.0.1")
# linux/netlink.h, linux/sock_diag.h: what Python's socket module does not name.
NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, NLMSG_ERROR = 4, 20, 1, 2
NO_COOKIE = 0xffffffff
ALL_STATES = 0xffffffff
NETLINK_HEADER = 16  # bytes of struct nlmsghdr


class Connections:
    """Tells the inode of the server's end of a connection. Asks the kernel for one connection at a
    time, by a request of nlmsghdr, inet_diag_req_v2 and inet_diag_sockid (linux/inet_diag.h): all
    but ports and addresses are in the machine's byte order. The table in /proc takes long where
    there are many connections."""

    REQUEST = struct.Struct("=IHHII BBBxI")  # nlmsghdr; family, protocol, extensions, states
    ENDS = struct.Struct("!HH4s12x4s12x")  # ports, addresses
    REST = struct.Struct("=III")  # interface, cookie
    INODE = struct.Struct("=I")
    # After nlmsghdr, four bytes, sockid, expires, two queues and the user.
    INODE_AT = NETLINK_HEADER + 4 + 48 + 16

    def __init__(self, server_port: int) -> None:
        self._port = server_port
        self._socket: Optional[socket.socket] = None
        with contextlib.suppress(OSError):
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)
            self._socket.settimeout(1)

    def inode(self, client_port: int) -> int:
        """Returns the inode of the server's end of a connection from 127.0.0.1; 0 if it is not
        accepted, or gone."""
        if self._socket is not None:
            try:
                return self._asked(self._socket, client_port)
            except OSError:
                self.close()
        return self._listed(client_port)

    def _asked(self, netlink: socket.socket, client_port: int) -> int:
        ends = self.ENDS.pack(self._port, client_port, LOOPBACK, LOOPBACK)
        ends += self.REST.pack(0, NO_COOKIE, NO_COOKIE)
        size = self.REQUEST.size + len(ends)
        header = self.REQUEST.pack(size, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, 0, socket.AF_INET,
                                   socket.IPPROTO_TCP, 0, ALL_STATES)
        netlink.send(header + ends)
        reply = netlink.recv(4096)
        if len(reply) < NETLINK_HEADER + 4:
            raise OSError("short reply")
        if struct.unpack_from("=IH", reply)[1] == NLMSG_ERROR:
            if -struct.unpack_from("=i", reply, NETLINK_HEADER)[0] == errno.ENOENT:
                return 0
            raise OSError("sock_diag")
        return int(self.INODE.unpack_from(reply, self.INODE_AT)[0])

    def _listed(self, client_port: int) -> int:
        for one in procfs.connections(os.getpid()):
            if (one.local, one.remote) == (self._port, client_port):
                return one.inode
        return 0

    def close(self) -> None:
        """Gives the netlink socket back."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def blocked_on(pid: int, tid: int) -> Optional[int]:
    """Returns the first argument of the system call that a task is blocked in; -1 if it is not
    blocked; None if that cannot be read."""
    try:
        words = procfs.read(f"/proc/{pid}/task/{tid}/syscall").split()
    except (FileNotFoundError, ProcessLookupError):
        return -1
    except OSError:
        return None
    if not words or words[0] in (b"running", b"-1"):
        return -1
    return int(words[1], 16) & 0xffffffff
