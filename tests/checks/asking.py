"""What both servers must do, whatever their strategy: the bodies of the checks that the two share. Each function takes a
server that runs, and raises CheckFailed."""
import contextlib
import random
import signal
from typing import Callable, Iterable, Iterator, Sequence

from checker import diagnosis
from checker.catalogue import SILENT, STACKS
from checker.client import Client
from checker.outcome import CheckFailed, Inconclusive
from checker.server import CPU_BUDGET, Server

AT_ONCE = 8  # clients in flight
MORE = 60  # clients for a closer look at what is wrong
MANY = 100  # clients, one after the other: more than a small fixed table holds
FLOOD = 300  # clients at once
SLACK = 2  # a constant number that may stay behind: one being reaped, one being opened
LEAST_LEAK = 4096  # bytes that a client leaves behind at least, if anything: a page (probe.c)
MEMORY_ROUNDS = 10
FAULTS = 10  # clients with the same trouble, one after the other
STRAY = b"tcp_accept: descriptor"  # what tcp.c prints when it cannot accept
BRIEF = 0.015  # seconds asleep until a server has dealt with what it was sent
PILE_QUIET = 1.25  # seconds: a server may clean up by a timer of a second


RESET = ("python3 -c \"import socket, struct; c = socket.create_connection(('localhost', 2999)); c.sendall(b'25\\n'); "
         "c.setsockopt(1, 13, struct.pack('ii', 1, 0))\"; ./client.py localhost 2999 1")  # SO_LINGER of zero: a reset
BLOCKS = ("grep heap /proc/PID/maps; for i in $(seq 10000); do exec 3<>/dev/tcp/localhost/2999; echo 1 >&3; read -r <&3; done; "
          "grep heap /proc/PID/maps  # the server started by MALLOC_ARENA_MAX=1 ./mt_server 2999")


@contextlib.contextmanager
def by_hand(commands: str) -> Iterator[None]:
    """What fails in the body, or in the function it decorates, can be seen by these commands (catalogue.py)."""
    try:
        yield
    except CheckFailed as error:
        error.by_hand = error.by_hand or commands
        raise


def fib(n: int) -> int:
    """Returns the service's fib(n): fib(0) = fib(1) = 1."""
    a, b = 1, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def answered(server: Server, *clients: Client, budget: float = CPU_BUDGET) -> bool:
    """Waits until each client has a whole reply or has lost its connection; returns whether all have a reply."""
    server.wait(lambda: all(client.line is not None or client.ended for client in clients), *clients, budget=budget)
    return all(client.line is not None for client in clients)


def seen_by(client: Client, server: Server) -> str:
    """Returns in words what a client got instead of its reply."""
    if client.line is not None:
        return f"the line '{client.line[:60]}'"
    part = f"{len(client.received)} bytes without a newline, then " if client.received else ""
    if client.ended:
        return _words(f"{part}the connection {'was reset' if client.ended == 'reset' else 'ended'} without a reply",
                      closer(server.helpers))
    return _words(f"{part}no reply; {server.doing()}", closer(lambda: server.has(client)),
                  closer(server.helpers) if len(server.box.tree()) == 1 else "")


def closer(look: Callable[[], str]) -> str:
    """Returns what a closer look at a failure shows, in words; nothing if it fails itself: the verdict stands already."""
    with contextlib.suppress(CheckFailed, Inconclusive, OSError, RuntimeError, LookupError):
        return look()
    return ""


