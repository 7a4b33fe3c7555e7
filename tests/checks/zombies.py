"""Are ended children reaped, those too whose signals have merged into one?"""
from __future__ import annotations

from typing import List

from checks import diagnosis
from checks.asking import (AT_ONCE, CLEANUP_QUIET, SLACK, all_served, by_hand, closer_look, served,
                           still_serves, stopped, words)
from checks.check import CLOSE_SEVEN, SEVEN_SILENT, Check
from checks.many import Record
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
    asked = {client: server.draw.randrange(10) for client in server.connect_in_turn(AT_ONCE)}
    if not server.wait(lambda: len(server.workers()) >= AT_ONCE):
        return  # no child serves them: no zombies either
    done = f"stopped the server (SIGSTOP), let {AT_ONCE} children end, let the server continue"
    before = len(server.zombies())
    with stopped(server, server.idle):
        for client, n in asked.items():
            client.send(b"%d\n" % n)
        server.wait(lambda: not server.workers(), *asked)
    all_served(server, asked, done)
    still_serves(server, done)
    if server.wait(lambda: len(server.zombies()) <= SLACK, quiet=CLEANUP_QUIET):
        return
    zombies = server.zombies()
    symptom = "zombie-of-merged-signals"
    if len(zombies) > before + AT_ONCE:  # the one client afterwards is among them
        symptom = "no-reaping"
    raise CheckFailed(
        done + ", served one more client", f"at most {SLACK} zombies",
        words(f"{len(zombies)} zombies after {AT_ONCE + 2} clients{_after_more_clients(server)}",
              closer_look(lambda: diagnosis.sigchld(zombies[0].parent))), symptom)


def _after_more_clients(server: Server) -> str:
    """Returns how many zombies there are when some more clients have been served, to be added."""
    def look() -> List[str]:
        for _ in range(MORE):
            client = server.ask(0)
            served(server, client, 0, "")
            client.close()
        server.settle()
        return [f"; {len(server.zombies())} after {MORE} more, one after another"]

    return "".join(closer_look(look))


def none_pile_up(record: Record) -> None:
    """Zombies do not pile up with the number of clients that were served. Raises CheckFailed."""
    if not record.stages:
        return
    first, last = record.stages[0], record.stages[-1]
    if record.grows(lambda stage: stage.zombies) and last.zombies > SLACK:
        raise CheckFailed(
            f"served {last.clients} clients, while 2 others that had come before stayed silent",
            "no more zombies, however many clients there were",
            f"{first.zombies} zombies after {first.clients} clients, {last.zombies} after "
            f"{last.clients}", "zombies-pile-up")
