"""Advice about clients that wait for other clients."""
from __future__ import annotations

from typing import Dict, List

from checks.advice.kinds import (DEFINE_ONE, LOOK_THERE, NO_MORE, NO_REPLY, PID, SEVEN_SILENT,
                                 SILENT, SLOW, TSAN, Advice, ByHand, asks, come_and_go,
                                 reads_to_the_end, times)

BEHIND_SEVEN = ByHand([SEVEN_SILENT, asks(10)], NO_REPLY)
# A silent client's worker lives on when another one's ends.
BESIDE_ONE = ByHand([SILENT, asks(1), "sleep 1", asks(2)], NO_REPLY)


def crowd(number: int) -> List[str]:
    """Returns the commands for clients that come all at once, and stay silent."""
    return ["L=\"import socket as s, time; a = ('localhost', 2999)\"",
            f'L="$L; c = [s.create_connection(a) for _ in range({number})]"',
            'python3 -c "$L; time.sleep(20)" & sleep 4']


# So many children that one ends while the server holds whatever the handler wants.
LOCKED = Advice(
    "The handler waits for something that the code it has interrupted holds. Which functions may a "
    "handler call (signal-safety(7)), and which does yours?",
    ByHand([DEFINE_ONE, "many() { for i in {1..500}; do one; done; }",
            "many & many & many & sleep 9", asks(1)], NO_REPLY),
    mp="TODO 1")
UNSAFE = Advice(
    "The signal may come while the server is inside the same function, with its data half changed. "
    "Which functions may a handler call (signal-safety(7))?",
    ByHand([asks(1), asks(2), LOOK_THERE,
            "make clean  # so that the next make builds it as before"],
           "signal-unsafe call inside of a signal", build=TSAN), mp="TODO 1")

ADVICE: Dict[str, Advice] = {
    "serves-itself": Advice(
        "Which process, and which thread, is blocked in recv() for the first client? Who should "
        "be, so that this one can accept the next client?",
        BEHIND_SEVEN, mp="TODO 3 and 4", mt="TODO 3"),
    "parent-waits": Advice(
        "What does the parent do between fork() and the next tcp_accept()? For whom does it wait "
        "there, and how long may that one take?",
        BEHIND_SEVEN, mp="TODO 3 and 4"),
    "vfork": Advice(
        "What does vfork(2) let the parent do while its child runs? Which call lets it go on?",
        BEHIND_SEVEN, mp="TODO 3"),
    "main-waits": Advice(
        "What does the main thread do between pthread_create() and the next tcp_accept()? For whom "
        "does it wait there, and how long may that one take?",
        BEHIND_SEVEN, mt="TODO 3"),
    "lock-held": Advice(
        "A WORKER waits for a lock, or until another one wakes it. Who holds the lock, or is to "
        "wake it, and which client does that one wait for itself?",
        ByHand([SLOW, SEVEN_SILENT, asks(10)], NO_REPLY), mp="TODO 4", mt="TODO 1"),
    "limit-reached": Advice(
        "A few clients are let in, and the next one waits. Which number of yours is that, and whom "
        "does the next client wait for?",
        ByHand([*crowd(100), asks(10)], NO_REPLY), mp="TODO 3 and 4", mt="TODO 3"),
    "handler-blocks": Advice(
        "The handler runs, and with it the whole server stands still. Which of its calls does not "
        "return while a child still serves its client, and what should it say instead?",
        BESIDE_ONE, mp="TODO 1"),
    "handler-spins": Advice(
        "The handler asks again and again. What does its waitpid() return when a child is there "
        "that has not ended yet, and what do your lines make of that?",
        BESIDE_ONE, mp="TODO 1"),
    "handler-locks": LOCKED,
    "handler-hangs": LOCKED,
    "handler-allocates": UNSAFE,
    "handler-prints": UNSAFE,
    "many-lost": Advice(
        "So many clients were served, and then one was not. What of yours fills up with each of "
        "them, and who empties it?",
        ByHand(["trap '' PIPE", DEFINE_ONE, times(1200), asks(1)], NO_REPLY),
        mp="TODO 3 and 4", mt="TODO 1 and 3"),
    "bystander-lost": Advice(
        "A client that had come before others was not served any more. Which line of yours, run "
        "for one client or after a time, closes or ends what belongs to another one?",
        ByHand([PID, SLOW, asks(1), NO_MORE, come_and_go(3) + "; sleep 6",
                "echo 0 >&9; " + reads_to_the_end(9) + "  # right: 89"],
               r"(?s)\A(?!.*^89$)"), mp="TODO 3 and 4", mt="TODO 1, 3 and 4"),
    "flood-lost": Advice(
        "A few clients are served, but not all of a crowd. Which table, number or limit of yours "
        "has a fixed size (a char counts to 255), or is used by several WORKERs at once?",
        ByHand([*crowd(550), crowd(550)[-1], asks(7)], NO_REPLY), mp="TODO 3 and 4",
        mt="TODO 1 and 3"),
}
