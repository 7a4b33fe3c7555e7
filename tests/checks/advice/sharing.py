"""Advice about what threads share without order, and about work that is not done in parallel."""
from __future__ import annotations

from typing import Dict

from checks.advice.kinds import DEFINE_ASK, LOOK_THERE, PID, SILENT, TSAN, Advice, ByHand

# More clients than a ring of 32 places has.
UNDER_TSAN = ByHand(["timeout 20 ./client_bench.sh 2999 40 1 >/dev/null",
                     LOOK_THERE,
                     "make clean  # so that the next make builds it as before"],
                    "WARNING: ThreadSanitizer: data race", build=TSAN)
TWICE = ByHand(["TIMEFORMAT='%R s'", DEFINE_ASK, "time ask 40", "time ask 40"],
               r"^0\.0[0-5]\d s$")
# Nothing but another one that computes keeps a request that costs nothing from its reply.
BEHIND_SIX = ByHand(["TIMEFORMAT='%R s'", DEFINE_ASK, "for i in {1..6}; do ask 40 & done",
                     "sleep .3; for i in 1 2 3; do time ask 1; done"],
                    r"^(0\.[4-9]\d+|[1-9]\d*\.\d+) s$")

ADVICE: Dict[str, Advice] = {
    "late-thread": Advice(
        "A new thread may start late. What does the memory that its argument points to hold by "
        "then, and who else writes to it?", UNDER_TSAN, mt="TODO 1 and 3"),
    "data-race": Advice(
        "Two threads use this memory, one of them to write, and neither waits for the other. What "
        "is it for: a counter, a list, a flag? What should order them: a mutex, an atomic?",
        UNDER_TSAN, mt="TODO 1 and 3"),
    "race-at-once": Advice(
        "These clients came at the same moment. Which memory tells a new thread its descriptor, "
        "and is it that thread's own until it has read it?", UNDER_TSAN,
        mt="TODO 1 and 3"),
    "thread-unseen": Advice(
        "Which call of yours creates the threads? The lab looks on at pthread_create(3).",
        ByHand(["nm NAME | grep pthread_create"], r"(?s)\A(?!.*U pthread_create)"), mt="TODO 3"),
    "memoised": Advice(
        "The reply came, and hardly anything was computed. Each request is to be computed by "
        "serve_client(), whatever was asked before: what else of yours knows the answer?", TWICE,
        mp="TODO 4", mt="TODO 1"),
    "results-shared": Advice(
        "Eight requests cost less than eight times one. What do they have in common, or what is "
        "remembered from one to the next?", TWICE, mp="TODO 4", mt="TODO 1"),
    "busy-waits": Advice(
        "The requests used more CPU time than they need. What does a WORKER do while it waits for "
        "another one, and why does it wait?", BEHIND_SIX, mp="TODO 4", mt="TODO 1"),
    "serial": Advice(
        "While one WORKER computes, what keeps another one from computing, too?", BEHIND_SIX,
        mp="TODO 3 and 4", mt="TODO 1 and 3"),
    "not-overtaken": Advice(
        "The cheap request had to wait for the others. What do its WORKER and theirs both need?",
        BEHIND_SIX, mp="TODO 3 and 4", mt="TODO 1 and 3"),
    "pinned": Advice(
        "On how many processors may the WORKERs run, and who has said so?",
        ByHand([PID, SILENT, "sleep 1",
                "echo 40 >&3; for p in $P $(pgrep -P $P); do taskset -acp $p; done"],
               r"affinity list: \d+$"), mp="TODO 3 and 4", mt="TODO 1 and 3"),
}
