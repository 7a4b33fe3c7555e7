"""Made-up servers: what a check judges, without any process."""
from __future__ import annotations

import socket
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple, cast

from checks.asking import fib
from checks.client import Client
from checks.server import Server
from sandbox.sandbox import Sandbox
from watching.procfs import Process

NOBODY = 0  # no process has this pid
IDLE = 100000007  # beyond any pid that Linux gives: /proc has nothing of it


def process(pid: int, state: str = "S", parent: int = NOBODY, threads: int = 1,
            address_space: int = 0) -> Process:
    """Returns a made-up process."""
    return Process(pid, "mp_server", state, parent, threads, 0.0, 0.0, 0, address_space)


class Printed(NamedTuple):
    """What a made-up program has printed."""
    head: bytes = b""
    tail: bytes = b""
    total: int = 0

    def kept(self) -> bytes:
        return self.head

    def up_to_date(self) -> bool:
        return True


class Injection(NamedTuple):
    """What a box has been told to let fail: Box.inject()."""
    call: str
    error: int
    skip: int
    times: int


class MadeUpBox:
    """A box with made-up processes. It notes what it is asked to do."""

    def __init__(self) -> None:
        self.pid = NOBODY
        self.user = -1
        self.output = Printed()
        self.processes: Dict[int, Process] = {IDLE: process(IDLE)}
        self.ended: Optional[int] = None
        self.reason: Optional[str] = None
        self.signals: List[Tuple[int, int]] = []
        self.process_limits: List[Tuple[int, Optional[int]]] = []
        self.descriptor_limits: List[Tuple[int, Optional[int]]] = []
        self.make_socket: Callable[[], socket.socket] = socket.socket
        self.can_inject = True
        self.injections: List[Injection] = []
        self.failed = self.interruptions = 0  # calls
        self.on_sync: Callable[[], None] = lambda: None

    def tree(self) -> Dict[int, Process]:
        return dict(self.processes)

    def status(self, timeout: float = 0) -> Optional[int]:
        return self.ended

    def socket(self) -> socket.socket:
        return self.make_socket()

    def signal(self, pid: int, number: int) -> None:
        self.signals.append((pid, number))

    def limit_processes(self, pid: int, number: Optional[int]) -> None:
        self.process_limits.append((pid, number))

    def limit_descriptors(self, pid: int, number: Optional[int]) -> None:
        self.descriptor_limits.append((pid, number))

    def inject(self, call: str, error: int, skip: int = 0, times: int = -1) -> bool:
        if self.can_inject:
            self.injections.append(Injection(call, error, skip, times))
        return self.can_inject

    def injected(self, call: str) -> int:
        return self.failed

    def creates(self) -> bool:
        """A made-up server creates a process or thread: returns whether it can."""
        if self.process_limits and self.process_limits[-1][1] == 0:
            return False
        at = [index for index, one in enumerate(self.injections) if one.call == "create"]
        if not at or not self.injections[at[-1]].error:
            return True
        call, error, skip, times = self.injections[at[-1]]
        if skip or not times:
            self.injections[at[-1]] = Injection(call, error, max(skip - 1, 0), times)
            return True
        self.injections[at[-1]] = Injection(call, error, skip, times - 1 if times > 0 else times)
        self.failed += 1
        return False

    def sync(self) -> None:
        self.on_sync()

    def interrupted(self) -> int:
        return self.interruptions

    def refused(self) -> Dict[str, int]:
        return {}

    def close(self) -> None:
        self.processes.clear()


class MadeUpSandbox:
    """A sandbox that starts nothing."""

    def __init__(self, can_limit_processes: bool = True, can_inject: bool = True,
                 room: int = 1 << 20) -> None:
        self.can_limit_processes = can_limit_processes
        self.box = MadeUpBox()
        self.box.can_inject = can_inject
        self._room = room

    def start(self, *_: object, **__: object) -> MadeUpBox:
        return self.box

    def room(self) -> int:
        return self._room


def server_in(sandbox: MadeUpSandbox, name: str = "mp_server") -> Server:
    """Returns a server in a made-up box, as if it had been started."""
    server = Server(cast(Sandbox, sandbox), Path("/nowhere") / name)
    server.port = 2999
    server.idle = {IDLE}
    return server


class Connected(NamedTuple):
    """The server's end of a connection."""
    number: int  # of the client, from 1 on
    end: socket.socket


class MadeUpServer(Server):
    """A server that answers each request at once, and never has anything more to do."""

    def __init__(self, sandbox: Optional[MadeUpSandbox] = None, reply: Optional[bytes] = None,
                 closes: bool = True) -> None:
        """`reply` is what each client gets when it connects; None: the right reply, when it has
        asked (`answer`). `closes`: is its connection closed then?"""
        self.made_up = sandbox or MadeUpSandbox()
        super().__init__(cast(Sandbox, self.made_up), Path("/nowhere/mp_server"))
        self.idle = {IDLE}
        self.reply, self.closes = reply, closes
        self.number = 0  # clients so far
        self.on_client: Callable[[], None] = lambda: None  # called for each client
        self._asking: Dict[Connected, bytes] = {}  # what each has sent, who has no reply
        self._ends: List[socket.socket] = []

    def start(self) -> None:
        """It has started already."""

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        """Returns what client `number` gets for its request; None: nothing, for ever."""
        return b"%d\n" % fib(int(request))

    def connect(self) -> Client:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        self.number += 1
        self.clients.append(Client(ours))
        if self.reply is None:
            self._asking[Connected(self.number, theirs)] = b""
        else:
            self._answer(theirs, self.reply)
        self.on_client()
        return self.clients[-1]

    def _answer(self, end: socket.socket, reply: bytes) -> None:
        try:
            end.send(reply)
        except BrokenPipeError:
            pass  # the client has left
        if self.closes:
            end.close()
        else:
            self._ends.append(end)

    def serve(self) -> None:
        """Does all that there is to do."""
        for client in list(self._asking):
            try:
                came = client.end.recv(1 << 16)
            except BlockingIOError:
                continue
            except ConnectionError:
                came = b""
            self._asking[client] += came
            whole = self._asking[client].endswith(b"\n")
            reply = self.answer(client.number, self._asking[client]) if whole else b""
            if reply is not None and (whole or not came):
                self._answer(client.end, reply)
                del self._asking[client]

    def wait(self, condition: Callable[[], bool], *clients: Client, quiet: float = 0,
             budget: float = 0) -> bool:
        self.serve()
        for client in clients:
            client.receive()
        return condition()

    def settle(self, quiet: float = 0, patience: float = 0) -> None:
        self.serve()

    def close(self) -> None:
        super().close()
        for end in [*self._ends, *(client.end for client in self._asking)]:
            end.close()
