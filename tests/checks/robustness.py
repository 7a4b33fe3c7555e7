"""Do bad clients, and failures that concern one client, leave the server and the others alone?"""
from __future__ import annotations

import time
from typing import Callable, Mapping, Sequence

from checks import symptoms
from checks.asking import (SLACK, answered, bystanders, closer_look, fib, seen_by, served,
                           still_serves, stopped)
from checks.check import Check
from checks.client import Client
from checks.many import Record
from checks.server import Server, Start
from checks.verdict import CheckFailed, Inconclusive
from watching import private

MP_ROBUSTNESS = Check("mp-robustness", 6, "bad clients and a failing fork do not end the server")
MT_ROBUSTNESS = Check(
    "mt-robustness", 6, "bad clients and a failing pthread_create do not end the server")

# Clients with the same trouble, one after another. Fewer, and a leak is no more than SLACK; more,
# and it takes longer.
FAULTS = 10
# Clients at once: more than the tables of 1024 places that are so common. Fewer, and such a table
# is not noticed; more, and gradings take longer.
FLOOD = 1100
# Requests at the same time. Fewer take longer; more, and a server whose children spin keeps the
# checker from the CPU.
WAVE = 64
# Seconds of CPU that a server may use for them. Less, and right ones fail to which a fork() costs
# more, the more threads they have; more, and those that spin take longer.
FLOOD_BUDGET = 20.0
# The same, where more need more memory than the sandbox gives. Fewer, and tables of 256 places are
# not noticed; more, and such a server fails.
FEWER = 300
# Processes or threads for each of them, at most: a child, and a thread that waits for it. More, and
# machines with little room are tried with fewer clients; fewer, and such a server fails there.
EACH = 2
# Bytes of a request that never ends. Fewer, and they fit into the buffers of a server that never
# reads them, or checks no length; more take longer.
LARGE = 1 << 20
PIECE = b"7" * (1 << 16)
# Seconds that a slow client takes. Less, and time limits of 5 s are not noticed; more, and gradings
# take longer.
PATIENT = 5.3
LOOK = 0.05  # seconds between two looks at the clock


# --- bad clients ---

def bad_clients(server: Server) -> None:
    """Clients that vanish, reset or send too much harm nobody else, and leave no descriptor behind.
    Raises CheckFailed."""
    _clients_that_reset(server)
    _client_that_sends_too_much(server)
    server.ask(20)
    still_serves(server, "a client never read its reply")
    _clients_that_vanish(server)
    _clients_of_a_moment(server)


def _clients_that_reset(server: Server) -> None:
    for request in (b"", b"3", b"25\n"):
        server.connect().send(request).reset()
        what = repr(request.decode()) if request else "nothing"
        still_serves(server, f"a client sent {what} and reset its connection")
    client = server.ask(3)
    answered(server, client)
    client.reset()
    still_serves(server, "a client reset its connection after its reply")


def _client_that_sends_too_much(server: Server) -> None:
    client = server.connect()
    sent = 0
    while sent < LARGE and not client.ended and server.wait(client.writable):
        sent += client.write(PIECE)
    still_serves(server, "a client sent a request of 1 MB without a newline")


def _clients_that_vanish(server: Server) -> None:
    done = f"{FAULTS} clients connected and left without a request"
    _leave_nothing(server, lambda: server.connect().close(), done)


def _clients_of_a_moment(server: Server) -> None:
    done = f"{FAULTS} times, clients came, reset and left while the server was stopped (SIGSTOP)"
    _leave_nothing(server, lambda: _several_at_once(server), done)


def _leave_nothing(server: Server, act: Callable[[], None], done: str) -> None:
    """Raises CheckFailed if what is done FAULTS times leaves a descriptor behind each time, other
    than that served clients do: those are another check's business."""
    vanished = _left_behind(server, act, done)
    if vanished < FAULTS - SLACK:
        return
    served = _left_behind(server, lambda: still_serves(server, done), done)
    if served < FAULTS - SLACK:
        raise CheckFailed(done, "no more open descriptors than before",
                          f"{vanished} more open descriptors", "vanished-stay-open")


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


def _several_at_once(server: Server) -> None:
    """Clients that reset, leave, come and ask, in any order, all while the server is stopped: when
    it goes on, it finds all of that done."""
    kinds = ["resets", "resets a request", "leaves", "leaves a request", "asks", "asks", "asks"]
    server.draw.shuffle(kinds)
    asked = {}
    with stopped(server, server.idle):
        for kind in kinds:
            n = server.draw.randrange(20)
            client = server.connect()
            if kind != "resets" and kind != "leaves":
                client.send(b"%d\n" % n)
            if kind.startswith("resets"):
                client.reset()
            elif kind.startswith("leaves"):
                client.close()
            else:
                asked[client] = n
    done = ("stopped the server (SIGSTOP); meanwhile 2 clients came and reset their connections, 2 "
            "left, and 3 sent a request; let the server continue")
    server.lately = done + "; then "
    for client, n in asked.items():
        served(server, client, n, done)
        client.close()
    still_serves(server, done)


class Patient:
    """A server with clients that take their time: they wait beside the other checks."""

    def __init__(self, server: Server) -> None:
        """Connects the clients: one stays silent, one sends half of its request."""
        self.server = server
        self.clients = server.connect_in_turn(2)
        self.clients[1].send(b"1")
        self.since = time.monotonic()


