"""Do failures of fork(), pthread_create() and accept() that concern some clients leave the server
and the others alone? A part of robustness.py's checks."""
from __future__ import annotations

import errno
from typing import Callable, Collection, List, TypeVar

from checks import diagnosis, memory
from checks.asking import (SLACK, bystanders, closer_look, failing_creations, seen_by,
                           still_serves, stopped, words)
from checks.client import Client
from checks.server import Server, Start
from checks.verdict import CheckFailed

# Clients for which a creation fails one after another. Fewer, and a leak is no more than SLACK;
# more, and it takes longer.
FAULTS = 10
# Of this many clients at a time. Fewer, and "gives up after 20 failures" passes; more take longer.
AT_A_TIME = (5, 15)
# Seconds asleep until a server has dealt with one client. Shorter, and descriptors are counted too
# early; longer, and each of some attempts takes longer.
BRIEF = 0.015
# Seconds at most until a server that has no descriptors left has tried to accept. Shorter, and one
# on a busy machine is spared the fault; longer, and one that tries again and again takes longer.
SHORTAGE = 0.2
# Servers that are tried where a signal may have spoilt it. Fewer, and what limits cannot make fail
# is not seen now and then; more, and wrong ones take longer.
ATTEMPTS = 3
# Times that the second creation fails once, and that all fail from then on. Fewer, and what is left
# behind is no more than SLACK; more take longer.
SECONDS = 2
# With these, accept(2) fails when something has run out, and works again later.
SHORTAGES = (errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
# With these, it fails because of one connection, or of the network that it came by: the next one
# may be all right (accept(2), "Error handling"). Left out are EINTR, which nobody sees who handles
# no signal, and EOPNOTSUPP, with which it fails for ever on a socket of another kind. Fewer, and a
# server that knows some of them passes; more are no reason to try again.
OF_ONE_CLIENT = (errno.ECONNABORTED, errno.EPROTO, errno.ENETDOWN, errno.ENETUNREACH,
                 errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENONET, errno.ENOPROTOOPT)
T = TypeVar("T")


def with_faults(start: Start, act: Callable[[Server], T], probe: str = "") -> T:
    """Returns what `act` returns of a server in which calls can be made to fail. A signal that
    comes just when such a call waits for the box may end it with EINTR, which is not the server's
    fault: then it is tried again with another one, and in the end with one whose calls wait for
    nobody; what fails there fails by limits. Raises CheckFailed."""
    for _ in range(ATTEMPTS):
        server = start(probe=probe, faults=True)
        try:
            return act(server)
        except CheckFailed as error:
            if not server.box.interrupted():
                error.printed = server.printed()
                raise
    return act(start(probe=probe))


def failing_creation(server: Server, call: str) -> str:
    """fork or pthread_create (`call`, as "fork()") fails for some clients: each is dropped, or
    served in another way; all others are served, and the failures leave no descriptor behind.
    Raises CheckFailed. Returns a note that this was not tried, where the machine does not let the
    checker make it fail."""
    if not server.box.inject("create", 0) and not server.sandbox.can_limit_processes:
        return (f"not tried: a failing {call}; this machine does not let the checker make it fail "
                "(seccomp(2), or prlimit(2), RLIMIT_NPROC)")
    left = sum(_one_failure(server, call, attempt) for attempt in range(1, FAULTS + 1))
    if left >= FAULTS - SLACK:
        raise CheckFailed(f"{call} failed for {FAULTS} clients",
                          "no more open descriptors than before each failure",
                          f"{left} more open descriptors in all", "failure-keeps-connection")
    _failures_at_once(server, call)
    if server.box.inject("create", 0):
        _second_fails(server, call)
    return ""


def _errors(call: str) -> List[int]:
    """Returns the errors with which a call can fail: fork(2), pthread_create(3)."""
    return [errno.EAGAIN, errno.ENOMEM if call == "fork()" else errno.EPERM]


def _one_failure(server: Server, call: str, attempt: int) -> int:
    """Lets one client's creation fail; returns how many descriptors are left of that."""
    error = server.draw.choice(_errors(call))
    done = f"{call} failed for a client ({errno.errorcode[error]})"
    if attempt > 1:
        done += f" (attempt {attempt} of {FAULTS})"
    server.settle(quiet=BRIEF)
    before = server.descriptors()
    with failing_creations(server, error):
        served = _served_or_dropped(server, server.ask(3), done)
    server.lately = done + "; then "
    server.settle(quiet=BRIEF)
    left = server.descriptors() - before
    if served:  # perhaps by what had been created before: then the next one may be hit
        _served_or_dropped(server, server.ask(3), done)
    still_serves(server, done)
    return left


def _failures_at_once(server: Server, call: str) -> None:
    """Creations fail for several clients that come at the same time, again and again."""
    for times in AT_A_TIME:
        error = server.draw.choice(_errors(call))
        with failing_creations(server, error):
            with stopped(server, server.idle):
                clients = [server.ask(3) for _ in range(times)]
            done = f"{call} failed for {times} clients at once ({errno.errorcode[error]})"
            for client in clients:
                _served_or_dropped(server, client, done)
        _served_or_dropped(server, server.ask(3), done)
        still_serves(server, done)


def _second_fails(server: Server, call: str) -> None:
    """One creation succeeds and the next one fails, or all that follow: with one for each client,
    that is the next client's; with two for each, it is the first client's second. That one stays
    silent: nobody waits for it. And nothing is left of it when it has gone."""
    before = len(server.workers())
    for times in (1, -1) * SECONDS:
        with failing_creations(server, server.draw.choice(_errors(call)), skip=1, times=times):
            silent = server.connect_in_turn(1)[0]
            client = server.ask(3)
            done = (f"let one {call} succeed and {'all after it' if times < 0 else 'the next one'} "
                    "fail; two clients came, the first stayed silent, the second sent '3'")
            _served_or_dropped(server, client, done)
        _served_or_dropped(server, server.ask(3), done)
        silent.close()
        still_serves(server, done)
    _no_more_processes(server, before, 2 * SECONDS, done)


def _no_more_processes(server: Server, before: int, number: int, done: str) -> None:
    """Raises CheckFailed if `number` failures have left as many processes, and served clients leave
    none: those are another check's business."""
    if server.wait(lambda: len(server.workers()) < before + number):
        return
    left = len(server.workers())
    for _ in range(number):
        still_serves(server, done)
    if len(server.workers()) < left + number:
        raise CheckFailed(f"{number} times, {done}; then both left",
                          "no more processes than before",
                          words(f"{left - before} more processes",
                                closer_look(lambda: diagnosis.doing(server))),
                          "failure-keeps-process")


def keep_no_memory(server: Server, call: str) -> None:
    """What was prepared for a thread that could not be created is freed. Raises CheckFailed. Needs
    the probe's pages. Where creations cannot be made to fail, failing_creation has said so."""
    def one_failure() -> None:
        with failing_creations(server, errno.EAGAIN):
            _served_or_dropped(server, server.ask(3), f"{call} failed for a client")

    if server.box.inject("create", 0) or server.sandbox.can_limit_processes:
        memory.does_not_grow(server, one_failure,
                             call + " failed for {} clients, one after another")


def short_of_descriptors(server: Server) -> None:
    """accept(2) fails for a while, others being connected, as there is no descriptor or no memory
    left; then the server continues. Raises CheckFailed."""
    server.lately = "the server was short of descriptors (EMFILE) for a while; then "
    for pid in server.idle:
        server.box.limit_descriptors(pid, server.descriptors_of(pid))
    # An accept(2) that is blocked already has its descriptor: the first client is no test.
    clients = [server.ask(4) for _ in range(3)]
    server.settle(patience=SHORTAGE)
    for pid in server.idle:
        server.box.limit_descriptors(pid, None)
    _go_on(server, clients, "the server was short of descriptors (EMFILE)")
    for error in SHORTAGES:
        server.box.inject("accept", error, times=2)
        server.lately = f"accept() failed twice ({errno.errorcode[error]}); then "
        clients = [server.ask(4) for _ in range(3)]
        server.settle(patience=SHORTAGE)
        server.box.inject("accept", 0)
        _go_on(server, clients, f"accept() failed twice ({errno.errorcode[error]})")


def _go_on(server: Server, clients: List[Client], fault: str) -> None:
    """Raises CheckFailed unless clients that came during a shortage are served or dropped, and the
    next one is served."""
    done = f"{len(clients)} clients connected while {fault}; then it had enough again"
    for client in clients:
        _served_or_dropped(server, client, done)
    still_serves(server, done)


def lost_connections(server: Server) -> None:
    """accept(2) fails once, as one connection was lost before it could be accepted; then the server
    continues. Raises CheckFailed. Nothing where the machine does not let the checker do that."""
    if not server.box.inject("accept", 0):
        return
    for error in OF_ONE_CLIENT:
        fault = f"accept() failed once ({errno.errorcode[error]})"
        server.box.inject("accept", error, times=1)
        server.lately = fault + "; then "
        # As above: the first one comes to a call that is let go on already.
        clients = [server.ask(4) for _ in range(2)]
        server.settle(quiet=BRIEF, patience=SHORTAGE)
        server.box.inject("accept", 0)
        for client in clients:
            _served_or_dropped(server, client, f"{len(clients)} clients connected; {fault}")
        still_serves(server, fault)


def of_calls(server: Server, call: str) -> str:
    """All of this, with silent clients that stand by. Returns a note, or ""."""
    with bystanders(server) as silent:
        note = failing_creation(server, call)
        _still_there(server, silent, call)
        server.printed_before = server.box.output.total
        short_of_descriptors(server)
        _still_there(server, silent, "accept()")
        lost_connections(server)
    return note


def _still_there(server: Server, silent: Collection[Client], call: str) -> None:
    """Raises CheckFailed if a client that came before others is not connected any more: in the end,
    it would not be served."""
    server.wait(lambda: True, *silent)
    lost = [client for client in silent if client.ended]
    if lost:
        raise CheckFailed(
            f"{len(silent)} clients connected, and stayed silent or sent half of a request; "
            f"then {call} failed for others, again and again",
            "the connections of those that had come before to stay open",
            words(f"{len(lost)} of the {len(silent)} that had come before: "
                  f"{seen_by(lost[0], server)[0]}"), "failure-hits-others")


def _served_or_dropped(server: Server, client: Client, done: str) -> bool:
    """A client that is hit by a fault sees its connection closed, or is served in another way; it
    does not wait for ever. Returns whether it is served."""
    server.wait(lambda: bool(client.ended or client.line), client)
    if not client.ended and client.line is None:
        raise CheckFailed(done, "the connection to be closed, or a reply", seen_by(client, server),
                          "failure-waits")
    client.close()
    return client.line is not None
