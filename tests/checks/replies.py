"""Does a single client get the right reply? All else waits for that."""
from __future__ import annotations

from typing import List

from checks.asking import answered, closer_look, fib, seen_by, served
from checks.check import Check
from checks.client import Client
from checks.server import Server
from checks.symptoms import counted
from checks.verdict import CheckFailed
from checks.workload import LARGEST
from watching.dozing import Dozing

TITLE = "a single client gets the right reply"
MP_REPLIES = Check("mp-replies", 6, TITLE)
MT_REPLIES = Check("mt-replies", 6, TITLE)

# Requests from 3 to 25 that nobody can foresee, beside those that are always sent. Fewer, and a
# table of answers may have them all; more take longer.
DRAWN = 5
# Seconds of CPU that the largest request may take. Less, and slow machines fail right servers;
# more, and one that computes for ever takes longer.
LARGEST_BUDGET = 20.0
# Seconds that a server may sleep by the clock while clients wait. Less, and a handshake that
# is polled fails; more, and a server that sleeps before it answers holds up the whole grading.
NAPS = 0.1
# What else is asked when a reply is wrong: which replies are, tells why.
SAMPLE = (0, 1, 2, 3, 5, 10, 20, 30)
# Requests that are none, and get a line that says so.
NONE = ("twelve", "ten", "x")


def alone(server: Server) -> None:
    """A single client gets the right reply, whole; so does the next one. Raises CheckFailed."""
    naps = server.watch_naps()
    drawn = server.draw.sample(range(3, 26), DRAWN)
    small = [0, 1, 2, 10, *drawn, server.draw.randrange(26, 33), drawn[0]]
    for n in small:
        client = server.ask(n)
        _served(server, client, n)
        client.close()
        if naps.seconds > NAPS:
            raise _slept(server, naps, small.index(n) + 1)
    client = server.connect().send(b"1")
    server.settle()
    done = "one client alone sent '12' in two pieces, '1' and '2'"
    served(server, client.send(b"2\n"), 12, done)
    client.close()
    served(server, server.ask(LARGEST), LARGEST, f"one client alone sent '{LARGEST}', the largest "
           "request", budget=LARGEST_BUDGET)


def _served(server: Server, client: Client, n: int) -> None:
    """Raises CheckFailed if a client alone is not served; for a wrong reply, with some others."""
    try:
        served(server, client, n, f"one client alone sent '{n}'")
    except CheckFailed as error:
        if error.symptom == "wrong-reply":
            error.seen += closer_look(lambda: _others(server))
        raise


def _others(server: Server) -> str:
    """Returns which other replies are right and which are wrong, in words."""
    said: List[str] = []
    for n in SAMPLE:
        client = server.ask(n)
        answered(server, client)
        right = "right" if client.line == str(fib(n)) else "wrong"
        said.append(f"'{n}' gets '{(client.line or '')[:12]}' ({right})")
        client.close()
    return "other requests: " + ", ".join(said)


def _slept(server: Server, naps: Dozing, clients: int) -> CheckFailed:
    """Returns what to raise for a server that sleeps by the clock before it answers."""
    own = server.idle & set(naps.calls)  # the first thread of a process has its number
    parent, worker = "the main thread", "a thread"
    if server.name == "mp_server":
        parent, worker = "the server itself, not a child,", "a child"
    done = "one client alone sent a request"
    if clients > 1:
        done = f"{counted(clients, 'client')}, one after another, each sent a request"
    return CheckFailed(
        done, "an answer as soon as it is computed",
        [f"{parent if own else worker} slept for a fixed time before the reply, "
         f"{naps.seconds:.1f} s in all, in " + ", ".join(sorted(set(naps.calls.values())))],
        "server-sleeps" if own else "sleeps")


def error_lines(server: Server) -> None:
    """What is no request gets a line that says so. Raises CheckFailed. A server that has not read
    all of it may end in a reset: who sends nonsense may get that."""
    for request in NONE:
        client = server.connect().send(request.encode() + b"\n")
        done = f"one client alone sent '{request}', which is no number from 0 to {LARGEST}"
        answered(server, client)
        if not (client.line or "").startswith("error: ") or client.extra:
            raise CheckFailed(done, "one line that begins with 'error: '", seen_by(client, server),
                              "no-error-line")
        client.close()
