"""Do bad clients, and failures that concern one client, leave the server and the others alone?"""
from __future__ import annotations

from typing import Callable

from checks import memory
from checks.asking import (SLACK, answered, by_hand, no_more_processes, seen_by, served,
                           still_serves)
from checks.check import Check
from checks.client import Client
from checks.server import Server
from checks.verdict import CheckFailed

NO_MORE = ("prlimit --pid PID --nproc=1:; ./client.py localhost 2999 1; "
           "./client.py localhost 2999 1  # not as root")
MP_ROBUSTNESS = Check(
    "mp-robustness", 6, "bad clients and a failing fork do not end the server",
    "TODO 3 of mp_server.c",
    "What does fork() return when no child can be created, and which lines of yours run then?",
    NO_MORE)
MT_ROBUSTNESS = Check(
    "mt-robustness", 6, "bad clients and a failing pthread_create do not end the server",
    "TODO 4 of mt_server.c",
    "How does pthread_create() report a failure, and who owns the connection then?", NO_MORE)

# Clients at once. Fewer, and a fixed table of 256 places is not noticed; more, and it takes longer.
FLOOD = 300
# Clients with the same trouble, one after another. Fewer, and a leak is no more than SLACK; more,
# and it takes longer.
FAULTS = 10
# Seconds asleep until a server has dealt with one client. Shorter, and descriptors are counted too
# early; longer, and each of some attempts takes longer.
BRIEF = 0.015
# Seconds at most until a server that has no descriptors left has tried to accept. Shorter, and one
# on a busy machine is spared the fault; longer, and one that tries again and again takes longer.
SHORTAGE = 0.2
# Bytes of a request that never ends. Fewer, and they fit into the buffers of a server that never
# reads them, or checks no length; more take longer.
LARGE = 1 << 20
PIECE = b"7" * (1 << 16)

# SO_LINGER of zero seconds: the close resets the connection.
RESET = ("python3 -c \"import socket, struct; c = socket.create_connection(('localhost', 2999)); "
         "c.sendall(b'25\\n'); c.setsockopt(1, 13, struct.pack('ii', 1, 0))\"; "
         "./client.py localhost 2999 1")
TOO_MUCH = ("head -c 1000000 /dev/zero | tr '\\0' 7 >/dev/tcp/localhost/2999; "
            "./client.py localhost 2999 1")
VANISH = ("for i in 1 2 3 4 5 6 7 8; do exec 3<>/dev/tcp/localhost/2999; exec 3>&-; done; sleep 1; "
          "ls -l /proc/PID/fd")


def bad_clients(server: Server) -> None:
    """Clients that vanish, reset or send too much harm nobody else, and leave no descriptor behind.
    Raises CheckFailed."""
    _clients_that_reset(server)
    _client_that_sends_too_much(server)
    with by_hand(VANISH):
        server.ask(20)
        still_serves(server, "a client never read its reply")
    _clients_that_vanish(server)


@by_hand(RESET)
def _clients_that_reset(server: Server) -> None:
    for request in (b"", b"3", b"25\n"):
        server.connect().send(request).reset()
        still_serves(server, f"a client sent {request.decode()!r} and reset its connection")
    client = server.ask(3)
    answered(server, client)
    client.reset()
    still_serves(server, "a client reset its connection after its reply")


@by_hand(TOO_MUCH)
def _client_that_sends_too_much(server: Server) -> None:
    client = server.connect()
    sent = 0
    while sent < LARGE and not client.ended and server.wait(client.writable):
        sent += client.write(PIECE)
    still_serves(server, "a client sent a request of 1 MB without a newline")


@by_hand(VANISH)
def _clients_that_vanish(server: Server) -> None:
    done = f"{FAULTS} clients connected and left without a request"
    vanished = _left_behind(server, lambda: server.connect().close(), done)
    if vanished < FAULTS - SLACK:
        return
    # Those of clients that were served are another check's business.
    if _left_behind(server, lambda: still_serves(server, done), done) < FAULTS - SLACK:
        raise CheckFailed(done, "no more open descriptors than before", f"{vanished} more")


def _left_behind(server: Server, act: Callable[[], None], done: str) -> int:
    """Does something FAULTS times; returns how many more descriptors the server has open afterwards
    than before."""
    server.settle()
    before = server.descriptors()
    for _ in range(FAULTS):
        act()
    still_serves(server, done)  # by then it has accepted them: a count before that means nothing
    if server.wait(lambda: server.descriptors() <= before):
        return 0
    return server.descriptors() - before


