"""Does each client get a process of its own, which ends with the client?"""
from __future__ import annotations

from checks import diagnosis
from checks.asking import AT_ONCE, CLEANUP_QUIET, closer_look, words
from checks.check import Check
from checks.connected import long_standing, served_by_their_own, shared
from checks.server import Server
from checks.symptoms import counted
from checks.verdict import CheckFailed

MP_PROCESSES = Check("mp-processes", 8, "each client gets a process of its own")
# What tcp.c prints before it ends a process that calls tcp_accept() and cannot accept.
STRAY = b"tcp_accept: descriptor"


def one_for_each_client(server: Server) -> None:
    """One process for each client, of one thread each, which serves it; they end when the clients
    have been served. Raises CheckFailed."""
    done = f"{AT_ONCE} clients connected and stayed silent"
    threads_before = server.threads()
    standing = long_standing(server)
    clients = server.connect_in_turn(AT_ONCE)
    _created(server, done, threads_before)
    serving = shared(server, clients)
    if serving:
        raise CheckFailed(done, "each of them to be served by a process of its own",
                          words(f"process {serving[0].pid} serves several of them, or was there "
                                "before they came",
                                closer_look(lambda: diagnosis.doing(server))), "decoys")
    served_by_their_own(server, clients, standing, done)
    _children_end(server)


def _created(server: Server, done: str, threads_before: int) -> None:
    """There are more processes than without clients, one for each, of one thread each."""
    if not server.wait(lambda: len(server.workers()) >= AT_ONCE):
        more_threads = server.threads() - threads_before
        raise CheckFailed(
            done, f"{AT_ONCE} more processes than without clients",
            words(counted(len(server.workers()), "more process") + " than the "
                  f"{len(server.idle)} without clients, and "
                  + counted(more_threads, "more thread"),
                  closer_look(lambda: diagnosis.doing(server))),
            "threads-not-processes" if more_threads > 0 else "no-process-each")
    workers = server.workers()
    threads = max((process.threads for pid, process in server.box.tree().items()
                   if pid in workers), default=0)
    if threads > 1:
        raise CheckFailed(done, "processes with one thread each",
                          words(f"one of them has {threads} threads",
                                closer_look(lambda: diagnosis.doing(server))),
                          "threads-in-child")


def _children_end(server: Server) -> None:
    """The processes of clients that were served end; none goes back to accept another client."""
    done = f"{AT_ONCE} clients were served and left"
    if not server.wait(lambda: not server.workers(), quiet=CLEANUP_QUIET):
        raise CheckFailed(
            done, "their processes to end",
            words(counted(len(server.workers()), "more process") + " than without clients",
                  closer_look(lambda: diagnosis.doing(server))), "child-stays")
    if STRAY in server.said():
        raise CheckFailed(
            done, "their processes to end without another call of tcp_accept()",
            "a process called tcp_accept() on a descriptor that cannot accept, and exited with an "
            "error", "child-accepts")
