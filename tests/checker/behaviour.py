"""What both servers must do, whatever their strategy: the bodies of the checks that the two share. Each function takes a
server that runs, and raises CheckFailed."""
import contextlib
import random
import signal
from typing import Iterable, Iterator

from checker.client import Client
from checker.outcome import CheckFailed
from checker.server import Server

AT_ONCE = 8  # clients in flight
MANY = 100  # clients, one after the other: more than a small fixed table holds
FLOOD = 300  # clients at once
SLACK = 2  # a constant number that may stay behind: one being reaped, one being opened
LEAST_LEAK = 4096  # bytes that a client leaves behind at least, if anything: a page (probe.c)
STRAY = b"tcp_accept: descriptor"  # what tcp.c prints when it cannot accept
PILE_QUIET = 3.0  # seconds: a server may clean up by a timer of a second or two


def fib(n: int) -> int:
    """Returns the service's fib(n): fib(0) = fib(1) = 1."""
    a, b = 1, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def answered(server: Server, *clients: Client) -> bool:
    """Waits until each client has a whole reply or has lost its connection; returns whether all have a reply."""
    return server.wait(lambda: all(client.line is not None or client.ended for client in clients), *clients) and \
        all(client.line is not None for client in clients)


def seen_by(client: Client, server: Server) -> str:
    """Returns in words what a client got instead of its reply."""
    if client.line is not None:
        return f"the line '{client.line[:60]}'"
    part = f"{len(client.received)} bytes without a newline, then " if client.received else ""
    if client.ended:
        return f"{part}the connection {'was reset' if client.ended == 'reset' else 'ended'} without a reply"
    return f"{part}no reply, and the server sleeps" if server.activity() else f"{part}no reply"


def expect(server: Server, client: Client, n: int, done: str) -> None:
    """Waits for the client's reply to its request of n."""
    answered(server, client)
    if client.line != str(fib(n)):
        raise CheckFailed(done, f"the line '{fib(n)}'", seen_by(client, server))


def replies(server: Server) -> None:
    """A client alone gets the right reply; so does the next one."""
    for n in [1, 2, 10, 30] + random.sample(range(3, 26), 4):
        client = server.ask(n)
        expect(server, client, n, f"one client alone sent '{n}'")
        client.close()
    client = server.connect().send(b"1")
    server.settle()
    expect(server, client.send(b"2\n"), 12, "one client alone sent '12' in two pieces, '1' and '2'")
    client = server.connect().send(b"twelve\n")
    if not answered(server, client) or not (client.line or "").startswith("error: "):
        raise CheckFailed("one client alone sent 'twelve'", "a line that begins 'error: '", seen_by(client, server))


def concurrency(server: Server) -> None:
    """Silent clients do not hold up another one: the last to connect is the first to ask."""
    clients = [server.connect() for _ in range(AT_ONCE)]
    for number in range(AT_ONCE, 0, -1):
        client = clients[number - 1].send(b"%d\n" % number)
        silent = f", while {number - 1} that connected before it stayed silent" if number > 1 else ""
        expect(server, client, number, f"{AT_ONCE} clients connected; then number {number} sent '{number}'{silent}")


def end_of_stream(server: Server) -> None:
    """A client sees its connection end after the reply, though others are still connected."""
    clients = [server.connect() for _ in range(3)]
    server.settle()
    client = clients[1].send(b"5\n")
    expect(server, client, 5, "3 clients connected; the second sent '5'")
    if not server.wait(lambda: bool(client.ended), client):
        raise CheckFailed("3 clients connected; the second sent '5', got its reply and read on",
                          "the end of its connection, while the others stay connected",
                          "the connection stays open: some process still holds its descriptor")


def descriptors_stay(server: Server) -> None:
    """Descriptors do not pile up with the number of clients served."""
    before = server.descriptors()
    for _ in range(MANY):
        client = server.ask(0)
        expect(server, client, 0, f"{MANY} clients, one after the other, each sent '0'")
        server.wait(lambda: bool(client.ended), client)
        client.close()
    server.wait(lambda: server.descriptors() <= before + SLACK, quiet=PILE_QUIET)
    after = server.descriptors()
    if after > before + SLACK:
        raise CheckFailed(f"served {MANY} clients, one after the other", f"about the {before} open descriptors of before",
                          f"{after} open descriptors")


def still_serves(server: Server, done: str) -> None:
    client = server.ask(10)
    expect(server, client, 10, f"{done}; then a new client sent '10'")
    client.close()


def bad_clients(server: Server) -> None:
    """Clients that vanish, reset or send too much harm nobody else; many at once are all served."""
    for _ in range(5):
        server.connect().close()
    still_serves(server, "5 clients connected and left at once")
    for request in (b"", b"3", b"25\n"):
        server.connect().send(request).reset()
        still_serves(server, f"a client sent {request.decode()!r} and reset its connection")
    client = server.ask(3)
    answered(server, client)
    client.reset()
    still_serves(server, "a client reset its connection after its reply")
    client = server.connect()
    sent = 0
    while sent < 1 << 20 and not client.ended and server.wait(client.writable):
        sent += client.write(b"7" * 65536)
    still_serves(server, "a client sent a request of 1 MB without a newline")
    server.ask(20)  # never reads
    still_serves(server, "a client never read its reply")


