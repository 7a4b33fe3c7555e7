"""The vocabulary of the checks: how they talk to a server, and how they say what they saw.

AT_ONCE, CLEANUP_QUIET and the like are what several checks have in common; each says what it
trades.
"""
from __future__ import annotations

import contextlib
import signal
import sys
import traceback
from typing import Callable, Collection, Iterable, Iterator, List, Mapping, Sequence, Union

from checks import diagnosis, symptoms
from checks.client import Client, connection
from checks.server import CPU_BUDGET, END_DELAY, Server
from checks.verdict import CheckFailed, Inconclusive

Words = Union[str, Sequence[str]]  # one line, or several

# Clients at the same time. Fewer, and a server with a few fixed workers passes; more, and gradings
# take longer, on one core above all.
AT_ONCE = 8
# What may stay behind at any time: a child that is just being reaped. Less, and right servers fail;
# more, and a small leak passes.
SLACK = 2
# Seconds asleep until nothing more will be cleaned up. Less, and a server that cleans up by a timer
# of a second fails; more, and every failure takes longer to find.
CLEANUP_QUIET = 1.25


# Seconds asleep until a connection that has its reply is not going to end. Shorter, and what comes
# after a reply is not seen; longer, and a server that closes none takes longer. That it closes none
# is a matter of one check (descriptors.py), so it is waited for only once.
END_QUIET = 0.5


# --- asking ---

def fib(n: int) -> int:
    """Returns the service's fib(n): fib(0) = fib(1) = 1."""
    a, b = 1, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def answered(server: Server, *clients: Client, budget: float = CPU_BUDGET) -> bool:
    """Waits until each client has a complete reply or has lost its connection; returns whether all
    have a reply. `budget`: seconds of CPU (Server.wait)."""
    server.wait(lambda: all(client.line is not None or client.ended for client in clients),
                *clients, budget=budget)
    return all(client.line is not None for client in clients)


def wait_for_ends(server: Server, *clients: Client) -> None:
    """Waits until the connections of clients that have their replies have ended, or will not."""
    if not server.keeps_open and not server.wait(
            lambda: all(client.ended for client in clients), *clients, quiet=END_QUIET):
        server.keeps_open = True


def served(server: Server, client: Client, n: int, done: str, budget: float = CPU_BUDGET) -> None:
    """Waits until a client is served: it has got fib(n) in a line, not a byte more, and then an
    orderly end, if the connection ends. Raises CheckFailed if it is not. `done` says what was
    done."""
    all_served(server, {client: n}, done, budget)


def all_served(server: Server, asked: Mapping[Client, int], done: str,
               budget: float = CPU_BUDGET) -> None:
    """The same for several clients at a time: `asked` says what each has asked for."""
    answered(server, *asked, budget=budget)
    wait_for_ends(server, *(client for client in asked if client.line is not None))
    lost = [client for client, n in asked.items() if not client.served(str(fib(n)))]
    if not lost:
        return
    expected = f"the line '{fib(asked[lost[0]])}', nothing more, and an orderly end"
    seen = seen_by(lost[0], server)
    if len(asked) > 1:
        expected = "for each its own line, nothing more, and an orderly end"
        number = len(asked) - len(lost)
        seen[0] = (f"{number} of {len(asked)} {symptoms.verb(number, 'was', 'were')} served; the "
                   "client that sent "
                   f"'{asked[lost[0]]}' saw: {seen[0]}")
    raise CheckFailed(done, expected, seen, symptom_of(lost[0], server))


def symptom_of(client: Client, server: Server) -> str:
    """Returns the key for what a client got that was not served."""
    if client.ended == "flooded":
        return "floods"
    if client.line is None:
        if not server.live():
            return "no-reply-gone"
        if client.ended:
            return "no-reply-reset" if client.ended == "reset" else "no-reply-closed"
        return "no-reply-waits"
    if client.line.startswith("error: "):
        return "turned-away"
    if client.extra:
        return "more-than-reply"
    return "reset-after-reply" if client.ended == "reset" else "wrong-reply"


def still_serves(server: Server, done: str, n: int = 10) -> None:
    """Raises CheckFailed unless a new client is served after what was done."""
    server.lately = done + "; then "
    client = server.ask(n)
    served(server, client, n, f"{done}; then a new client sent '{n}'")
    client.close()


