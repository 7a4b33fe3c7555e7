"""Are ended children reaped, those too whose signals have merged into one?"""
from __future__ import annotations

import contextlib
from typing import Callable, ContextManager, Iterator

from checks import diagnosis
from checks.asking import (AT_ONCE, CLEANUP_QUIET, SLACK, all_served, bystanders,
                           closer_look, served, still_serves, stopped, words)
from checks.check import Check
from checks.many import Record
from checks.server import Server
from checks.verdict import CheckFailed

MP_ZOMBIES = Check("mp-zombies", 6, "ended children are reaped")
# Children that end together, the second time: more than a handler takes that counts to a number, or
# in a byte. Fewer, and such a handler passes; more take longer.
TOGETHER = 300
# Clients for a closer look at zombies that were found: does each client leave one, or is there a
# fixed number? Fewer do not tell; more take longer.
MORE = 60
# Two lines on what was seen.
ENDED_EARLY = ("more zombies than clients were served: those of clients that are still connected "
               "have ended, too")
TOO_MANY = f"before that, {AT_ONCE} children that ended together were all reaped"


def of_one_moment(server: Server, crowds: bool = True) -> None:
    """Children that end while the server is stopped are all reaped later, though their signals
    merge into one. `crowds`: is it known to serve many clients? One that does not is left alone
    with them: that they are too many for it is robustness.py's business. Raises CheckFailed."""
    room = server.sandbox.room() // 2
    for number in (AT_ONCE, min(TOGETHER, room)) if crowds else (AT_ONCE,):
        _end_together(server, lambda: stopped(server, server.idle),
                      "stopped the server (SIGSTOP)", number)


def of_one_fork(server: Server) -> None:
    """The same for children that end while the server is in fork(): nothing has stopped it, so
    there is no signal that could tell. Needs a server in which calls can be held (Box.hold); does
    nothing where that is not possible. Raises CheckFailed."""
    if server.box.hold("create", False):
        with bystanders(server):
            _end_together(server, lambda: _held_in_fork(server), "the server was in fork()",
                          AT_ONCE)


@contextlib.contextmanager
def _held_in_fork(server: Server) -> Iterator[None]:
    """A time in which the server waits in fork() for the child of one more client."""
    server.box.hold("create", True)
    try:
        client = server.ask(1)
        server.settle()
        yield
    finally:
        server.box.hold("create", False)
    served(server, client, 1, "a client came; others were served while the server was in fork()")
    client.close()


def _end_together(server: Server, pause: Callable[[], ContextManager[None]], paused: str,
                  number: int) -> None:
    """Lets so many children end during a pause of the server. `paused` says what that is."""
    asked = {server.connect(): server.draw.randrange(10) for _ in range(number)}
    if not server.wait(lambda: len(server.workers()) >= number):
        return  # no child serves them: no zombies either
    done = f"{paused}, {number} children ended meanwhile, the server continued"
    before = len(server.zombies())
    with pause():
        for client, n in asked.items():
            client.send(b"%d\n" % n)
        server.wait(lambda: not server.workers(), *asked)
    all_served(server, asked, done)
    for client in asked:
        client.close()
    still_serves(server, done)
    if not server.wait(lambda: len(server.zombies()) <= SLACK, quiet=CLEANUP_QUIET):
        raise _zombies_left(server, before, number, done)


def _zombies_left(server: Server, before: int, number: int, done: str) -> CheckFailed:
    """Returns what to raise for zombies; `before` says how many there were, and `number` how many
    children ended together."""
    zombies = server.zombies()
    symptom = "zombie-of-merged-signals"
    if len(zombies) > before + number:  # the one client afterwards is among them
        symptom = "no-reaping"
    if len(zombies) > number + 3:  # one of those may have come while the server was in fork()
        symptom = "double-fork-unreaped"
    return CheckFailed(
        done + ", and one more client was served", f"at most {SLACK} zombies",
        words(f"{len(zombies)} zombies when {number + 2} clients had been served"
              + "".join(closer_look(lambda: _after_more_clients(server))),
              ENDED_EARLY if symptom == "double-fork-unreaped" else "",
              TOO_MANY if number > AT_ONCE else "",
              closer_look(lambda: diagnosis.sigchld(zombies[0].parent)),
              closer_look(lambda: _when_others_leave(server))), symptom)


def _after_more_clients(server: Server) -> str:
    """Returns how many zombies there are when some more clients have been served, to be added."""
    before = len(server.zombies())
    for _ in range(MORE):
        client = server.ask(0)
        served(server, client, 0, "")
        client.close()
    server.settle()
    now = len(server.zombies())
    how = "some left another one"
    if now + SLACK < before:
        how = "none left another one, and some of these were reaped meanwhile"
    elif now <= before:
        how = "none left another one"
    elif now >= before + MORE:
        how = "each left another one"
    return f"; of {MORE} more clients, one after another, {how}: {now} zombies"


def _when_others_leave(server: Server) -> str:
    """Returns whether zombies are reaped once those clients have left that were silent; nothing if
    not."""
    before = len(server.zombies())
    if before <= SLACK:
        return ""
    for client in server.clients:
        if client.line is None:
            client.close()
    server.settle()
    client = server.ask(0)  # who looks for ended children after each accept() does so now
    served(server, client, 0, "")
    client.close()
    server.wait(lambda: len(server.zombies()) <= SLACK, quiet=CLEANUP_QUIET)
    now = len(server.zombies())
    if now > before // 2:
        return ""
    return (f"when the clients had left that were there before, and silent, {now} zombies were left"
            " of these")


def none_pile_up(record: Record) -> None:
    """Zombies do not pile up with the number of clients that were served. Raises CheckFailed."""
    if not record.stages:
        return
    first, last = record.stages[0], record.stages[-1]
    if record.grows(lambda stage: stage.zombies) and last.zombies > SLACK:
        raise CheckFailed(
            f"served {last.clients} clients, while 2 others that had come before stayed silent",
            "no more zombies, however many clients there were",
            [f"{first.zombies} zombies when {first.clients} clients had been served, "
             f"{last.zombies} when {last.clients} had", *record.reaping,
             *record.freed_late(lambda stage: stage.zombies)], "zombies-pile-up")