def flood(server: Server) -> None:
    """Many clients at once are all served: there is no fixed number."""
    clients = [server.ask(n % 10) for n in range(FLOOD)]
    answered(server, *clients)
    served = sum(client.line == str(fib(n % 10)) for n, client in enumerate(clients))
    if served < FLOOD:
        wrong = next(client for n, client in enumerate(clients) if client.line != str(fib(n % 10)))
        raise CheckFailed(f"{FLOOD} clients connected at once, each with a request", f"{FLOOD} right replies",
                          f"{served} right replies; another client got: {seen_by(wrong, server)}")
    for client in clients:
        client.close()
    still_serves(server, f"{FLOOD} clients were served")


def failing_creation(server: Server, call: str) -> None:
    """fork or pthread_create fails for one client: it is dropped, or served in another way. The next one is served."""
    before = server.descriptors()
    for time in range(1, 11):
        done = f"{call} failed for a client (for the {time}. time)" if time > 1 else f"{call} failed for a client"
        for pid in server.idle:
            server.box.limit_processes(pid, 0)
        client = server.ask(3)
        server.wait(lambda: bool(client.ended or client.line), client)
        for pid in server.idle:
            server.box.limit_processes(pid, None)
        if not client.ended and client.line != str(fib(3)):
            raise CheckFailed(done, "that its connection ends (or that it is served all the same)",
                              seen_by(client, server))
        client.close()
        still_serves(server, done)
    server.wait(lambda: server.descriptors() <= before + SLACK, quiet=PILE_QUIET)
    if server.descriptors() > before + SLACK:
        raise CheckFailed(f"{call} failed for 10 clients", f"about the {before} open descriptors of before",
                          f"{server.descriptors()} open descriptors")


def short_of_descriptors(server: Server) -> None:
    """accept(2) fails with EMFILE for a while; then the server goes on."""
    for pid in server.idle:
        server.box.limit_descriptors(pid, server.box.descriptors(pid))
    client = server.ask(4)
    server.settle(patience=0.2)
    for pid in server.idle:
        server.box.limit_descriptors(pid, None)
    done = "a client connected while the server was short of descriptors (EMFILE); then there were enough again"
    if not client.ended:
        expect(server, client, 4, done)
    still_serves(server, done)


@contextlib.contextmanager
def stopped(server: Server, pids: Iterable[int]) -> Iterator[None]:
    """Stops processes (SIGSTOP), waits until they have stopped, and lets them go on afterwards (SIGCONT)."""
    pids = set(pids)
    for pid in pids:
        server.box.signal(pid, signal.SIGSTOP)
    server.wait(lambda: all(process.state in "TtZX" for pid, process in server.box.tree().items() if pid in pids))
    yield
    for pid in pids:
        server.box.signal(pid, signal.SIGCONT)


def children_end(server: Server) -> None:
    """The processes of clients that were served end; none of them goes back to accept more."""
    done = f"{AT_ONCE} clients were served and left"
    if not server.wait(lambda: not server.workers(), quiet=PILE_QUIET):
        raise CheckFailed(done, "that their processes end", f"{len(server.workers())} of them are still there")
    if STRAY in server.said():
        raise CheckFailed(done, "that their processes end without another tcp_accept()",
                          "a process that may not accept clients called tcp_accept(), and died of that")


def zombies_stay_few(server: Server) -> None:
    """Zombies do not pile up with the number of clients served."""
    for _ in range(MANY):
        client = server.ask(0)
        expect(server, client, 0, f"{MANY} clients, one after the other, each sent '0'")
        client.close()
    if not server.wait(lambda: len(server.zombies()) <= SLACK, quiet=PILE_QUIET):
        raise CheckFailed(f"served {MANY} clients, one after the other", f"at most {SLACK} zombies",
                          f"{len(server.zombies())} zombies")


def own_replies(server: Server) -> None:
    """Clients that connect at the same moment each get their own reply, however late their threads start."""
    with stopped(server, server.idle):
        clients = [server.ask(n) for n in range(AT_ONCE)]
    answered(server, *clients)
    for n, client in enumerate(clients):
        if client.line != str(fib(n)):
            raise CheckFailed(f"{AT_ONCE} clients connected at the same moment and sent '0' to '{AT_ONCE - 1}'; each new "
                              "thread was held back until the next one was created",
                              f"the line '{fib(n)}' for the client that sent '{n}'", seen_by(client, server))


def memory_stays(server: Server) -> None:
    """The address space does not grow with the number of clients served."""
    silent = [server.connect() for _ in range(2 * AT_ONCE)]
    for client in silent:
        expect(server, client.send(b"0\n"), 0, f"{2 * AT_ONCE} clients connected, then each sent '0'")
        client.close()
    server.settle()
    before = server.address_space()
    for _ in range(2 * MANY // 4):
        clients = [server.ask(0) for _ in range(4)]
        answered(server, *clients)
        for client in clients:
            expect(server, client, 0, f"{2 * MANY} clients, four at a time, each sent '0'")
            server.wait(lambda: bool(client.ended), client, quiet=0.1)
            client.close()
    bound = before + 2 * MANY * LEAST_LEAK // 2
    if not server.wait(lambda: server.address_space() < bound, quiet=PILE_QUIET):
        growth = server.address_space() - before
        kind = "blocks of malloc()" if growth < 2 * MANY * 16384 else "the stacks of ended threads"
        raise CheckFailed(f"served {2 * MANY} clients", "about the memory of before",
                          f"{growth / (2 * MANY) / 1024:.0f} KiB more for each client: {kind} pile up")


def refused(server: Server) -> bool:
    """Returns whether nobody listens on the server's port any more."""
    with server.box.socket() as probe:
        probe.settimeout(5)
        try:
            probe.connect(("127.0.0.1", server.port))
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return False
