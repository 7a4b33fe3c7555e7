"""Does each client get a thread of its own, which ends with the client?"""
from __future__ import annotations

from checks import diagnosis
from checks.asking import AT_ONCE, CLEANUP_QUIET, closer_look, served, words
from checks.check import SEVEN_SILENT, Check
from checks.server import Server
from checks.symptoms import counted
from checks.verdict import CheckFailed

MT_THREADS = Check(
    "mt-threads", 6, "each client gets a thread of its own", "TODO 3 of mt_server.c",
    "How many threads does one client cost, and for how long?",
    SEVEN_SILENT + "; ps -C mt_server -o pid,nlwp")


def one_for_each_client(server: Server) -> None:
    """One thread for each client, and no more processes; the threads end when the clients have been
    served. Raises CheckFailed."""
    done = f"{AT_ONCE} clients connected and stayed silent"
    before = server.threads()
    clients = server.connect_in_turn(AT_ONCE)
    if not server.wait(lambda: server.threads() >= before + AT_ONCE):
        raise CheckFailed(
            done, f"{AT_ONCE} more threads than the {before} without clients",
            words(f"{server.threads() - before} more, and "
                  + counted(len(server.workers()), "more process"),
                  closer_look(lambda: diagnosis.doing(server))))
    if server.workers():
        raise CheckFailed(done, "no more processes than without clients",
                          f"{len(server.workers())} more")
    for client in clients:
        served(server, client.send(b"1\n"), done + "; then each sent '1'")
        client.close()
    if not server.wait(lambda: server.threads() <= before, quiet=CLEANUP_QUIET):
        raise CheckFailed(
            f"{AT_ONCE} clients were served and left", "their threads to end",
            words(counted(server.threads() - before, "more thread") + " than without clients",
                  closer_look(lambda: diagnosis.doing(server))))
