"""The service: a line with a number comes, a line with its Fibonacci number or an error goes."""
from __future__ import annotations

import pytest

from selftest.process import eventually
from selftest.serving import Running, ask, connected, fib, read_all, reply

EMPTY = b"error: empty request\n"
NO_NUMBER = b"error: not a decimal number\n"
ZERO = b"error: a leading zero\n"
RANGE = b"error: out of range, n is 0 to 40\n"
LONG = b"error: request too long\n"

REFUSED = {
    EMPTY: [b"\n", b"\r\n"],
    NO_NUMBER: [b"-1\n", b"+5\n", b" 7\n", b"7 \n", b"0x10\n", b"1e3\n", b"3.0\n", b"1,000\n",
                b"five\n", b"5\r\r\n", b"\0\n", b"5\0\n", b"\x005\n", b"\xff\xfe\n",
                "\u0665\n".encode(), b"%s%n%d\n"],
    ZERO: [b"007\n", b"00\n", b"041\n"],
    RANGE: [b"41\n", b"400\n", b"2147483648\n", b"4294967301\n", b"9223372036854775813\n",
            b"18446744073709551621\n", b"9" * 31 + b"\n"],
    LONG: [b"9" * 32 + b"\n", b"1" * 100 + b"\n", b"x" * 4096 + b"\n", b"9" * 33, b"\0" * 64],
}
BAD_REQUESTS = {request: line for line, requests in REFUSED.items() for request in requests}


def short(request: object) -> str:
    """Returns the name of a test by the request in it."""
    return f"{repr(request[:12])[2:-1]}-{len(request)}" if isinstance(request, bytes) else ""


@pytest.mark.parametrize("n", [0, 1, 2, 9, 10, 29, 30, 39, 40])
def test_the_reply_is_the_number_and_then_the_connection_ends(server: Running, n: int) -> None:
    assert ask(server.port, b"%d\n" % n) == reply(n)


def test_every_legal_number_that_is_quick(each_server: Running) -> None:
    assert [ask(each_server.port, b"%d\n" % n) for n in range(26)] == [reply(n) for n in range(26)]


@pytest.mark.parametrize("request_line", BAD_REQUESTS, ids=short)
def test_a_bad_request_gets_the_line_that_says_why(server: Running, request_line: bytes) -> None:
    assert ask(server.port, request_line) == BAD_REQUESTS[request_line]


@pytest.mark.parametrize("request_line, line", [
    (b"", EMPTY), (b"\r", EMPTY), (b"7", b"21\n"), (b"7\r", b"21\n"), (b"x", NO_NUMBER),
    (b"9" * 31, RANGE), (b"9" * 32, LONG)], ids=short)
def test_the_end_of_input_ends_a_request(server: Running, request_line: bytes,
                                         line: bytes) -> None:
    assert ask(server.port, request_line, end=True) == line


@pytest.mark.parametrize("request_line, line", [
    (b"12\n", b"233\n"), (b"12\r\n", b"233\n"), (b"1x\n", NO_NUMBER), (b"8" * 31 + b"\n", RANGE),
    (b"8" * 32, LONG)], ids=short)
def test_a_request_may_come_a_byte_at_a_time(server: Running, request_line: bytes,
                                             line: bytes) -> None:
    with connected(server.port) as connection:
        for byte in request_line:
            connection.sendall(bytes([byte]))
            assert eventually(server.asleep)
        assert read_all(connection) == line


def test_a_request_without_an_end_is_refused_before_all_of_it_came(each_server: Running) -> None:
    with connected(each_server.port) as connection:
        connection.sendall(b"7" * 32)  # and no more: neither a newline nor an end
        assert read_all(connection) == LONG


@pytest.mark.parametrize("size", [33, 4096, 1 << 20])
def test_the_error_reaches_a_client_that_sends_on(each_server: Running, size: int) -> None:
    for _ in range(5):
        assert ask(each_server.port, b"7" * size) == LONG


@pytest.mark.parametrize("trailing", [b"6\n", b"GET / HTTP/1.1\r\n\r\n", b"\0", b"x" * 100000],
                         ids=short)
def test_what_follows_the_newline_is_ignored(server: Running, trailing: bytes) -> None:
    assert ask(server.port, b"5\n" + trailing) == b"8\n"


def test_what_follows_the_newline_later_is_ignored_too(server: Running) -> None:
    used = server.cpu_time()
    with connected(server.port) as connection:
        connection.sendall(b"36\n")
        assert eventually(lambda: server.cpu_time() > used + 0.01)  # it computes
        connection.sendall(b"too late\n")
        assert read_all(connection) == b"%d\n" % fib(36)
