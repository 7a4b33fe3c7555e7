"""Are connections and the listening socket closed by whoever does not need them any more?"""
from __future__ import annotations

import signal

from checks import diagnosis
from checks.asking import (AT_ONCE, CLEANUP_QUIET, MANY, SLACK, by_hand, closer_look, refused,
                           served, words)
from checks.check import Check
from checks.client import Client
from checks.server import Server
from checks.verdict import CheckFailed

BY_HAND = "./client_bench.sh 2999 8 1; ls -l /proc/PID/fd"
MP_DESCRIPTORS = Check(
    "mp-descriptors", 6, "parent and child close what they do not need", "TODO 4 of mp_server.c",
    "After fork(), each descriptor is open in two processes. A connection ends, and a port becomes "
    "free, when the last copy is closed.", BY_HAND)
MT_DESCRIPTORS = Check(
    "mt-descriptors", 4, "each thread closes its connection", "TODO 1 of mt_server.c",
    "Threads share one table of descriptors: who closes each connection, and when?", BY_HAND)

# Seconds asleep until a connection is known to stay open although another client has connected.
# Shorter, and the words leave out that it was closed then; longer, and the failure takes longer.
LATE_QUIET = 0.2
# Seconds for all children to fall asleep in serve_client(): what they close before it, they have
# closed by then. Less, and a busy machine fails right servers; more, and a server whose children
# never sleep takes longer.
ALL_ASLEEP = 20.0


def end_of_stream(server: Server) -> None:
    """A client sees its connection end after the reply, though others are still connected. Raises
    CheckFailed."""
    clients = server.connect_in_turn(3)
    for client, which in ((clients[2], "last"), (clients[0], "first")):
        done = f"3 clients connected; the {which} one sent '5'"
        served(server, client.send(b"5\n"), done)
        _ends(server, client, done + ", got its reply and kept reading")


@by_hand("exec 3<>/dev/tcp/localhost/2999; echo 5 >&3; cat <&3  # which must end by itself")
def _ends(server: Server, client: Client, done: str) -> None:
    """Waits for the end of a client's connection."""
    expected = "the connection to be closed"
    if not server.wait(lambda: bool(client.ended), client):
        raise CheckFailed(done, expected, words(
            "the connection stays open",
            closer_look(lambda: diagnosis.connection(server, client)),
            closer_look(lambda: diagnosis.doing(server)),
            closer_look(lambda: _late(server, client))))
    if client.ended == "flooded":
        raise CheckFailed(done, expected,
                          f"{client.dropped} more bytes, and the connection still open")


def _late(server: Server, client: Client) -> str:
    """Returns whether a connection ends when the next client connects."""
    server.connect()
    late = server.wait(lambda: bool(client.ended), client, quiet=LATE_QUIET)
    return "it was closed when another client connected" if late else ""


@by_hand("./client_bench.sh 2999 50 1; ls -l /proc/PID/fd")
def none_pile_up(server: Server) -> None:
    """Descriptors do not pile up with the number of clients that were served. Raises
    CheckFailed."""
    before = server.descriptors()
    for number in range(MANY):
        server.lately = f"{number} clients were served, one after another; then "
        client = server.ask(0)
        served(server, client, f"{MANY} clients, one after another, each sent '0'")
        _ends(server, client, "one client alone sent '0', got its reply and kept reading")
        client.close()
    if not server.wait(lambda: server.descriptors() <= before + SLACK, quiet=CLEANUP_QUIET):
        raise CheckFailed(f"served {MANY} clients, one after another",
                          f"about as many open descriptors as before ({before})",
                          f"{server.descriptors()} open descriptors in the server itself, although "
                          "each client saw its connection end")


@by_hand("exec 3<>/dev/tcp/localhost/2999; kill -KILL PID; ./mp_server 2999")
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
            f"{AT_ONCE} more clients connected and stayed silent; then the server was killed, but "
            "not its children",
            "no process to be listening on the port any more",
            words("a child still holds the listening socket",
                  closer_look(lambda: diagnosis.listeners(server))))