@contextlib.contextmanager
def bystanders(server: Server, number: int = 2) -> Iterator[Collection[Client]]:
    """Clients that connect before the body and are not served before it is over: they stay silent,
    or send half of a request. What happens to others must neither wait for them nor harm them.
    Yields them. Raises CheckFailed if they are not served afterwards."""
    before = server.live()
    asked = {}
    for client in server.connect_in_turn(number):
        asked[client] = server.draw.randrange(10, 25)
    # The first one stays silent, the others are slow to send.
    for client in list(asked)[1:]:
        client.send(str(asked[client])[:1].encode())
    server.settle()
    server.bystanding |= server.live() - before
    yield asked.keys()
    for client, n in asked.items():
        client.send(b"%d\n" % n if client is next(iter(asked)) else b"%d\n" % (n % 10))
    try:
        all_served(server, asked, f"{number} clients connected, and stayed silent or sent half of "
                   "a request; others came and went; in the end, the first ones sent the rest")
    except CheckFailed as error:
        error.symptom = "bystander-lost"
        raise
    for client in asked:
        client.close()


def refused(server: Server) -> bool:
    """Returns whether no process listens on the server's port any more. Raises Inconclusive if that
    cannot be told."""
    try:
        connection(server.box, server.port).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        pass  # there was a listen queue to be thrown out of
    return False


# --- what is done to the server ---

@contextlib.contextmanager
def stopped(server: Server, pids: Iterable[int]) -> Iterator[None]:
    """Stops processes (SIGSTOP), waits until they have stopped, and lets them continue afterwards
    (SIGCONT)."""
    chosen = set(pids)

    def all_stopped() -> bool:
        tree = server.box.tree()
        return all(process.state in "TtZX" for pid, process in tree.items() if pid in chosen)

    try:
        for pid in chosen:
            server.box.signal(pid, signal.SIGSTOP)
        server.wait(all_stopped)
        yield
    finally:
        for pid in chosen:
            server.box.signal(pid, signal.SIGCONT)


@contextlib.contextmanager
def failing_creations(server: Server, error: int, skip: int = 0, times: int = -1) -> Iterator[None]:
    """A time in which the server cannot create processes and threads: after `skip` more, `times`
    attempts fail with `error` (-1: all). Where the sandbox cannot make calls fail (Box.inject), all
    fail with EAGAIN, by a limit of none (prlimit(2))."""
    injected = server.box.inject("create", error, skip, times)
    try:
        for pid in () if injected else server.idle:
            server.box.limit_processes(pid, 0)
        yield
    finally:
        server.box.inject("create", 0)
        for pid in () if injected else server.idle:
            server.box.limit_processes(pid, None)


def send_at_once(server: Server, clients: Sequence[Client], request: bytes) -> None:
    """Sends a request from each client. The server sees none of them before all have been sent,
    however busy the machine is: it is stopped meanwhile."""
    with stopped(server, server.live()):
        for client in clients:
            client.send(request)


# --- words ---

def seen_by(client: Client, server: Server) -> List[str]:
    """Returns what a client got instead of its reply, in lines: the first says it, the others why,
    as far as that shows."""
    if client.line is not None:
        return [client.saw]
    if client.ended:
        gone = server.box.status(END_DELAY) is not None and not server.live()
        ended = f"the server {server.ending()}" if gone or server.box.reason else ""
        return words(client.saw, ended, [] if gone else helpers(server))
    what = words(client.saw, closer_look(lambda: diagnosis.doing(server)),
                 closer_look(lambda: diagnosis.connection(server, client)))
    # Whether there ever was a thread or process for it, if none is left.
    return what + (helpers(server) if symptoms.NOBODY_ELSE in "".join(what) else [])


def helpers(server: Server) -> List[str]:
    """Returns in words which threads or processes the server has, or had, for its clients, once it
    is idle; nothing if that does not show."""
    def look() -> Words:
        server.settle()
        return diagnosis.helpers(server)

    return closer_look(look)


def closer_look(look: Callable[[], Words]) -> List[str]:
    """Returns what a closer look at a failure shows, in lines; none if it fails itself: the verdict
    stands already. What should not happen then is in the grading's log."""
    try:
        return words(look())
    except (CheckFailed, Inconclusive, OSError):  # the server has ended meanwhile
        return []
    except Exception:
        traceback.print_exc(file=sys.stderr)
        return []


def words(*parts: Words) -> List[str]:
    """Returns the parts that are not empty, each one line or several: what was seen, in lines."""
    lines: List[str] = []
    for part in parts:
        lines += [part] if isinstance(part, str) else part
    return [line for line in lines if line]
