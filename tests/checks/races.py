"""Does each thread serve its own client? Two witnesses: interleavings that are forced, and
ThreadSanitizer (sanitizer.py), where it works."""
from __future__ import annotations

import contextlib
import resource
from pathlib import Path
from typing import Dict, Iterator

from checks import sanitizer
from checks.asking import all_served, answered, stopped
from checks.check import Check
from checks.client import Client
from checks.sanitizer import Compiler
from checks.server import Server, Start
from checks.verdict import CheckFailed

MT_RACES = Check("mt-races", 6, "each thread serves its own client")
SERVER = "mt_server"

# Clients at the same moment. Fewer, and a ring of 32 places is not overrun; more, and a server that
# hands over each descriptor by a handshake takes longer.
LATE = 48
# The same, once: more than the 1024 places that a table is so often given. Fewer, and such a table
# is not overrun; more, and gradings take longer.
MANY_LATE = 1100
# A server of which no more than so many threads were held back at the same time is not tried with
# MANY_LATE. Fewer, and gradings of right servers that hand over by a handshake take longer; more,
# and a small table that is waited for hides a large one.
FEW = 4
# Descriptors that the server may have open then. Fewer are not enough for so many clients; more
# change nothing.
LIMITS = {"nofile": 2048}
# Descriptors that the grader and the server need for other things, beside so many clients.
OTHER_DESCRIPTORS = 100
# What a client asks for, at most. Less, and two clients ask for the same more often; more, and it
# takes longer.
LARGEST_N = 20
# Seconds of CPU until the replies count as missing. Less, and right servers fail that spin until a
# new thread has taken over its descriptor, as the probe lets it begin late; more, and others that
# spin take longer.
BUDGET = 10.0
# Clients that stay silent, while the threads are counted: fewer, and a thread that is made for
# another reason looks like one for a client; more take longer.
SILENT = 4
# Very many clients that come one after another come so many at a time: fewer, and a failure takes
# longer to judge; more, and a race shows in what is to show that there is none.
BATCH = 32
# Seconds asleep until the server has begun to serve them. Less, and the same; more takes longer.
SETTLED_BATCH = 0.012
# Threads that the C library makes for itself (timer_create(2), SIGEV_THREAD). Fewer, and a server
# that uses them fails; more, and one that hides a few threads from the probe passes.
LIBRARY_THREADS = 2

UNSEEN = "thread-unseen"
LISTEN_QUEUE = Path("/proc/sys/net/core/somaxconn")


def own_replies_without_races(start: Start, build: Compiler) -> str:
    """Asks both witnesses; raises CheckFailed if one of them has seen a race. Returns "", or what
    is to be said although the check passes: that a witness was missing, and why."""
    late = start(probe="delay")
    _judge(start, late, LATE)
    all_threads_seen(late)
    # Who waits for each thread before it creates the next one has no two of them that begin.
    if late.probe is not None and late.probe.most_held > FEW:
        _judge(start, start(probe="delay", limits=LIMITS), most_at_once())
    _judge(start, start(), LATE)
    seen = sanitizer.races(build, SERVER)
    if seen.race:
        raise CheckFailed(seen.done, "threads that use the same memory in a certain order",
                          f"a data race: {seen.race}", "data-race")
    if seen.missing:
        return f"checked without ThreadSanitizer: {seen.missing}"
    return ""


def _judge(start: Start, server: Server, number: int) -> None:
    """Raises CheckFailed if clients that come at the same moment do not get their own replies,
    though as many that come one after another do: else it is a matter of another check, of a limit
    on clients for example."""
    try:
        own_replies(server, number)
    except CheckFailed as error:
        if error.symptom == UNSEEN or served_in_turn(start(limits=LIMITS), number):
            raise


def served_in_turn(server: Server, number: int) -> bool:
    """Returns whether so many clients are served that connect one after another, or a few at a
    time, and then send their requests."""
    try:
        all_served(server, _connected_in_turn(server, number), "", BUDGET)
    except CheckFailed:  # also of a connection, where the server has ended meanwhile
        return False
    return True


def _connected_in_turn(server: Server, number: int) -> Dict[Client, int]:
    asked: Dict[Client, int] = {}
    while len(asked) < number:
        for _ in range(min(1 if number <= LATE else BATCH, number - len(asked))):
            asked[server.connect()] = server.draw.randint(0, LARGEST_N)
        server.settle(quiet=SETTLED_BATCH)
    for client, n in asked.items():
        client.send(b"%d\n" % n)
    return asked


def most_at_once() -> int:
    """Returns how many clients can connect to a server that is stopped: MANY_LATE, or what this
    machine allows of open descriptors and in a listen queue."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    descriptors = MANY_LATE if soft == resource.RLIM_INFINITY else soft - OTHER_DESCRIPTORS
    try:
        queue = int(LISTEN_QUEUE.read_text())
    except (OSError, ValueError):
        queue = MANY_LATE
    return max(min(MANY_LATE, descriptors, queue), 1)


def own_replies(server: Server, number: int) -> None:
    """Clients that connect at the same moment each get their own reply. With the probe's delay, all
    new threads are held back until the server is blocked, or has created as many as there are
    clients. Raises CheckFailed."""
    with held_back(server, number):
        asked: Dict[Client, int] = {}
        with stopped(server, server.idle):
            for _ in range(number):
                n = server.draw.randint(0, LARGEST_N)
                asked[server.ask(n)] = n
        try:
            while not answered(server, *asked, budget=BUDGET) and _holds_back(server):
                pass  # who polls until its thread has begun is asleep again and again
            all_served(server, asked, _done(server, number), BUDGET)
        except CheckFailed as error:
            error.symptom = "late-thread" if server.probe else "race-at-once"
            raise
        for client in asked:
            client.close()


@contextlib.contextmanager
def held_back(server: Server, number: int) -> Iterator[None]:
    """A time in which so many threads are held back, if there is a probe. Raises CheckFailed if a
    thread has replied that was not."""
    if server.probe is None:
        yield
        return
    server.probe.expect(number)
    yield
    server.probe.expect(1)
    if server.probe.unseen:
        raise _unseen(_done(server, number), "a thread has replied that neither has created")


def _holds_back(server: Server) -> bool:
    """Returns whether threads are held back now; those of a server that has ended never go on."""
    probe = server.probe
    return probe is not None and probe.held > 0 and not probe.given_up and bool(server.live())


def _done(server: Server, number: int) -> str:
    late = ""
    if server.probe is not None:
        late = ("; new threads were held back before their first line until the server was blocked,"
                " or all of them had been created")
    return (f"{number} clients connected at the same moment, and sent numbers from 0 to "
            f"{LARGEST_N}{late}")


def all_threads_seen(server: Server) -> None:
    """The threads for some silent clients have all been created where the probe sees it. Raises
    CheckFailed."""
    if server.probe is None:
        return
    server.settle()
    threads, created = server.threads(), server.probe.created
    clients = server.connect_in_turn(SILENT)
    server.settle()
    more = server.threads() - threads
    seen = server.probe.created - created
    if more > seen + LIBRARY_THREADS:
        raise _unseen(f"{SILENT} clients connected, and stayed silent",
                      f"{more} more threads, of which these have created {seen}")
    for client in clients:
        client.close()


def _unseen(done: str, seen: str) -> CheckFailed:
    return CheckFailed(done, "every thread to be created by pthread_create() or thrd_create()",
                       seen, UNSEEN)