@by_hand("python3 -c \"import socket, time; c = [socket.create_connection(('localhost', 2999)) "
         "for _ in range(300)]; time.sleep(60)\" & sleep 1; ./client.py localhost 2999 7")
def flood(server: Server) -> None:
    """Many clients at once are all served, the last one first: there is no fixed number. Raises
    CheckFailed."""
    clients = [server.connect() for _ in range(FLOOD)]
    served(server, clients[-1].send(b"7\n"),
           f"{FLOOD} clients connected; the last one sent '7', the others stayed silent")
    for n, client in enumerate(clients[:-1]):
        client.send(b"%d\n" % (n % 10))
    answered(server, *clients)
    lost = [client for client in clients if client.line is None]
    if lost:
        raise CheckFailed(f"{FLOOD} clients connected at once, then each sent a request",
                          f"{FLOOD} replies",
                          f"{FLOOD - len(lost)} replies; one of the other clients saw: "
                          f"{seen_by(lost[0], server)}")
    for client in clients:
        client.close()
    still_serves(server, f"{FLOOD} clients were served")


def failing_creation(server: Server, call: str) -> str:
    """fork or pthread_create (`call`, as "fork()") fails for one client: it is dropped, or served
    in another way. The next one is served, and the failure leaves no descriptor behind. Raises
    CheckFailed. Returns a note that this was not tried, where the machine does not let the checker
    make it fail."""
    if not server.sandbox.can_limit_processes:
        return (f"not tried: a failing {call}; this machine does not let the checker make it fail "
                "(prlimit(2), RLIMIT_NPROC)")
    left = 0
    for attempt in range(1, FAULTS + 1):
        done = f"{call} failed for a client"
        if attempt > 1:
            done += f" (attempt {attempt} of {FAULTS})"
        server.settle(quiet=BRIEF)
        before = server.descriptors()
        with no_more_processes(server):
            _served_or_dropped(server, server.ask(3), done)
        server.settle(quiet=BRIEF)
        left += server.descriptors() - before
        still_serves(server, done)
    if left >= FAULTS - SLACK:
        raise CheckFailed(f"{call} failed for {FAULTS} clients",
                          "no more open descriptors than before each failure",
                          f"{left} more in all")
    return ""


def failed_creations_keep_no_memory(server: Server, call: str) -> None:
    """What was prepared for a thread that could not be created is freed. Raises CheckFailed. Needs
    probe.c's pages (memory.py). Where creations cannot be made to fail, failing_creation has said
    so."""
    def one_failure() -> None:
        with no_more_processes(server):
            _served_or_dropped(server, server.ask(3), f"{call} failed for a client")

    if server.sandbox.can_limit_processes:
        memory.does_not_grow(server, one_failure, 1,
                             call + " failed for {} clients, one after another")


@by_hand("prlimit --pid PID --nofile=4:; ./client.py localhost 2999 1 & "
         "./client.py localhost 2999 1 & sleep 1; prlimit --pid PID --nofile=1024:; "
         "./client.py localhost 2999 1")
def short_of_descriptors(server: Server) -> None:
    """accept(2) fails with EMFILE for a while; then the server continues. Raises CheckFailed."""
    for pid in server.idle:
        server.box.limit_descriptors(pid, server.descriptors_of(pid))
    server.lately = "the server was short of descriptors (EMFILE) for a while; then "
    # An accept(2) that is blocked already has its descriptor: the first client is no test.
    clients = [server.ask(4) for _ in range(3)]
    server.settle(patience=SHORTAGE)
    for pid in server.idle:
        server.box.limit_descriptors(pid, None)
    done = ("3 clients connected while the server was short of descriptors (EMFILE); then it had "
            "enough again")
    for client in clients:
        _served_or_dropped(server, client, done)
    still_serves(server, done)


def _served_or_dropped(server: Server, client: Client, done: str) -> None:
    """A client that is hit by a fault sees its connection closed, or is served in another way; it
    does not wait for ever."""
    server.wait(lambda: bool(client.ended or client.line), client)
    if not client.ended and client.line is None:
        raise CheckFailed(done, "the connection to be closed, or a reply", seen_by(client, server))
    client.close()
