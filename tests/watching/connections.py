"""What the system tells of other processes' connections, system calls and memory: proc(5), sock_diag(7)."""
import contextlib
import ctypes
import errno
import os
import socket
import struct
from typing import Dict, Iterator, List, Optional


@contextlib.contextmanager
def rights_of(user: int) -> Iterator[None]:
    """Reads files as another user, if the bench is root: proc(5) and ptrace(2), "PTRACE_MODE_FSCREDS", go by the file
    system user (setfsuid(2)), and by no more than that where root lacks CAP_SYS_PTRACE, as in containers."""
    if user == -1:
        yield
        return
    libc = ctypes.CDLL(None)
    libc.setfsgid(user)
    libc.setfsuid(user)
    try:
        yield
    finally:
        libc.setfsuid(os.geteuid())
        libc.setfsgid(os.getegid())


def sockets(pid: int) -> Dict[int, int]:
    """Returns a process's sockets, by inode: their descriptors. Nothing if that cannot be read, or it has ended."""
    found: Dict[int, int] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                target = os.readlink(f"/proc/{pid}/fd/{name}")
                if target.startswith("socket:["):
                    found[int(target[8:-1])] = int(name)
    return found


class Connections:
    """Tells which connections to a port of this machine have been accepted, and what the inode of the server's socket is.

    Asks the kernel for one connection at a time by sock_diag(7): a request header, struct inet_diag_req_v2, struct
    inet_diag_sockid (linux/inet_diag.h), all but the ports and addresses in the machine's byte order. Where that is not to
    be had, reads the table /proc/net/tcp, which takes long where there are many connections."""

    REQUEST = struct.Struct("=IHHII BBBxI")  # nlmsghdr; family, protocol, extensions, states
    ENDS = struct.Struct("!HH4s12x4s12x")  # ports, addresses
    REPLY_INODE = struct.Struct("=I")
    INODE_AT = 16 + 4 + 48 + 16  # in the reply: after nlmsghdr, four bytes, sockid, expires, two queues and the user
    SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, NETLINK_SOCK_DIAG, NLMSG_ERROR = 20, 1, 4, 2

    def __init__(self, server_port: int) -> None:
        self._port = server_port
        self._socket: Optional[socket.socket] = None
        with contextlib.suppress(OSError):
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, self.NETLINK_SOCK_DIAG)
            self._socket.settimeout(1)

    def inode(self, client_port: int) -> int:
        """Returns the inode of the server's end of a connection from 127.0.0.1; 0 if it is not accepted, or gone."""
        if self._socket is not None:
            try:
                return self._asked(self._socket, client_port)
            except OSError:
                self.close()
        return self._listed(client_port)

    def _asked(self, netlink: socket.socket, client_port: int) -> int:
        address = socket.inet_aton("127.0.0.1")
        ends = self.ENDS.pack(self._port, client_port, address, address) + struct.pack("=III", 0, 0xffffffff, 0xffffffff)
        size = self.REQUEST.size + len(ends)
        netlink.send(self.REQUEST.pack(size, self.SOCK_DIAG_BY_FAMILY, self.NLM_F_REQUEST, 0, 0, socket.AF_INET,
                                       socket.IPPROTO_TCP, 0, 0xffffffff) + ends)
        reply = netlink.recv(4096)
        if len(reply) < 20:
            raise OSError("short reply")
        if struct.unpack_from("=IH", reply)[1] == self.NLMSG_ERROR:
            if -struct.unpack_from("=i", reply, 16)[0] == errno.ENOENT:
                return 0
            raise OSError("sock_diag")
        return int(self.REPLY_INODE.unpack_from(reply, self.INODE_AT)[0])

    def _listed(self, client_port: int) -> int:
        """/proc/net/tcp: field 1 is the local address, 2 the remote one, as hexadecimal ADDRESS:PORT, 9 the inode."""
        with contextlib.suppress(OSError), open("/proc/net/tcp") as table:
            for line in table:
                if f":{self._port:04X} " in line and f":{client_port:04X} " in line:
                    fields = line.split()
                    if fields[1].endswith(f":{self._port:04X}") and fields[2].endswith(f":{client_port:04X}"):
                        return int(fields[9])
        return 0

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def first_argument(pid: int, tid: int) -> Optional[int]:
    """Returns the first argument of the system call that a task is blocked in; -1 if it is not blocked; None if that
    cannot be read."""
    try:
        with open(f"/proc/{pid}/task/{tid}/syscall") as file:
            words = file.read().split()
    except (FileNotFoundError, ProcessLookupError):
        return -1
    except OSError:
        return None
    if not words or words[0] in ("running", "-1"):
        return -1
    return int(words[1], 16) & 0xffffffff


def memory_of(pids: List[int]) -> int:
    """Returns the bytes of memory of processes, each page that several share counted in parts (proc(5), smaps_rollup,
    Pss); of a process where that cannot be read, its resident set."""
    total = 0
    for pid in pids:
        for name, key in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
            try:
                with open(f"/proc/{pid}/{name}") as file:
                    total += next(int(line.split()[1]) for line in file if line.startswith(key)) << 10
                break
            except (OSError, StopIteration):
                continue
    return total
