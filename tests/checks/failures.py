"""Do failures of fork(), pthread_create() and accept() that concern some clients leave the server
and the others alone? A part of robustness.py's checks."""
from __future__ import annotations

import errno
from typing import Callable, List, TypeVar

from checks import memory
from checks.asking import (SLACK, by_hand, bystanders, failing_creations, seen_by, still_serves,
                           stopped)
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
# Servers that are tried where a signal may have spoilt it. Fewer, and right ones fail now and then;
# more, and wrong ones take longer.
ATTEMPTS = 3
T = TypeVar("T")


def with_faults(start: Start, act: Callable[[Server], T], probe: str = "") -> T:
    """Returns what `act` returns of a server in which calls can be made to fail. A signal that
    comes just when such a call waits for the box may end it with EINTR, which is not the server's
    fault: then it is tried again with another one. Raises CheckFailed."""
    for _ in range(ATTEMPTS - 1):
        server = start(probe=probe, faults=True)
        try:
            return act(server)
        except CheckFailed:
            if not server.box.interrupted():
                raise
    return act(start(probe=probe, faults=True))


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
                          f"{left} more in all", "failure-keeps-connection")
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
    """One creation succeeds and the next one fails: with one for each client, that is the next
    client's; with two for each, it is the first client's second. That one stays silent: nobody
    waits for it."""
    with failing_creations(server, server.draw.choice(_errors(call)), skip=1, times=1):
        silent = server.connect_in_turn(1)[0]
        client = server.ask(3)
        done = (f"the second {call} from now on failed; of two clients, the first one stayed "
                "silent, the second one sent '3'")
        _served_or_dropped(server, client, done)
    _served_or_dropped(server, server.ask(3), done)
    still_serves(server, done)
    silent.close()


def keep_no_memory(server: Server, call: str) -> None:
    """What was prepared for a thread that could not be created is freed. Raises CheckFailed. Needs
    the probe's pages. Where creations cannot be made to fail, failing_creation has said so."""
    def one_failure() -> None:
        with failing_creations(server, errno.EAGAIN):
            _served_or_dropped(server, server.ask(3), f"{call} failed for a client")

    if server.box.inject("create", 0) or server.sandbox.can_limit_processes:
        memory.does_not_grow(server, one_failure,
                             call + " failed for {} clients, one after another")


@by_hand("prlimit --pid PID --nofile=4:; ./client.py localhost 2999 1 & "
         "./client.py localhost 2999 1 & sleep 1; prlimit --pid PID --nofile=1024:; "
         "./client.py localhost 2999 1")
def short_of_descriptors(server: Server) -> None:
    """accept(2) fails with EMFILE for a while, others being connected; then the server continues.
    Raises CheckFailed."""
    for pid in server.idle:
        server.box.limit_descriptors(pid, server.descriptors_of(pid))
    server.lately = "the server was short of descriptors (EMFILE) for a while; then "
    # An accept(2) that is blocked already has its descriptor: the first client is no test.
    clients = [server.ask(4) for _ in range(3)]
    server.settle(patience=SHORTAGE)
    for pid in server.idle:
        server.box.limit_descriptors(pid, None)
    done = ("3 clients connected while the server was short of descriptors (EMFILE); then it had "
            "enough again")
    for client in clients:
        _served_or_dropped(server, client, done)
    still_serves(server, done)


def of_calls(server: Server, call: str) -> str:
    """All of this, with silent clients that stand by. Returns a note, or ""."""
    with bystanders(server):
        note = failing_creation(server, call)
        short_of_descriptors(server)
    return note


def _served_or_dropped(server: Server, client: Client, done: str) -> bool:
    """A client that is hit by a fault sees its connection closed, or is served in another way; it
    does not wait for ever. Returns whether it is served."""
    server.wait(lambda: bool(client.ended or client.line), client)
    if not client.ended and client.line is None:
        raise CheckFailed(done, "the connection to be closed, or a reply", seen_by(client, server),
                          "failure-waits")
    client.close()
    return client.line is not None
