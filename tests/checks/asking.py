"""The vocabulary of the checks: how they talk to a server, and how they say what they saw.

AT_ONCE, CLEANUP_QUIET and the like are what several checks have in common; each says what it
trades.
"""
from __future__ import annotations

import contextlib
import signal
import sys
import traceback
from typing import Callable, Iterable, Iterator, Sequence

from checks import diagnosis
from checks.client import Client, connection
from checks.server import CPU_BUDGET, Server
from checks.verdict import CheckFailed, Inconclusive

# Clients at the same time. Fewer, and a server with a few fixed workers passes; more, and gradings
# take longer, on one core above all.
AT_ONCE = 8
# Clients one after another. Fewer, and a fixed table of as many places is not noticed; more, and
# gradings take longer.
MANY = 100
# What may stay behind at any time: a child that is just being reaped, a descriptor that is just
# being opened. Less, and right servers fail; more, and a small leak passes.
SLACK = 2
# Seconds asleep until nothing more will be cleaned up. Less, and a server that cleans up by a timer
# of a second fails; more, and every failure takes longer to find.
CLEANUP_QUIET = 1.25


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


def expect(server: Server, client: Client, n: int, done: str) -> None:
    """Waits for the right reply to a client's request for fib(n); raises CheckFailed if it does not
    come. `done` says what was done."""
    answered(server, client)
    if client.line != str(fib(n)):
        raise CheckFailed(done, f"the line '{fib(n)}'", seen_by(client, server))


def served(server: Server, client: Client, done: str) -> None:
    """Waits for a client's reply, right or wrong: most checks are not about that. Raises
    CheckFailed if none comes."""
    if not answered(server, client):
        raise CheckFailed(done, "a reply", seen_by(client, server))


def still_serves(server: Server, done: str, n: int = 10) -> None:
    """Raises CheckFailed unless a new client is served after what was done."""
    server.lately = done + "; then "
    client = server.ask(n)
    served(server, client, f"{done}; then a new client sent '{n}'")
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
def no_more_processes(server: Server) -> Iterator[None]:
    """A time in which the server can create neither processes nor threads."""
    try:
        for pid in server.idle:
            server.box.limit_processes(pid, 0)
        yield
    finally:
        for pid in server.idle:
            server.box.limit_processes(pid, None)


def send_at_once(server: Server, clients: Sequence[Client], request: bytes) -> None:
    """Sends a request from each client. The server sees none of them before all have been sent,
    however busy the machine is: it is stopped meanwhile."""
    with stopped(server, server.live()):
        for client in clients:
            client.send(request)


# --- words ---

@contextlib.contextmanager
def by_hand(commands: str) -> Iterator[None]:
    """What fails in the body, or in a function that this decorates, can be seen by these bash
    commands (check.py)."""
    try:
        yield
    except CheckFailed as error:
        error.by_hand = error.by_hand or commands
        raise


def seen_by(client: Client, server: Server) -> str:
    """Returns in words what a client got instead of its reply, and why, as far as that shows."""
    if client.line is not None:
        return f"the line '{client.line[:60]}'"
    received = ""
    if client.received:
        received = f"{len(client.received)} bytes without a newline, then "
    if client.ended:
        how = "was reset" if client.ended == "reset" else "ended"
        return words(f"{received}the connection {how} without a reply", helpers(server))
    parts = [f"{received}no reply",
             closer_look(lambda: diagnosis.doing(server)),
             closer_look(lambda: diagnosis.connection(server, client))]
    if len(server.box.tree()) == 1:
        parts.append(helpers(server))
    return words(*parts)


def helpers(server: Server) -> str:
    """Returns in words which threads or processes the server has, or had, for its clients, once it
    is idle; "" if that does not show."""
    def look() -> str:
        server.settle()
        return diagnosis.helpers(server)

    return closer_look(look)


def closer_look(look: Callable[[], str]) -> str:
    """Returns what a closer look at a failure shows, in words; "" if it fails itself: the verdict
    stands already. What should not happen then is in the grading's log."""
    try:
        return look()
    except (CheckFailed, Inconclusive, OSError):  # the server has ended meanwhile
        return ""
    except Exception:
        traceback.print_exc(file=sys.stderr)
        return ""


def words(*parts: str) -> str:
    """Returns the parts that are not empty as one line."""
    return "; ".join(filter(None, parts))
