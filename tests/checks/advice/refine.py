"""Finer keys for what a check has seen: where many faults look alike to it ("no reply"), the words
on what the server's threads did, or what was done before, tell them apart.

The rules are about the lab's own words (symptoms.py, blocked.py, places.py). Where none fits, the
key stays as it is."""
from __future__ import annotations

import re
from typing import NamedTuple, Sequence

QUEUED = r"in the listen queue"
LOCKED_SERVER = r"the server is blocked in (pthread_mutex_lock|futex|sem_wait)"
AT_ONCE = r"^(.*; then )?\d+ clients came at the same time|^\d{3,} clients"
CAME = r"^(\d+ clients? w(as|ere) served; then )?(a client|\d+ clients) came"
SERVED_MANY = r"^\d+ clients? w(as|ere) served; then"
LOCK = r"blocked (on a file lock|in (pthread_mutex_lock|futex|sem_wait|flock|fcntl|semop)\(\))"
SEVERAL_SERVE = r"^([2-9]|\d\d+) (other )?(children|threads|processes)\S* are blocked in recv\(\)"
FAILED = r"(fork|pthread_create|thrd_create)\(\) (.*failed|succeed and)"
NEXT_ONE = FAILED + ".*; then a new client sent"
LOST = "no-reply-waits no-reply-closed no-reply-reset turned-away wrong-reply"
CLOSED = "no-reply-closed no-reply-reset"
GONE = "server-gone no-reply-gone"
NO_REAPING = "no-reaping zombie-of-merged-signals zombies-pile-up"


class Rule(NamedTuple):
    """When a key becomes a finer one."""
    keys: str  # those that it is for, with blanks between
    finer: str
    seen: str = ""  # a regular expression for one of the lines of what was seen
    done: str = ""  # one for what was done
    server: str = ""  # "mp_server" or "mt_server"


