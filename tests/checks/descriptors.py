"""Are connections and the listening socket closed by whoever does not need them any more?"""
from __future__ import annotations

import signal
from typing import List

from checks import diagnosis
from checks.asking import AT_ONCE, answered, closer_look, refused, stopped, words
from checks.check import Check
from checks.client import Client
from checks.many import Record
from checks.server import Server
from checks.verdict import CheckFailed

MP_DESCRIPTORS = Check("mp-descriptors", 6, "parent and child close what they do not need")
MT_DESCRIPTORS = Check("mt-descriptors", 4, "each thread closes its connection")

# Seconds asleep until a connection is known to stay open although another client has connected.
# Shorter, and the words leave out that it was closed then; longer, and the failure takes longer.
LATE_QUIET = 0.2
# Seconds for all children to fall asleep in serve_client(): what they close before it, they have
# closed by then. Less, and a busy machine fails right servers; more, and a server whose children
# never sleep takes longer.
ALL_ASLEEP = 20.0


def end_of_stream(server: Server) -> None:
    """Each client sees its connection end after its reply, though others, older and younger ones,
    are still connected; whether they came one after another, or (where no threads can race) all
    while the server was stopped. Raises CheckFailed."""
    _each_ends(server, server.connect_in_turn(AT_ONCE), "connected")
    if server.name != "mp_server":
        return
    with stopped(server, server.idle):
        clients = [server.connect() for _ in range(AT_ONCE)]
    server.settle()
    _each_ends(server, clients, "connected while the server was stopped (SIGSTOP)")


def _each_ends(server: Server, clients: List[Client], how: str) -> None:
    """Lets clients be served in an order that is drawn, but for the last and the first to come."""
    order = list(enumerate(clients, start=1))
    server.draw.shuffle(order)
    for number, client in [(AT_ONCE, clients[-1]), (1, clients[0]), *order]:
        if client.ended:
            continue
        n = server.draw.randrange(10)
        done = f"{AT_ONCE} clients {how}; client {number} of them sent '{n}'"
        if answered(server, client.send(b"%d\n" % n)):
            ends(server, client, done + ", got its reply and kept reading; others stayed silent")


def ends(server: Server, client: Client, done: str) -> None:
    """Waits for the end of a client's connection. Raises CheckFailed if it stays open."""
    if not server.wait(lambda: bool(client.ended), client):
        raise CheckFailed(done, "the connection to be closed", words(
            "the connection stays open",
            closer_look(lambda: _late(server, client)),
            closer_look(lambda: diagnosis.connection(server, client)),
            closer_look(lambda: diagnosis.doing(server))), "stays-open")


def _late(server: Server, client: Client) -> str:
    """Returns whether a connection ends when the next client connects."""
    server.connect()
    late = server.wait(lambda: bool(client.ended), client, quiet=LATE_QUIET)
    return "it was closed when another client connected" if late else ""


def none_pile_up(record: Record) -> None:
    """Descriptors do not pile up with the number of clients that were served. Raises
    CheckFailed."""
    if record.stages and record.grows(lambda stage: stage.descriptors):
        first, last = record.stages[0], record.stages[-1]
        raise CheckFailed(
            f"served {last.clients} clients",
            "about as many open descriptors as before, however many clients there were",
            [f"{first.descriptors} open descriptors in the server itself after "
             f"{first.clients} clients, {last.descriptors} after {last.clients}",
             *record.kinds], "descriptors-pile-up")


def port_is_free_after_death(server: Server) -> None:
    """Children that serve clients do not hold the listening socket: when the server itself is gone,
    its port is closed. Raises CheckFailed."""
    server.connect_in_turn(AT_ONCE)
    server.wait(lambda: len(server.workers()) >= AT_ONCE)
    server.settle(patience=ALL_ASLEEP)
    for pid in server.idle:
        server.box.signal(pid, signal.SIGKILL)
    # Reaped: each of its threads has let go of its files.
    server.wait(lambda: not server.idle & set(server.box.tree()))
    if not refused(server):
        raise CheckFailed(
            f"{AT_ONCE} clients connected and stayed silent; then the server was killed, but not "
            "its children",
            "no process to be listening on the port any more",
            words("a child still holds the listening socket",
                  closer_look(lambda: diagnosis.listeners(server))), "child-keeps-listener")
