"""Does each client get a thread of its own, which ends with the client?"""
from __future__ import annotations

from checks import diagnosis
from checks.asking import AT_ONCE, CLEANUP_QUIET, closer_look, words
from checks.check import Check
from checks.connected import long_standing, served_by_their_own, shared
from checks.server import Server
from checks.symptoms import counted
from checks.verdict import CheckFailed

MT_THREADS = Check("mt-threads", 6, "each client gets a thread of its own")


def one_for_each_client(server: Server) -> None:
    """One thread for each client, which serves it, and no more processes; the threads end when the
    clients have been served. Raises CheckFailed."""
    done = f"{AT_ONCE} clients connected and stayed silent"
    before = server.threads()
    standing = long_standing(server)
    clients = server.connect_in_turn(AT_ONCE)
    _created(server, done, before)
    serving = shared(server, clients)
    if serving:
        raise CheckFailed(done, "each of them to be served by a thread of its own",
                          words("one thread waits for the requests of several of them",
                                closer_look(lambda: diagnosis.doing(server))), "decoys")
    served_by_their_own(server, clients, standing, done)
    if not server.wait(lambda: server.threads() <= before, quiet=CLEANUP_QUIET):
        raise CheckFailed(
            f"{AT_ONCE} clients were served and left", "their threads to end",
            words(counted(server.threads() - before, "more thread") + " than without clients",
                  closer_look(lambda: diagnosis.doing(server))), "thread-stays")


def _created(server: Server, done: str, before: int) -> None:
    """There are more threads than without clients, one for each, and no more processes."""
    if not server.wait(lambda: server.threads() >= before + AT_ONCE):
        raise CheckFailed(
            done, f"{AT_ONCE} more threads than the {before} without clients",
            words(counted(server.threads() - before, "more thread") + ", and "
                  + counted(len(server.workers()), "more process"),
                  closer_look(lambda: diagnosis.doing(server))),
            "processes-not-threads" if server.workers() else "no-thread-each")
    if server.workers():
        raise CheckFailed(done, "no more processes than without clients",
                          counted(len(server.workers()), "more process"),
                          "processes-not-threads")
