"""The service and what the servers share: fibonacci.c, main.c, tcp.c."""
import errno
import itertools
import os
import random
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path
from typing import Callable, List

import pytest

from checker import proc
from checker.behaviour import fib
from checker.client import Client
from conftest import PATIENCE, SERVERS, Running, ask, connected, eventually, one_line, read_all, run

EMPTY, NO_NUMBER = b"error: empty request\n", b"error: not a decimal number\n"
ZERO, RANGE, LONG = b"error: a leading zero\n", b"error: out of range, n is 0 to 40\n", b"error: request too long\n"
BAD_REQUESTS = {
    b"\n": EMPTY, b"\r\n": EMPTY,
    b"-1\n": NO_NUMBER, b"+5\n": NO_NUMBER, b" 7\n": NO_NUMBER, b"7 \n": NO_NUMBER, b"0x10\n": NO_NUMBER, b"1e3\n": NO_NUMBER,
    b"3.0\n": NO_NUMBER, b"1,000\n": NO_NUMBER, b"five\n": NO_NUMBER, b"5\r\r\n": NO_NUMBER, b"\0\n": NO_NUMBER,
    b"5\0\n": NO_NUMBER, b"\x005\n": NO_NUMBER, b"\xff\xfe\n": NO_NUMBER, "\u0665\n".encode(): NO_NUMBER, b"%s%n%d\n": NO_NUMBER,
    b"007\n": ZERO, b"00\n": ZERO, b"041\n": ZERO,
    b"41\n": RANGE, b"400\n": RANGE, b"2147483648\n": RANGE, b"4294967301\n": RANGE, b"9223372036854775813\n": RANGE,
    b"18446744073709551621\n": RANGE, b"9" * 31 + b"\n": RANGE,
    b"9" * 32 + b"\n": LONG, b"1" * 100 + b"\n": LONG, b"x" * 4096 + b"\n": LONG, b"9" * 33: LONG, b"\0" * 64: LONG,
}


@pytest.fixture(scope="module", params=SERVERS)
def each_server(request: pytest.FixtureRequest, built: Path, running: Callable[..., Running]) -> Running:
    return running(built / request.param)


@pytest.fixture(scope="module")
def server(built: Path, running: Callable[..., Running]) -> Running:
    return running(built / "server")


@pytest.mark.parametrize("n", [0, 1, 2, 9, 10, 29, 30, 39, 40])
def test_the_reply_is_the_number_and_then_the_connection_ends(server: Running, n: int) -> None:
    assert ask(server.port, b"%d\n" % n) == b"%d\n" % fib(n)


def test_every_legal_number_that_is_quick(each_server: Running) -> None:
    assert [ask(each_server.port, b"%d\n" % n) for n in range(26)] == [b"%d\n" % fib(n) for n in range(26)]


@pytest.mark.parametrize("request_line", BAD_REQUESTS, ids=lambda line: repr(line[:12])[2:-1] + f"-{len(line)}")
def test_a_bad_request_gets_the_line_that_says_why(server: Running, request_line: bytes) -> None:
    assert ask(server.port, request_line) == BAD_REQUESTS[request_line]


@pytest.mark.parametrize("request_line, reply", [(b"", EMPTY), (b"\r", EMPTY), (b"7", b"21\n"), (b"7\r", b"21\n"),
                                                 (b"x", NO_NUMBER), (b"9" * 31, RANGE), (b"9" * 32, LONG)])
def test_the_end_of_input_ends_a_request(server: Running, request_line: bytes, reply: bytes) -> None:
    assert ask(server.port, request_line, end=True) == reply


@pytest.mark.parametrize("request_line, reply", [(b"12\n", b"233\n"), (b"12\r\n", b"233\n"), (b"1x\n", NO_NUMBER),
                                                 (b"8" * 31 + b"\n", RANGE), (b"8" * 32, LONG)])
def test_a_request_may_come_a_byte_at_a_time(server: Running, request_line: bytes, reply: bytes) -> None:
    with connected(server.port) as connection:
        for byte in request_line:
            connection.sendall(bytes([byte]))
            assert eventually(lambda: asleep(server))
        assert read_all(connection) == reply


def asleep(server: Running) -> bool:
    """Returns whether a server waits for more: a packet has woken it by the time that send(2) returns on loopback."""
    return all(task.state == "S" for task in proc.tasks(server.pid))


def test_a_request_without_an_end_is_refused_before_all_of_it_came(each_server: Running) -> None:
    with connected(each_server.port) as connection:
        connection.sendall(b"7" * 32)  # and no more: neither a newline nor an end
        assert read_all(connection) == LONG


@pytest.mark.parametrize("size", [33, 4096, 1 << 20])
def test_the_error_reaches_a_client_that_sends_on(each_server: Running, size: int) -> None:
    for _ in range(5):
        assert ask(each_server.port, b"7" * size) == LONG