# The first one that fits counts, and then others may fit the new key.
RULES = (
    # What has no key of its own.
    Rule("", "does-not-compile", seen="^it does not compile"),
    Rule("", "descriptors-hidden", seen="^the server hides them"),
    Rule("", "server-gone", seen="^connection refused"),
    Rule("", "memoised", seen="nothing was computed"),
    Rule("", "results-shared", seen="results are remembered or shared"),
    Rule("", "busy-waits", seen="something busy-waits"),
    Rule("", "serial", seen="not all requests are computed"),
    Rule("", "not-overtaken", seen="it had to wait for the others"),
    Rule("", "pinned", seen="bound to CPU"),
    # Lost among many.
    Rule("no-reply-waits", "handler-hangs", seen=r"blocked in .* while SIG\w+ is blocked, as in",
         done=CAME),
    Rule("no-reply-waits", "serves-itself", done=CAME, server="mt_server",
         seen=r"the server is blocked in (recv|read|poll)"),
    Rule("no-reply-waits", "lock-held", done=CAME, seen=LOCK),
    Rule(f"{LOST} flood-lost", "race-at-once", done=AT_ONCE,
         seen="its connection is descriptor .* of the server itself", server="mt_server"),
    Rule(f"{LOST} {GONE}", "many-lost", done=SERVED_MANY),
    Rule(LOST, "race-at-once", done=AT_ONCE, server="mt_server", seen=r"^\d+ of \d+ w"),
    Rule(LOST, "flood-lost", done=r"^\d{3,} clients connected"),
    Rule("flood-lost", "limit-reached", seen=QUEUED),
    Rule("no-reply-waits", "failure-keeps-lock", done=NEXT_ONE, seen=LOCKED_SERVER,
         server="mt_server"),
    Rule(LOST, "failure-hits-next", done=NEXT_ONE, server="mt_server"),
    Rule("failure-waits failure-keeps-process", "second-failure", server="mp_server",
         done=r"let one fork\(\) succeed", seen=r"grandchild|process \d+ is|(child|children|process"
         r"(es)?)( \d+)? (is|are) blocked in (waitpid|accept)"),
    Rule(LOST, "failure-waits", done=FAILED + "|EMFILE"),
    Rule("failure-keeps-process", "failure-waits"),
    Rule("failure-waits", "shortage-waits", done="EMFILE"),
    # Why a server is gone, by what was done last.
    Rule(GONE, "listener-closed", seen="no longer listens"),
    Rule(GONE, "failure-ends-server", done=FAILED),
    Rule(GONE, "shortage-ends-server", done="EMFILE|short of descriptors"),
    Rule(GONE, "client-ends-server", done="reset|never read|without a (request|newline)|left"),
    Rule("no-reply-gone", "server-gone"),
    # What keeps a client from its reply.
    Rule(LOST, "in-pieces", done="alone sent .* in two pieces"),
    Rule(f"{LOST} wrong-reply", "largest-fails", done="the largest request"),
    Rule("no-reply-waits", "handler-spins", seen="busy-looping .* while SIGCHLD is blocked"),
    Rule("no-reply-waits", "handler-blocks", seen=r"in (waitpid|waitid)\(\).* SIGCHLD is blocked"),
    Rule("no-reply-waits", "handler-hangs", seen=r"blocked in .* while SIG\w+ is blocked, as in"),
    Rule("no-reply-waits", "vfork", seen=r"the server is blocked in vfork"),
    Rule("no-reply-waits", "lock-held", seen=LOCK, done="^one client alone"),
    Rule("no-reply-waits", "accepts-elsewhere", seen=r"the server is blocked in accept\(\)",
         done="^one client alone"),
    Rule("no-reply-waits", "queued", seen=QUEUED),
    Rule("queued", "limit-reached", seen=SEVERAL_SERVE),
    Rule("queued", "serves-itself", seen=r"the server is blocked in (recv|read|poll)"),
    Rule("queued", "parent-waits", server="mp_server"),
    Rule("queued", "main-waits", server="mt_server"),
    Rule("accepts-elsewhere", "accepted-not-served", seen="its connection is"),
    Rule("accepts-elsewhere", "no-reply-waits"),
    Rule("no-reply-waits", "lock-held", seen=LOCK),
    Rule("no-reply-waits", "accepted-not-served", seen="its connection is descriptor"),
    Rule(CLOSED, "no-newline", seen="without a newline"),
    Rule(CLOSED, "nobody-serves", seen="has never reaped one|no trace of a thread"),
    Rule(CLOSED, "bystander-lost", done=r"^\d+ clients connected"),
    Rule(CLOSED, "closed-too-early"),
    # Which children are not reaped.
    Rule(NO_REAPING, "sigchld-blocked", seen="^SIGCHLD is blocked"),
    Rule(NO_REAPING, "sigchld-ignored", seen="the signal is ignored"),
    Rule("double-fork-unreaped", "no-reaping", seen="^a handler is|has waited for a child before"),
    Rule("zombie-of-merged-signals", "no-reaping", seen="has never waited for a child"),
    Rule("no-reaping zombie-of-merged-signals zombies-pile-up", "reaps-in-order",
         seen="^when the clients had left"),
    Rule("zombie-of-merged-signals", "too-many-at-once", seen="^before that, 8 children"),
    Rule("no-reaping", "reaps-too-few", seen="has waited for a child before"),
    Rule("zombie-of-merged-signals", "reaps-too-few", seen="^no handler is"),
    Rule("reaps-too-few", "reaping-stopped", seen=", each left another one"),
    Rule("reaps-too-few", "reaps-now-and-then", seen=", some left another one"),
    Rule("no-reaping", "handler-reaps-none", seen="^a handler is installed"),
    # Why a connection stays open, why memory grows.
    Rule("stays-open", "closed-late", seen="when another client connected"),
    Rule("stays-open", "parent-keeps-connection", seen="is descriptor .* of the server itself",
         server="mp_server"),
    Rule("stacks-pile-up", "joins-in-order", seen="^when the clients had left"),
    Rule("blocks-pile-up", "failure-keeps-memory", done=r"\(\) failed"),
)


def refined(server: str, key: str, seen: Sequence[str], done: str) -> str:
    """Returns the finest key for a failure of a server (mp_server or mt_server): what the check has
    called it, seen and done."""
    for rule in RULES:
        if key in rule.keys.split() or (not rule.keys and _is_none(key)):
            if (rule.server in ("", server) and re.search(rule.done, done)
                    and any(re.search(rule.seen, line) for line in seen)):
                key = rule.finer
    return key


def _is_none(key: str) -> bool:
    """Returns whether a text is no key."""
    return not re.fullmatch(r"[a-z][a-z0-9-]*", key)
