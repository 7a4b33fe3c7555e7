"""What a student is told about a failure, by its symptom: the key that the check gives it
(checks/verdict.py). Each file has the symptoms of one topic; kinds.py says what advice is.

The advice hangs on what was seen, not on the check that has seen it: a race that shows when many
clients come is no failure of pthread_create(). selftest/gradings/test_by_hand.py types each
symptom's commands, on a server that has it and on one that is right.
"""
from __future__ import annotations

from typing import Dict, Optional

from checks.advice import computing, concurrency, leftovers, processes, replies, sharing, start
from checks.advice.kinds import DESCRIPTORS, FAMILY, PID, Advice, ByHand, asks

ADVICE: Dict[str, Advice] = {}
for topic in (start, replies, concurrency, processes, leftovers, sharing, computing):
    assert not ADVICE.keys() & topic.ADVICE.keys(), f"{topic.__name__}: a key stands once"
    ADVICE.update(topic.ADVICE)


# Where a failure has no key, or an unknown one: that must not keep a student from his message.
GENERAL = Advice(
    "What did the server do while that was done? Do it by hand, and look at its processes, threads "
    "and descriptors meanwhile.",
    ByHand([asks(10), PID, FAMILY, DESCRIPTORS], ""), mp="TODO 1 to 4", mt="TODO 1 to 4")


# Symptoms of one fault, as several checks see it.
FAMILIES = (
    frozenset(("late-thread", "race-at-once", "data-race")),
    frozenset(("no-process-each", "no-thread-each", "decoys", "one-for-all", "serves-itself")),
    frozenset(("lock-held",)),
    frozenset(("handler-allocates", "handler-prints", "handler-locks", "handler-hangs")),
)


def of_one_fault(symptom: str, other: str) -> bool:
    """Returns whether two symptoms of one server, of different checks, come from one fault."""
    return any(symptom in family and other in family for family in FAMILIES)


def advice_for(server: str, symptom: str) -> Optional[Advice]:
    """Returns the advice about a symptom of a server, mp_server or mt_server; None if there is
    none."""
    advice = ADVICE.get(symptom)
    if advice is None:
        return None
    return advice if (advice.mp if server == "mp_server" else advice.mt) else None
