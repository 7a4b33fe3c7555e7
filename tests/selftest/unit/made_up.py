"""Made-up servers: what a check judges, without any process."""
from __future__ import annotations

import socket
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple, cast

from checks.client import Client
from checks.server import Server
from sandbox.sandbox import Sandbox
from watching.procfs import Process

NOBODY = 0  # no process has this pid
IDLE = 1000000007  # beyond any pid that Linux gives: /proc has nothing of it


def process(pid: int, state: str = "S", parent: int = NOBODY, threads: int = 1,
            address_space: int = 0) -> Process:
    """Returns a made-up process."""
    return Process(pid, "mp_server", state, parent, threads, 0.0, 0.0, 0, address_space)


class Printed(NamedTuple):
    """What a made-up program has printed."""
    head: bytes = b""
    tail: bytes = b""

    def kept(self) -> bytes:
        return self.head


class MadeUpBox:
    """A box with made-up processes. It notes what it is asked to do."""

    def __init__(self) -> None:
        self.pid = NOBODY
        self.user = -1
        self.output = Printed()
        self.processes: Dict[int, Process] = {IDLE: process(IDLE)}
        self.ended: Optional[int] = None
        self.signals: List[Tuple[int, int]] = []
        self.process_limits: List[Tuple[int, Optional[int]]] = []
        self.make_socket: Callable[[], socket.socket] = socket.socket

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

    def close(self) -> None:
        self.processes.clear()


class MadeUpSandbox:
    """A sandbox that starts nothing."""

    def __init__(self, can_limit_processes: bool = True) -> None:
        self.can_limit_processes = can_limit_processes
        self.box = MadeUpBox()

    def start(self, *_: object, **__: object) -> MadeUpBox:
        return self.box


def server_in(sandbox: MadeUpSandbox, name: str = "mp_server") -> Server:
    """Returns a server in a made-up box, as if it had been started."""
    server = Server(cast(Sandbox, sandbox), Path("/nowhere") / name)
    server.port = 2999
    server.idle = {IDLE}
    return server


class MadeUpServer(Server):
    """A server that answers each request at once, and never has anything more to do."""

    def __init__(self, sandbox: Optional[MadeUpSandbox] = None, reply: bytes = b"89\n",
                 closes: bool = True) -> None:
        """`reply` is what each client gets; `closes`: is its connection closed then?"""
        self.made_up = sandbox or MadeUpSandbox()
        super().__init__(cast(Sandbox, self.made_up), Path("/nowhere/mp_server"))
        self.idle = {IDLE}
        self.reply, self.closes = reply, closes
        self.on_client: Callable[[], None] = lambda: None  # called for each client
        self._ends: List[socket.socket] = []

    def start(self) -> None:
        """It has started already."""

    def connect(self) -> Client:
        ours, theirs = socket.socketpair()
        theirs.send(self.reply)
        if self.closes:
            theirs.shutdown(socket.SHUT_WR)
        self._ends.append(theirs)
        self.clients.append(Client(ours))
        self.on_client()
        return self.clients[-1]

    def wait(self, condition: Callable[[], bool], *clients: Client, quiet: float = 0,
             budget: float = 0) -> bool:
        for client in clients:
            client.receive()
        return condition()

    def settle(self, quiet: float = 0, patience: float = 0) -> None:
        pass

    def close(self) -> None:
        super().close()
        for end in self._ends:
            end.close()
