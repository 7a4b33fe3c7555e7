"""What a client sees of its connection, over a pair of sockets."""
from __future__ import annotations

import errno
import select
import socket
import time
from contextlib import closing
from typing import Callable, Iterator, List, Tuple, cast

import pytest

from checks.client import FLOOD, KEPT, Arrivals, Client, connection
from checks.verdict import Inconclusive
from sandbox import BoxFailed
from sandbox.box import Box
from selftest.unit.made_up import MadeUpBox

Pair = Tuple[Client, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A client, and the other end of its connection."""
    ours, theirs = socket.socketpair()
    client = Client(ours)
    yield client, theirs
    client.close()
    theirs.close()


def test_a_reply_is_there_when_it_is_complete(pair: Pair) -> None:
    client, server = pair
    lines = []
    for piece in (b"8", b"9", b"\nand", b" more"):
        server.send(piece)
        client.receive()
        lines.append(client.line)
    assert lines == [None, None, "89", "89"] and client.ended == ""


def test_bytes_that_are_no_text_do_no_harm(pair: Pair) -> None:
    client, server = pair
    server.send(b"\xff8\n")
    client.receive()
    assert client.line == "\\xff8"


def test_the_end_of_a_connection_is_seen_after_the_reply(pair: Pair) -> None:
    client, server = pair
    server.send(b"1\n")
    server.close()
    client.receive()
    assert (client.line, client.ended) == ("1", "closed")


SERVED = [
    (b"89\n", "", True, "the line '89'"), (b"89\n", "closed", True, "the line '89'"),
    (b"89\n", "reset", False, "the line '89', then the connection was reset"),
    (b"89\n0", "closed", False, "the line '89' and 1 byte more: '0'"),
    (b"89\n\n\n", "reset", False, "the line '89' and 2 bytes more: '\\n\\n', then the "
     "connection was reset"),
    (b"89", "closed", False,
     "2 bytes without a newline, '89', then the connection ended without a reply"),
    (b"", "closed", False, "the connection ended without a reply"),
    (b"", "reset", False, "the connection was reset without a reply"), (b"", "", False, "no reply"),
    (b"089\n", "closed", False, "the line '089'"), (b"89\0\n", "", False, "the line '89\0'")]


@pytest.mark.parametrize("received, ended, served, saw", SERVED)
def test_who_is_served_has_the_line_nothing_more_and_an_orderly_end(
        pair: Pair, received: bytes, ended: str, served: bool, saw: str) -> None:
    client, _ = pair
    client.received, client.ended = received, ended
    assert (client.served("89"), client.saw) == (served, saw)


def test_bytes_beyond_those_that_are_kept_are_more_than_a_reply(pair: Pair) -> None:
    client, _ = pair
    client.received, client.dropped = b"89\n" + bytes(10), 5
    assert client.extra == 15 and client.saw.startswith("the line '89' and 15 bytes more: '")
    client.received = b"89\n"
    assert client.extra == 5 and not client.served("89")


def ends(leave: Callable[[Client], None]) -> str:
    """Returns how the server sees a TCP connection end if a client leaves it so."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = Client(socket.create_connection(listening.getsockname()))
        with closing(Client(listening.accept()[0])) as server:
            leave(client)
            while not server.ended:
                select.select([server.socket], [], [], 5.0)
                server.receive()
            return server.ended


def test_a_client_can_close_or_reset_its_connection() -> None:
    assert ends(Client.close) == "closed" and ends(Client.reset) == "reset"


def test_a_connection_that_is_gone_can_be_reset_all_the_same(pair: Pair) -> None:
    client, _ = pair
    client.close()
    client.reset()


def test_a_flood_is_counted_and_not_read_for_ever(pair: Pair) -> None:
    client, server = pair
    server.setblocking(False)
    for _ in range(1000):
        try:
            server.send(bytes(1 << 16))
        except BlockingIOError:
            pass
        client.receive()
        if client.ended:
            break
    assert client.ended == "flooded"
    assert len(client.received) == KEPT and client.dropped > FLOOD


def test_sending_to_a_server_that_is_gone_is_no_error(pair: Pair) -> None:
    client, server = pair
    server.close()
    assert client.send(b"1\n") is client and client.ended == ""
    assert client.write(b"1") == 0 and client.ended == "reset"


def test_writing_stops_when_the_socket_is_full(pair: Pair) -> None:
    client, _ = pair
    assert client.writable()
    while client.write(bytes(1 << 16)) > 0:
        pass
    assert not client.writable() and client.ended == ""


def test_arrivals_are_taken_in_and_ended_clients_not_waited_for() -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    clients = [Client(ours) for ours, _ in pairs]
    pairs[0][1].close()
    with Arrivals(clients) as arrivals:
        arrivals.receive()  # what is there from the beginning
        assert clients[0].ended == "closed"
        pairs[1][1].send(b"5\n")
        arrivals.wait(5.0)
        arrivals.receive()
        assert clients[1].line == "5"
        pairs[2][1].close()
        arrivals.wait(5.0)
        arrivals.receive()
        assert clients[2].ended == "closed"
        began = time.monotonic()
        arrivals.wait(0.02)
        assert time.monotonic() - began >= 0.02
    for ours, theirs in pairs:
        ours.close()
        theirs.close()


def test_descriptors_beyond_1023_are_fine() -> None:
    """select(2) takes none of them."""
    import fcntl
    import resource
    ours, theirs = socket.socketpair()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2000:
        pytest.skip("this user may have fewer descriptors open")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2000, hard))
    try:
        high = socket.socket(fileno=fcntl.fcntl(ours, fcntl.F_DUPFD_CLOEXEC, 1500))
        client = Client(high)
        assert client.writable()
        theirs.send(b"5\n")
        with Arrivals([client]) as arrivals:
            arrivals.wait(5.0)
            arrivals.receive()
        assert client.line == "5"
        high.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        ours.close()
        theirs.close()


class Failing(socket.socket):
    """A socket that cannot connect."""
    error: OSError

    def connect(self, _: object) -> None:
        raise self.error


def box_with(error: OSError) -> Box:
    """Returns a box whose sockets do not connect."""
    def make() -> socket.socket:
        made = Failing()
        made.error = error
        return made

    box = MadeUpBox()
    box.make_socket = make
    return cast(Box, box)


@pytest.mark.parametrize("error", [ConnectionRefusedError(), ConnectionResetError()])
def test_a_refused_connection_is_the_server_s(error: ConnectionError) -> None:
    with pytest.raises(type(error)):
        connection(box_with(error), 2999)


MACHINE: List[OSError] = [
    socket.timeout("timed out"),
    OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"),
    OSError(errno.ENOBUFS, "No buffer space available"),
    OSError(errno.ETIMEDOUT, "Connection timed out"),
    OSError(errno.ENETUNREACH, "Network is unreachable")]


@pytest.mark.parametrize("error", MACHINE, ids=str)
def test_any_other_error_is_the_machine_s(error: OSError) -> None:
    with pytest.raises(Inconclusive, match=str(error.strerror or error)):
        connection(box_with(error), 2999)


@pytest.mark.parametrize("error", [
    OSError(errno.EMFILE, "Too many open files"),  # of the checker
    BoxFailed("the box gives no socket: the machine has none left"),
    BoxFailed("the box gives no socket: it is gone")], ids=str)
def test_that_there_is_no_socket_is_the_machine_s_too(error: Exception) -> None:
    def make() -> socket.socket:
        raise error

    box = MadeUpBox()
    box.make_socket = make
    with pytest.raises(Inconclusive, match=str(getattr(error, "strerror", error))):
        connection(cast(Box, box), 2999)
