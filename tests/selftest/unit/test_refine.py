"""checks/advice/refine.py: finer keys for what was seen and done."""
from __future__ import annotations

from typing import List

import pytest

from checks.advice.refine import RULES, refined

QUEUE = "7 connections, including this one, are still in the listen queue"
FORK = "fork() failed for a client (EAGAIN); then a new client sent '10'"


@pytest.mark.parametrize("server, key, seen, done, wanted", [
    ("mp_server", "no-reply-waits",
     ["no reply", "the server is blocked in waitpid() for child 4", QUEUE], "8 clients connected",
     "parent-waits"),
    ("mp_server", "no-reply-waits",
     ["no reply", "the server is blocked in waitpid() while SIGCHLD is blocked, as in a SIGCHLD "
      "handler", QUEUE], "", "handler-blocks"),
    ("mt_server", "no-reply-waits",
     ["no reply", "the server is blocked in pthread_join() until thread 7 ends",
      "thread 7 is blocked in recv()", QUEUE], "", "main-waits"),
    ("mt_server", "no-reply-waits",
     ["no reply", "the server is blocked in sem_wait() or pthread_cond_wait()",
      "4 other threads are blocked in recv() on descriptors 4, 5, 6 and 7", QUEUE], "",
     "limit-reached"),
    ("mt_server", "no-reply-waits",
     ["no reply", "the server is blocked in accept()",
      "7 other threads are blocked in pthread_mutex_lock() (or ...)"], "", "lock-held"),
    ("mt_server", "no-reply-waits",
     ["no reply", "the server is blocked in accept()",
      "its connection is descriptor 5 of the server itself"], "", "accepted-not-served"),
    ("mt_server", "no-reply-waits",
     ["15 of 16 were served", "the server is blocked in accept() on descriptor 3",
      "its connection is descriptor 17 of the server itself"], "16 clients came at the same time",
     "race-at-once"),
    ("mt_server", "no-reply-closed", ["6 of 16 were served"],
     "700 clients were served; then a client came",
     "many-lost"),
    ("mp_server", "no-reply-waits",
     ["no reply", "the server is blocked in pthread_mutex_lock() while SIGCHLD is blocked, as in a "
      "SIGCHLD handler"], "460 clients were served; then 16 clients came at the same time",
     "handler-hangs"),
    ("mt_server", "no-reply-waits",
     ["no reply", "the server is blocked in accept()",
      "3 other threads are blocked in sem_wait() or ..."],
     "a client came; 2 others, which had come before, were slow", "lock-held"),
    ("mt_server", "no-reply-waits", ["no reply", "the server is blocked in recv() on descriptor 5"],
     "2 clients came at the same time; 2 others, which had come before, were slow",
     "serves-itself"),
    ("mt_server", "no-reply-waits", ["no reply", "the server is blocked in accept()",
                                     "thread 7 is blocked in pthread_mutex_lock() (or ...)"],
     "one client alone sent '0'", "lock-held"),
    ("mt_server", "no-reply-waits", ["no reply", "the server is blocked in pthread_mutex_lock()"],
     FORK.replace("fork", "pthread_create"), "failure-keeps-lock"),
    ("mt_server", "no-reply-reset", ["the connection was reset without a reply"],
     FORK.replace("fork", "pthread_create"), "failure-hits-next"),
    ("mt_server", "failure-waits", ["no reply", "the server is blocked in sem_wait() or ..."],
     "pthread_create() failed for a client (EAGAIN)", "failure-waits"),
    ("mp_server", "failure-keeps-process", ["4 more processes", "the server is blocked in "
                                            "waitpid() for child 9", "grandchild 10 is blocked"],
     "4 times, let one fork() succeed and all after it fail; two clients came", "second-failure"),
    ("mp_server", "no-reply-waits", ["no reply"], "", "no-reply-waits"),
    ("mp_server", "server-gone", ["connection refused: the server ended with status 1"], FORK,
     "failure-ends-server"),
    ("mp_server", "Only a failure at start may end a server.",
     ["connection refused: the server is still running, but no longer listens"], FORK,
     "listener-closed"),
    ("mp_server", "no-reply-gone", ["no reply", "the server ended with status 0"], "did this",
     "server-gone"),
    ("mp_server", "no-reply-reset",
     ["the connection was reset", "the server has no child, and has never reaped one"],
     "one client alone sent '0'", "nobody-serves"),
    ("mt_server", "no-reply-closed", ["the connection ended"], "8 clients connected; then client 7",
     "bystander-lost"),
    ("mp_server", "no-reaping", ["10 zombies", "a handler is installed for SIGCHLD"], "",
     "handler-reaps-none"),
    ("mp_server", "zombie-of-merged-signals", ["8 zombies", "no handler is installed for SIGCHLD"],
     "", "reaps-too-few"),
    ("mp_server", "zombie-of-merged-signals",
     ["10 zombies when 10 clients had been served; of 60 more clients, one after another, some "
      "left another one: 18 zombies", "no handler is installed for SIGCHLD"], "",
     "reaps-now-and-then"),
    ("mp_server", "zombie-of-merged-signals", ["254 zombies", "before that, 8 children ended",
                                               "a handler is installed for SIGCHLD"], "",
     "too-many-at-once"),
    ("mp_server", "double-fork-unreaped",
     ["12 zombies", "the process has never waited for a child"], "", "double-fork-unreaped"),
    ("mp_server", "stays-open", ["the connection stays open", "its connection is descriptor 7 of "
                                 "the server itself"], "", "parent-keeps-connection"),
    ("mt_server", "stays-open", ["the connection stays open", "its connection is descriptor 7 of "
                                 "the server itself"], "", "stays-open"),
    ("mp_server", "", ["3 more"], "", ""), ("mp_server", "made-up", [""], "", "made-up")])
def test_refined(server: str, key: str, seen: List[str], done: str, wanted: str) -> None:
    assert refined(server, key, seen, done) == wanted


def test_a_key_without_a_blank_is_never_taken_for_none() -> None:
    assert refined("mp_server", "key", ["nothing was computed"], "") == "key"
    assert refined("mp_server", "", ["nothing was computed"], "") == "memoised"


def test_no_rule_leads_nowhere() -> None:
    """A key that only rules know must become one with advice, whatever was seen."""
    from checks.advice import ADVICE
    final = {rule.finer for rule in RULES}
    through = {key for rule in RULES if not rule.seen and not rule.done
               for key in rule.keys.split()}
    assert final - through <= set(ADVICE)
    led_on = {key for rule in RULES for key in rule.keys.split()}
    assert led_on - through <= set(ADVICE)
