"""Does each thread serve its own client? Two witnesses: an interleaving that is forced, and
ThreadSanitizer (sanitizer.py), where it works."""
from __future__ import annotations

from typing import List, Protocol

from checks import sanitizer
from checks.asking import AT_ONCE, answered, fib, seen_by, stopped
from checks.check import Check
from checks.sanitizer import Compiler
from checks.server import Server
from checks.verdict import CheckFailed

MT_RACES = Check(
    "mt-races", 6, "each thread serves its own client", "TODO 1 and 3 of mt_server.c",
    "A new thread may start late: what does the memory that its argument points to hold by then, "
    "and who else writes to it?",
    "./client_bench.sh 2999 8 1  # the server built by: make clean; "
    "make CFLAGS='-g -fsanitize=thread' mt_server")
SERVER = "mt_server"
# Seconds of CPU until the replies count as missing. Less, and right servers fail that spin until a
# new thread has taken over its descriptor, as the probe lets it begin late; more, and others that
# spin take longer.
BUDGET = 10.0


class Start(Protocol):
    """Starts a server of the submission (conftest.py)."""

    def __call__(self, probe: str = "") -> Server:
        """`probe`: what probe.c shall do in it."""


def own_replies_without_races(start: Start, build: Compiler) -> str:
    """Asks both witnesses; raises CheckFailed if one of them has seen a race. Returns "", or what
    is to be said although the check passes: that a witness was missing, and why."""
    own_replies(start(probe="delay"))
    seen = sanitizer.races(build, SERVER)
    if seen.race:
        raise CheckFailed(f"{AT_ONCE} clients connected at the same moment, "
                          f"{sanitizer.ROUNDS} times, under ThreadSanitizer",
                          "no data race", f"a data race: {seen.race}")
    if seen.missing:
        return f"checked without ThreadSanitizer: {seen.missing}"
    return ""


def own_replies(server: Server) -> None:
    """Clients that connect at the same moment each get their own reply, however late their threads
    start. Needs probe.c's delay: it holds each new thread back until the next one is created."""
    with stopped(server, server.idle):
        clients = [server.ask(n) for n in range(1, AT_ONCE + 1)]
    answered(server, *clients, budget=BUDGET)
    asked = dict(enumerate(clients, start=1))
    right = [n for n, client in asked.items() if client.line == str(fib(n))]
    for n, client in asked.items():
        if n not in right:
            raise CheckFailed(
                f"{AT_ONCE} clients connected at the same moment and sent '1' to '{AT_ONCE}'; each "
                "new thread was held back until the next one was created",
                f"the line '{fib(n)}' for the client that sent '{n}'",
                f"{seen_by(client, server)}; {_right_words(right)}")


def _right_words(right: List[int]) -> str:
    """Returns which clients got the right reply. `right`: what they sent."""
    if not right:
        return "no client got the right reply"
    numbers = " ".join(map(str, right))
    return f"the right reply came only to the clients that sent {numbers}"