def _words(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def expect(server: Server, client: Client, n: int, done: str) -> None:
    """Waits for the client's right reply to its request of n."""
    answered(server, client)
    if client.line != str(fib(n)):
        raise CheckFailed(done, f"the line '{fib(n)}'", seen_by(client, server))


def served(server: Server, client: Client, done: str) -> None:
    """Waits for the client's reply, whether right or wrong: most checks are not about that."""
    if not answered(server, client):
        raise CheckFailed(done, "a reply", seen_by(client, server))


def replies(server: Server) -> None:
    """A client alone gets the right reply; so does the next one."""
    for n in [0, 1, 2, 10, 30] + random.sample(range(3, 26), 4):
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
    """Silent clients do not hold up another one: the last to connect is the first to ask; and when some have been served
    and have left, new ones are served while the rest stays silent."""
    clients = server.connect_in_turn(AT_ONCE)
    for number in range(AT_ONCE, 0, -1):
        client = clients[number - 1].send(b"%d\n" % number)
        silent = f", while {number - 1} that connected before it stayed silent" if number > 1 else ""
        served(server, client, f"{AT_ONCE} clients connected; then number {number} sent '{number}'{silent}")
        client.close()
        if number == AT_ONCE // 2:
            server.settle()
            with by_hand(SILENT + "; exec 3>&-; sleep 1; ./client.py localhost 2999 10"):
                for n in range(3):
                    still_serves(server, f"{AT_ONCE} clients connected; {AT_ONCE - number + 1} were served and left, "
                                 f"{number - 1} stayed silent", n)


def end_of_stream(server: Server) -> None:
    """A client sees its connection end after the reply, though others are still connected."""
    clients = server.connect_in_turn(3)
    for client, which in ((clients[2], "last"), (clients[0], "first")):
        served(server, client.send(b"5\n"), f"3 clients connected; the {which} sent '5'")
        _ends(server, client, f"3 clients connected; the {which} sent '5', got its reply and read on")


@by_hand("exec 3<>/dev/tcp/localhost/2999; echo 5 >&3; cat <&3  # which must end by itself")
def _ends(server: Server, client: Client, done: str) -> None:
    if not server.wait(lambda: bool(client.ended), client):
        raise CheckFailed(done, "the end of its connection", _words(
            "the connection stays open", closer(lambda: server.has(client)), server.doing(), closer(lambda: _late(server, client))))
    if client.ended == "flooded":
        raise CheckFailed(done, "the end of its connection", f"{client.dropped} bytes more, and no end")


def _late(server: Server, client: Client) -> str:
    server.connect()
    late = server.wait(lambda: bool(client.ended), client, quiet=0.2)
    return "it ended when another client connected" if late else ""


@by_hand("./client_bench.sh 2999 50 1; ls -l /proc/PID/fd")
def descriptors_stay(server: Server) -> None:
    """Descriptors do not pile up with the number of clients served."""
    before = server.descriptors()
    for number in range(MANY):
        server.lately = f"{number} clients were served, one after the other; then "
        client = server.ask(0)
        served(server, client, f"{MANY} clients, one after the other, each sent '0'")
        _ends(server, client, "a client alone sent '0', got its reply and read on")
        client.close()
    if not server.wait(lambda: server.descriptors() <= before + SLACK, quiet=PILE_QUIET):
        raise CheckFailed(f"served {MANY} clients, one after the other", f"about the {before} open descriptors of before",
                          f"{server.descriptors()} open descriptors in the server itself, though each client saw the end of its connection")


@by_hand("exec 3<>/dev/tcp/localhost/2999; kill -KILL PID; ./mp_server 2999")
def port_is_free_after_death(server: Server) -> None:
    """Children that serve clients do not hold the listening socket: with the server itself gone, its port is closed."""
    server.connect_in_turn(AT_ONCE)
    server.wait(lambda: len(server.workers()) >= AT_ONCE)
    server.settle(patience=20)  # all children are asleep in serve_client: what they close before it, they have closed
    for pid in server.idle:
        server.box.signal(pid, signal.SIGKILL)
    server.wait(lambda: not server.idle & set(server.box.tree()))  # reaped: each of its threads has let go of its files
    if not refused(server):
        raise CheckFailed(f"{AT_ONCE} clients connected and stayed silent; then the server was killed, not its children",
                          "that nobody listens on the port any more",
                          _words("a child still holds the listening socket", closer(server.listeners)))


def still_serves(server: Server, done: str, n: int = 10) -> None:
    server.lately = done + "; then "
    client = server.ask(n)
    served(server, client, f"{done}; then a new client sent '{n}'")
    client.close()


@by_hand("for i in 1 2 3 4 5 6 7 8; do exec 3<>/dev/tcp/localhost/2999; exec 3>&-; done; sleep 1; ls -l /proc/PID/fd")
def bad_clients(server: Server) -> None:
    """Clients that vanish, reset or send too much harm nobody else, and leave no descriptor behind."""
    with by_hand(RESET):
        for request in (b"", b"3", b"25\n"):
            server.connect().send(request).reset()
            still_serves(server, f"a client sent {request.decode()!r} and reset its connection")
        client = server.ask(3)
        answered(server, client)
        client.reset()
        still_serves(server, "a client reset its connection after its reply")
    with by_hand("head -c 1000000 /dev/zero | tr '\\0' 7 >/dev/tcp/localhost/2999; ./client.py localhost 2999 1"):
        client = server.connect()
        sent = 0
        while sent < 1 << 20 and not client.ended and server.wait(client.writable):
            sent += client.write(b"7" * 65536)
        still_serves(server, "a client sent a request of 1 MB without a newline")
    server.ask(20)  # never reads
    still_serves(server, "a client never read its reply")
    done = f"{FAULTS} clients connected and left without a request"
    vanished = _left_behind(server, lambda: server.connect().close(), done)
    if vanished >= FAULTS - SLACK > _left_behind(server, lambda: still_serves(server, done), done):
        raise CheckFailed(done, "no more open descriptors than before",
                          f"{vanished} more")


def _left_behind(server: Server, act: Callable[[], None], done: str) -> int:
    """Does something FAULTS times; returns how many more descriptors the server holds afterwards than before."""
    server.settle()
    before = server.descriptors()
    for _ in range(FAULTS):
        act()
    still_serves(server, done)  # by then it has accepted them: a count before that says nothing
    return 0 if server.wait(lambda: server.descriptors() <= before) else server.descriptors() - before


@by_hand("python3 -c \"import socket, time; c = [socket.create_connection(('localhost', 2999)) for _ in range(300)]; "
         "time.sleep(60)\" & sleep 1; ./client.py localhost 2999 7")
def flood(server: Server) -> None:
    """Many clients at once are all served, the last one first: there is no fixed number."""
    clients = [server.connect() for _ in range(FLOOD)]
    served(server, clients[-1].send(b"7\n"), f"{FLOOD} clients connected; the last sent '7', the others stayed silent")
    for n, client in enumerate(clients[:-1]):
        client.send(b"%d\n" % (n % 10))
    answered(server, *clients)
    lost = [client for client in clients if client.line is None]
    if lost:
        raise CheckFailed(f"{FLOOD} clients connected at once, then each sent a request", f"{FLOOD} replies",
                          f"{FLOOD - len(lost)} replies; another client got: {seen_by(lost[0], server)}")
    for client in clients:
        client.close()
    still_serves(server, f"{FLOOD} clients were served")


def failing_creation(server: Server, call: str) -> None:
    """fork or pthread_create fails for one client: it is dropped, or served in another way. The next one is served, and
    the failure leaves no descriptor behind."""
    left = 0
    for time in range(1, FAULTS + 1):
        done = f"{call} failed for a client" + (f" (for the {time}. time)" if time > 1 else "")
        server.settle(quiet=BRIEF)
        before = server.descriptors()
        with no_more_processes(server):
            _served_or_dropped(server, server.ask(3), done)
        server.settle(quiet=BRIEF)
        left += server.descriptors() - before
        still_serves(server, done)
    if left >= FAULTS - SLACK:
        raise CheckFailed(f"{call} failed for {FAULTS} clients", "no more open descriptors than before each failure",
                          f"{left} more in all")


@by_hand("prlimit --pid PID --nofile=4:; ./client.py localhost 2999 1 & ./client.py localhost 2999 1 & sleep 1; "
         "prlimit --pid PID --nofile=1024:; ./client.py localhost 2999 1")
def short_of_descriptors(server: Server) -> None:
    """accept(2) fails with EMFILE for a while; then the server goes on."""
    for pid in server.idle:
        server.box.limit_descriptors(pid, server.box.descriptors(pid))
    done = "3 clients connected while the server was short of descriptors (EMFILE); then there were enough again"
    server.lately = "the server was short of descriptors (EMFILE) for a while; then "
    # An accept(2) that waits already has its descriptor: the first client is no test.
    clients = [server.ask(4) for _ in range(3)]
    server.settle(patience=0.2)
    for pid in server.idle:
        server.box.limit_descriptors(pid, None)
    for client in clients:
        _served_or_dropped(server, client, done)
    still_serves(server, done)


@contextlib.contextmanager
def no_more_processes(server: Server) -> Iterator[None]:
    """A time in which the server can create neither processes nor threads."""
    for pid in server.idle:
        server.box.limit_processes(pid, 0)
    yield
    for pid in server.idle:
        server.box.limit_processes(pid, None)


def _served_or_dropped(server: Server, client: Client, done: str) -> None:
    """A client whom a fault hit sees its connection end, or is served in another way; it does not wait for ever."""
    server.wait(lambda: bool(client.ended or client.line), client)
    if not client.ended and client.line is None:
        raise CheckFailed(done, "that its connection ends (or that it is served all the same)", seen_by(client, server))
    client.close()


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


def send_at_once(server: Server, clients: Sequence[Client], request: bytes) -> None:
    """Sends a request from each client; none is looked at before all are there, however busy the machine is."""
    with stopped(server, server.live()):
        for client in clients:
            client.send(request)


@by_hand(SILENT + "; exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; sleep 1; ps -C mp_server -o pid,ppid,stat,nlwp")
def children_end(server: Server) -> None:
    """The processes of clients that were served end; none of them goes back to accept more."""
    done = f"{AT_ONCE} clients were served and left"
    if not server.wait(lambda: not server.workers(), quiet=PILE_QUIET):
        raise CheckFailed(done, "that their processes end", f"{len(server.workers())} more than without clients are there; "
                          + server.doing())
    if STRAY in server.said():
        raise CheckFailed(done, "that their processes end without another tcp_accept()",
                          "a process that may not accept clients called tcp_accept(), and died of that")


@by_hand(SILENT + "; kill -STOP PID; exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; sleep 1; kill -CONT PID; "
         "ps -C mp_server -o pid,ppid,stat")
def zombies_of_one_moment(server: Server) -> None:
    """Children that end while the server cannot run are all reaped later, though their signals merge into one."""
    clients = server.connect_in_turn(AT_ONCE)
    if not server.wait(lambda: len(server.workers()) >= AT_ONCE):
        return  # no child serves them: no zombies either
    done = f"stopped the server (SIGSTOP), let {AT_ONCE} children end, let it go on, served one more client"
    with stopped(server, server.idle):
        for client in clients:
            client.send(b"1\n")
        server.wait(lambda: not server.workers(), *clients)
    still_serves(server, done)
    if not server.wait(lambda: len(server.zombies()) <= SLACK, quiet=PILE_QUIET):
        zombies = server.zombies()
        hint = "Not one child was waited for: does anything call waitpid(), and does it run when a child ends?"
        raise CheckFailed(done, f"at most {SLACK} zombies", _words(
            f"{len(zombies)} zombies after {AT_ONCE + 2} clients", closer(lambda: _more_zombies(server)),
            closer(lambda: diagnosis.sigchld(zombies[0].parent))), hint if len(zombies) > AT_ONCE else "")


def _more_zombies(server: Server) -> str:
    for _ in range(MORE):
        client = server.ask(0)
        served(server, client, "")
        client.close()
    server.settle()
    return f"{len(server.zombies())} after {MORE} more, one after the other"


def zombies_stay_few(server: Server) -> None:
    """Zombies do not pile up with the number of clients served."""
    for number in range(MANY):
        server.lately = f"{AT_ONCE + number + 2} clients were served; then "
        client = server.ask(0)
        served(server, client, f"{MANY} clients, one after the other, each sent '0'")
        client.close()
    server.wait(lambda: not server.workers())
    still_serves(server, f"served {MANY} clients, one after the other")  # some servers reap when they accept
    if not server.wait(lambda: len(server.zombies()) <= SLACK, quiet=PILE_QUIET):
        raise CheckFailed(f"served {MANY} clients, one after the other", f"at most {SLACK} zombies",
                          f"{len(server.zombies())} zombies")


def own_replies(server: Server) -> None:
    """Clients that connect at the same moment each get their own reply, however late their threads start."""
    with stopped(server, server.idle):
        clients = [server.ask(n) for n in range(1, AT_ONCE + 1)]
    answered(server, *clients, budget=10.0)  # some right ones spin until a thread has taken its descriptor over
    right = [str(n) for n, client in enumerate(clients, start=1) if client.line == str(fib(n))]
    for n, client in enumerate(clients, start=1):
        if client.line != str(fib(n)):
            raise CheckFailed(f"{AT_ONCE} clients connected at the same moment and sent '1' to '{AT_ONCE}'; each new "
                              "thread was held back until the next one was created",
                              f"the line '{fib(n)}' for the client that sent '{n}'", _words(
                                  seen_by(client, server), f"the right one came to {' '.join(right) or 'nobody'}"))


def memory_stays(server: Server) -> None:
    """The address space does not grow with the number of clients served. Needs probe.c's pages."""
    silent = server.connect_in_turn(2 * AT_ONCE)
    for client in silent:
        served(server, client.send(b"0\n"), f"{2 * AT_ONCE} clients connected, then each sent '0'")
        client.close()

    ends = [True]  # does a connection end after its reply? if not, which is not this check's business, do not wait for it

    def goes(client: Client) -> None:
        served(server, client.send(b"0\n"), "clients, one after the other, each sent '0'")
        ends[0] = ends[0] and server.wait(lambda: bool(client.ended), client, quiet=0.5)
        client.close()

    def twenty_clients() -> None:
        for _ in range(18):
            goes(server.connect())
        for client in server.connect_in_turn(2):  # who reaps when a client comes must not forget one of two
            goes(client)

    _memory_stays(server, twenty_clients, 20, "served {} clients, one after the other")


def failed_creations_keep_no_memory(server: Server, call: str) -> None:
    """What was prepared for a thread that could not be created is given back. Needs probe.c's pages."""
    def one_failure() -> None:
        with no_more_processes(server):
            _served_or_dropped(server, server.ask(3), f"{call} failed for a client")

    _memory_stays(server, one_failure, 1, call + " failed for {} clients, one after the other")


def _memory_stays(server: Server, act: Callable[[], None], clients: int, done: str) -> None:
    """Raises CheckFailed if the address space grows (nearly) each time: something piles up. Now and then it may grow for
    good, as by the stack of one more thread that was alive at the same time."""
    def size() -> int:
        server.settle(quiet=BRIEF)
        return server.address_space()

    sizes = [size()]
    for _ in range(MEMORY_ROUNDS):
        act()
        before = sizes[-1]
        server.wait(lambda: size() <= before, quiet=0.1)
        sizes.append(size())
    growth = sorted(after - before for before, after in zip(sizes, sizes[1:]))
    if growth[1] >= LEAST_LEAK and server.wait(lambda: size() < sizes[0] + growth[1], quiet=PILE_QUIET) is False:
        each = growth[len(growth) // 2] / clients
        kind, commands = ("the stacks of ended threads", STACKS) if each > 8 * LEAST_LEAK else ("blocks of malloc()", BLOCKS)
        raise CheckFailed(done.format(clients * MEMORY_ROUNDS), "about the memory of before",
                          f"{each / 1024:.0f} KiB more for each: {kind} pile up", by_hand=commands)


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