@pytest.mark.parametrize("trailing", [b"6\n", b"GET / HTTP/1.1\r\n\r\n", b"\0", b"x" * 100000])
def test_what_follows_the_newline_is_ignored(server: Running, trailing: bytes) -> None:
    assert ask(server.port, b"5\n" + trailing) == b"8\n"


def test_what_follows_the_newline_later_is_ignored_too(server: Running) -> None:
    used = cpu_time(server)
    with connected(server.port) as connection:
        connection.sendall(b"36\n")
        assert eventually(lambda: cpu_time(server) > used + 0.01)
        connection.sendall(b"too late\n")
        assert read_all(connection) == b"%d\n" % fib(36)


@pytest.mark.parametrize("sent", [b"", b"1", b"33\n", b"x\n", b"7" * 65536])
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


def test_a_hundred_requests_of_35_are_served(built: Path, running: Callable[..., Running]) -> None:
    server = running(built / "mt_server")
    clients = [connected(server.port) for _ in range(100)]
    for client in clients:
        client.sendall(b"35\n")
    assert {read_all(client) for client in clients} == {b"%d\n" % fib(35)}
    for client in clients:
        client.close()
    assert server.process.poll() is None


def cpu_time(server: Running) -> float:
    """Returns the CPU time of a server with one thread, to the nanosecond."""
    return sum(task.run for task in proc.tasks(server.pid))


def cost(server: Running, n: int) -> float:
    """Returns the CPU time of a request: the least of five, as a cold cache or a busy neighbour only ever adds."""
    def once() -> float:
        before = cpu_time(server)
        assert ask(server.port, b"%d\n" % n) == b"%d\n" % fib(n)
        return cpu_time(server) - before
    return min(once() for _ in range(5))


@pytest.mark.parametrize("level", ["-O0", "-O2", "-O3"])
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_recursion_really_runs(own_checkout: Path, running: Callable[..., Running], compiler: str, level: str) -> None:
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    built_with = run("make", "-s", "-C", own_checkout / "support", "server", f"CC={compiler}", f"CFLAGS=-std=gnu17 {level}")
    assert built_with.returncode == 0, built_with.stderr
    server = running(own_checkout / "support" / "server")
    small, large = cost(server, 28), cost(server, 33)
    assert 7 < large / small < 18  # both rule out a table and a loop; the golden ratio to the fifth is 11.1


def test_a_number_asked_before_costs_as_much_again(server: Running) -> None:
    first, again = cost(server, 31), cost(server, 31)
    assert 0.5 < again / first < 2


def retransmissions(connection: socket.socket) -> int:
    """Returns how many packets had to be sent again: tcp_info.tcpi_total_retrans (linux/tcp.h)."""
    return int(struct.unpack_from("I", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 100)[0])


def test_64_clients_connect_at_once_though_nobody_is_served(server: Running) -> None:
    clients = [socket.socket() for _ in range(64)]
    for client in clients:
        client.setblocking(False)
        assert client.connect_ex(("127.0.0.1", server.port)) in (0, errno.EINPROGRESS)
    assert eventually(lambda: len(select.select([], clients, [], 0)[1]) == 64)
    again = [retransmissions(client) for client in clients]
    refused = [client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) for client in clients]
    for client in clients:
        client.close()
    assert set(again) == {0} and set(refused) == {0}


BAD_ARGUMENTS = [[], ["2999", "2999"], ["abc"], ["-1"], ["65536"], [""], ["2999x"], [" 2999"], ["+2999"], ["0x10"], ["2999.0"],
                 ["00000002999"], ["4294970295"], ["18446744073709554615"], ["%s%n"]]


@pytest.mark.parametrize("words", BAD_ARGUMENTS, ids=" ".join)
@pytest.mark.parametrize("name", SERVERS)
def test_a_bad_argument_is_one_line_and_status_1(built: Path, name: str, words: List[str]) -> None:
    done = run(built / name, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert one_line(done.stderr) and name in done.stderr


@pytest.mark.parametrize("name", SERVERS)
def test_a_taken_port_is_one_line_and_status_1(built: Path, server: Running, name: str) -> None:
    done = run(built / name, str(server.port))
    assert (done.returncode, done.stdout) == (1, "")
    assert one_line(done.stderr) and str(server.port) in done.stderr and os.strerror(errno.EADDRINUSE) in done.stderr


def test_the_announcement_comes_before_the_first_client(each_server: Running) -> None:
    assert re.fullmatch(rb"listening on [1-9]\d{0,4}\n", each_server.announcement)
    assert ask(each_server.port, b"4\n") == b"5\n"
    assert each_server.process.stdout and not select.select([each_server.process.stdout], [], [], 0)[0]  # says no more


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_that_was_ended_does_not_keep_its_port(built: Path, running: Callable[..., Running], name: str) -> None:
    first = running(built / name)
    assert ask(first.port, b"4\n") == b"5\n"  # the server closes first, and so waits in TIME_WAIT
    first.process.kill()
    first.process.wait()
    second = running(built / name, str(first.port))
    assert second.announcement == b"listening on %d\n" % first.port


def test_a_broken_standard_output_is_one_line_and_status_1(built: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(built / "server"), "0"], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE)
    assert done.returncode == 1 and one_line(done.stderr.decode())