def patience(patient: Patient) -> None:
    """A client may take its time: those that connected PATIENT seconds ago are served now, though
    another one has come and gone since then. Raises CheckFailed."""
    while time.monotonic() < patient.since + PATIENT:
        time.sleep(LOOK)
    try:
        _still_served(patient)
    except CheckFailed as error:
        error.symptom = "time-limit"
        error.seen += closer_look(lambda: _time_limit(patient.server))
        error.printed = patient.server.printed()
        raise


def _time_limit(server: Server) -> str:
    """Returns after how long a silent client loses its connection, and how its child has ended, in
    words; nothing if it does not lose it soon. The parent is stopped meanwhile, if possible: so the
    child remains a zombie, and whatever the parent would do is not done."""
    client = server.connect()
    server.settle()
    began = time.monotonic()
    children = server.name == "mp_server"
    with stopped(server, server.idle if children else ()):
        while not client.ended and time.monotonic() < began + PATIENT + 1:
            time.sleep(LOOK)
            client.receive()
        seconds = time.monotonic() - began
        if not client.ended:
            return ("another client, that stayed silent while the parent was stopped (SIGSTOP), "
                    "kept its connection" if children else "")
        statuses = [private.exit_status(one.pid, server.box.user) for one in server.zombies()]
    how = symptoms.zombies_words(statuses[-1:])
    return (f"another client, that stayed silent, lost its connection after {seconds:.0f} s"
            + (": " + how[0].replace("; it is a zombie", "") if how else ""))


def _still_served(patient: Patient) -> None:
    server = patient.server
    still_serves(server, "two clients connected, and took their time")
    server.settle()  # it has done by now what it does when a client comes, or leaves
    after = f"{PATIENT:g} s later, when another one had been served,"
    dones = (f"a client connected, and {after} sent its request",
             f"a client sent the first digit of its request, and {after} the rest")
    for client, done in zip(patient.clients, dones):
        n = server.draw.randrange(10, 20)
        served(server, client.send(b"%d\n" % (n if done is dones[0] else n - 10)), n, done)


# --- many ---

def flood(start: Start) -> str:
    """Many clients at once are all served, the last one first: there is no fixed number. Raises
    CheckFailed. Returns a note if there were fewer: the machine has no room for all, or a server
    needs more memory for them than the sandbox gives, which is no fault of its own."""
    server = start()
    number = min(FLOOD, server.sandbox.room() // EACH)
    try:
        _flood(server, number)
    except CheckFailed:
        if server.box.status() is None or not server.box.reason or number <= FEWER:
            raise
        _flood(start(), FEWER)
        return f"tried with {FEWER} clients at once: more need more memory than the sandbox gives"
    if number < FLOOD:
        return f"tried with {number} clients at once: this machine has room for no more"
    return ""


def _flood(server: Server, number: int) -> None:
    """Lets so many clients come at once, beside some that stay silent."""
    with bystanders(server):
        _crowd(server, number)


def _crowd(server: Server, number: int) -> None:
    asked = {server.connect(): server.draw.randrange(10) for _ in range(number)}
    *others, last = asked
    served(server, last.send(b"%d\n" % asked[last]), asked[last],
           f"{number} clients connected; the last one sent a request, the others stayed silent",
           budget=FLOOD_BUDGET)
    in_order = list(others)
    server.draw.shuffle(others)
    for first in range(0, len(others), WAVE):
        wave = others[first:first + WAVE]
        for client in wave:
            client.send(b"%d\n" % asked[client])
        answered(server, *wave, budget=FLOOD_BUDGET)
    _nobody_lost(server, {client: asked[client] for client in in_order})
    for client in asked:
        client.close()
    still_serves(server, f"{number} clients were served")


def _nobody_lost(server: Server, asked: Mapping[Client, int]) -> None:
    """Raises CheckFailed if one of many clients was not served; Inconclusive if there was no room
    for what would have served it."""
    number = len(asked) + 1
    lost = [client for client, n in asked.items() if not client.served(str(fib(n)))]
    if not lost:
        return
    if server.sandbox.room() + len(server.tasks()) < EACH * number:
        raise Inconclusive("other programs have taken the room for processes meanwhile. Stop them, "
                           "and grade again.")
    saw, *rest = seen_by(lost[0], server)
    raise CheckFailed(
        f"{number} clients connected at once, then each sent a request", "each to be served",
        [f"{number - len(lost)} were served; one of the others saw: {saw}",
         _which([list(asked).index(client) + 1 for client in lost], number), *rest], "flood-lost")


def _which(places: Sequence[int], number: int) -> str:
    """Returns which of so many clients were lost, by the order in which they had connected."""
    first, last = min(places), max(places)
    if last - first + 1 == len(places):
        which = f"client {first}" if first == last else f"clients {first} to {last}"
        return f"lost: {which} of {number}, in the order in which they had connected"
    return f"lost: {len(places)} clients; the first of them was number {first} to connect"


def all_were_served(record: Record) -> None:
    """All of many clients were served, one after another and a few at a time. Raises
    CheckFailed."""
    if record.lost is not None:
        raise record.lost
