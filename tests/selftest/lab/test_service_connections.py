"""What clients do to connections costs their own connection alone."""
from __future__ import annotations

import contextlib
import errno
import select
import socket
import struct
from pathlib import Path
from typing import List

import pytest

from checks.client import Client
from selftest.process import eventually
from selftest.serving import Running, Start, ask, connected, read_all, reply

TOTAL_RETRANSMISSIONS = 100  # offset of tcpi_total_retrans in struct tcp_info (linux/tcp.h)


@pytest.mark.parametrize("sent", [b"", b"1", b"33\n", b"x\n", b"7" * 65536],
                         ids=["nothing", "half", "33", "x", "too much"])
def test_a_reset_costs_its_own_connection_alone(each_server: Running, sent: bytes) -> None:
    for _ in range(3):
        Client(connected(each_server.port)).send(sent).reset()
        assert ask(each_server.port, b"5\n") == b"8\n"
    assert each_server.errors() == b""


def test_a_client_that_leaves_before_its_reply_costs_nothing_else(each_server: Running) -> None:
    for _ in range(5):
        connected(each_server.port).close()
        Client(connected(each_server.port)).send(b"30\n").close()
    assert ask(each_server.port, b"5\n") == b"8\n"


def test_a_hundred_requests_at_once_are_served(built: Path, running: Start) -> None:
    server = running(built / "mt_server")
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connected(server.port)) for _ in range(100)]
        for client in clients:
            client.sendall(b"30\n")
        assert {read_all(client) for client in clients} == {reply(30)}
    assert server.process.poll() is None


def connecting(stack: contextlib.ExitStack, port: int) -> List[socket.socket]:
    """Returns 64 clients that begin to connect at the same moment."""
    clients = [stack.enter_context(socket.socket()) for _ in range(64)]
    for client in clients:
        client.setblocking(False)
        assert client.connect_ex(("127.0.0.1", port)) in (0, errno.EINPROGRESS)
    return clients


def retransmissions(connection: socket.socket) -> int:
    """Returns how many packets had to be sent again."""
    size = TOTAL_RETRANSMISSIONS + 4
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, size)
    return int(struct.unpack_from("I", info, TOTAL_RETRANSMISSIONS)[0])


def test_64_clients_connect_at_once_though_nobody_is_served(server: Running) -> None:
    with contextlib.ExitStack() as stack:
        clients = connecting(stack, server.port)
        assert eventually(lambda: len(select.select([], clients, [], 0)[1]) == 64)
        assert {client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) for client in clients} == {0}
        assert set(map(retransmissions, clients)) == {0}
