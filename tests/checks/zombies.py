"""Are ended children reaped, those too whose signals have merged into one?"""
from __future__ import annotations

from checks import diagnosis
from checks.asking import (AT_ONCE, CLEANUP_QUIET, MANY, SLACK, by_hand, closer_look, served,
                           still_serves, stopped, words)
from checks.check import CLOSE_SEVEN, SEVEN_SILENT, Check
from checks.server import Server
from checks.verdict import CheckFailed

MP_ZOMBIES = Check(
    "mp-zombies", 6, "ended children are reaped", "TODO 1 and 2 of mp_server.c",
    "Signals do not queue: when several children end while SIGCHLD is pending, how often does the "
    "handler run? (signal(7))",
    "./client_bench.sh 2999 50 1; ps -C mp_server -o pid,ppid,stat")
# Clients for a closer look at zombies that were found: does each client leave one, or is there a
# fixed number? Fewer do not tell; more take longer.
MORE = 60


@by_hand(f"{SEVEN_SILENT}; kill -STOP PID; {CLOSE_SEVEN}; sleep 1; kill -CONT PID; "
         "ps -C mp_server -o pid,ppid,stat")
def of_one_moment(server: Server) -> None:
    """Children that end while the server is stopped are all reaped later, though their signals
    merge into one. Raises CheckFailed."""
    clients = server.connect_in_turn(AT_ONCE)
    if not server.wait(lambda: len(server.workers()) >= AT_ONCE):
        return  # no child serves them: no zombies either
    with stopped(server, server.idle):
        for client in clients:
            client.send(b"1\n")
        server.wait(lambda: not server.workers(), *clients)
    done = (f"stopped the server (SIGSTOP), let {AT_ONCE} children end, let the server continue, "
            "served one more client")
    still_serves(server, done)
    if server.wait(lambda: len(server.zombies()) <= SLACK, quiet=CLEANUP_QUIET):
        return
    zombies = server.zombies()
    hint = ""
    if len(zombies) > AT_ONCE:  # the one client of the start is among them
        hint = ("Not one child was waited for: does anything call waitpid(), and does it run when "
                "a child ends?")
    raise CheckFailed(
        done, f"at most {SLACK} zombies",
        words(f"{len(zombies)} zombies after {AT_ONCE + 2} clients",
              closer_look(lambda: _after_more_clients(server)),
              closer_look(lambda: diagnosis.sigchld(zombies[0].parent))), hint)


def _after_more_clients(server: Server) -> str:
    for _ in range(MORE):
        client = server.ask(0)
        served(server, client, "")
        client.close()
    server.settle()
    return f"{len(server.zombies())} after {MORE} more, one after another"


def of_many_clients(server: Server) -> None:
    """Zombies do not pile up with the number of clients that were served. Raises CheckFailed."""
    for number in range(MANY):
        server.lately = f"{AT_ONCE + number + 2} clients were served; then "
        client = server.ask(0)
        served(server, client, f"{MANY} clients, one after another, each sent '0'")
        client.close()
    server.wait(lambda: not server.workers())
    done = f"served {MANY} clients, one after another"
    still_serves(server, done)  # some servers reap when they accept
    if not server.wait(lambda: len(server.zombies()) <= SLACK, quiet=CLEANUP_QUIET):
        raise CheckFailed(done, f"at most {SLACK} zombies", f"{len(server.zombies())} zombies")