def test_sigpipe_is_ignored(each_server: Running) -> None:
    status = Path(f"/proc/{each_server.pid}/status").read_text()
    ignored = int(re.findall(r"^SigIgn:\s*(\w+)$", status, re.MULTILINE)[0], 16)
    assert ignored & 1 << (signal.SIGPIPE - 1)


@pytest.fixture(scope="module", params=["server", "mt_server"])
def sanitized(request: pytest.FixtureRequest, checkout: Path, tmp_path_factory: pytest.TempPathFactory,
              running: Callable[..., Running]) -> Running:
    """A server that ends with a report at the first fault that the compiler's sanitizers find."""
    folder, flags = tmp_path_factory.mktemp("sanitized"), "-fsanitize=address,undefined -fno-sanitize-recover=all"
    for part in ("support", "solution"):
        shutil.copytree(checkout / part, folder / part)
    where = folder / ("support" if request.param == "server" else "solution")
    done = run("make", "-s", "-C", where, request.param, f"CFLAGS=-std=gnu17 -g -O1 -Wall -Wextra {flags}")
    if "cannot find" in done.stderr:
        pytest.skip("the compiler's sanitizers are not installed")
    assert done.returncode == 0, done.stderr
    return running(where / request.param)


def test_no_sanitizer_finds_a_fault(sanitized: Running) -> None:
    chance = random.Random(1)
    noise = [bytes(chance.choices(b"0123456789\r\n\0 -+x\xff", k=chance.randrange(80))) for _ in range(200)]
    for words in itertools.chain(BAD_REQUESTS, noise, [b"20\n", b"7" * 65536]):
        cut = min(len(words.partition(b"\n")[0]), 16)  # the first piece leaves the server waiting for more
        with connected(sanitized.port) as connection:
            connection.sendall(words[:cut])
            assert eventually(lambda: asleep(sanitized))
            connection.sendall(words[cut:])
            connection.shutdown(socket.SHUT_WR)
            reply = read_all(connection)
        assert re.fullmatch(rb"(\d+|error: [ -~]+)\n", reply), words
    assert sanitized.errors() == b"" and sanitized.process.poll() is None


@pytest.fixture(scope="module")
def failing_accept(public_folder: Path) -> Path:
    library, source = public_folder / "failing_accept.so", Path(__file__).with_name("failing_accept.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True, timeout=60)
    return library


TRANSIENT = ["EINTR", "ECONNABORTED", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EPROTO", "EPERM", "EAGAIN", "ENETDOWN",
             "ENOPROTOOPT", "EHOSTDOWN", "ENONET", "EHOSTUNREACH", "ENETUNREACH"]


@pytest.mark.parametrize("name", TRANSIENT)
def test_tcp_accept_survives_what_passes(built: Path, running: Callable[..., Running], failing_accept: Path, name: str) -> None:
    number = getattr(errno, name)
    server = running(built / "server", environment={"LD_PRELOAD": str(failing_accept), "ACCEPT_ERRORS": f"{number} {number}"})
    assert ask(server.port, b"6\n") == b"13\n"
    assert server.errors() == b"" and server.process.poll() is None


def test_tcp_accept_waits_while_descriptors_are_short(built: Path, running: Callable[..., Running], failing_accept: Path) -> None:
    environment = {"LD_PRELOAD": str(failing_accept), "ACCEPT_ERRORS": f"{errno.EMFILE} " * 30}
    began = time.monotonic()
    server = running(built / "server", environment=environment)
    assert ask(server.port, b"6\n") == b"13\n"
    assert time.monotonic() - began > 0.25  # thirty pauses


@pytest.mark.parametrize("name", ["EBADF", "EINVAL", "ENOTSOCK"])
def test_tcp_accept_ends_where_no_wait_helps(built: Path, running: Callable[..., Running], failing_accept: Path, name: str) -> None:
    number = getattr(errno, name)
    server = running(built / "server", environment={"LD_PRELOAD": str(failing_accept), "ACCEPT_ERRORS": str(number)})
    assert server.process.wait(PATIENCE) == 1
    said = server.errors().decode()
    assert one_line(said) and "tcp_accept" in said and os.strerror(number) in said
