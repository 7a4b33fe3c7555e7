"""Advice about the processes and threads that clients get, and what is left of them."""
from __future__ import annotations

from typing import Dict

from checks.advice.concurrency import crowd
from checks.advice.kinds import (CLOSE_SEVEN, DEFINE_ONE, FAMILY, LOOK_THERE, PID, SEVEN_SILENT,
                                 SILENT, SLOW, Advice, ByHand, asks, times)

COUNT_CHILDREN = "ps -o pid= --ppid $P | wc -l"
COUNT_THREADS = "ls /proc/$P/task | wc -l"
DEFUNCT = "<defunct>"
THREE = ByHand([PID, DEFINE_ONE, times(3), "sleep 1; " + FAMILY], DEFUNCT)

ADVICE: Dict[str, Advice] = {
    "no-process-each": Advice(
        "How many processes does one client cost, and for how long? Which one serves, and which "
        "one goes on accepting?",
        ByHand([PID, COUNT_CHILDREN, SEVEN_SILENT, "sleep 1", COUNT_CHILDREN],
               r"(?s)\A(?!.*^0$.*^7$)"), mp="TODO 3 and 4"),
    "threads-not-processes": Advice(
        "This file is to be the multiprocess server: which call creates a process?",
        ByHand([PID, SEVEN_SILENT, "sleep 1; " + FAMILY], r"^ *\d+ +\d+ +\S+ +[2-9] \./NAME"),
        mp="TODO 3"),
    "threads-in-child": Advice(
        "A process is a thread already. What does the second one do that the child could not do "
        "itself?",
        ByHand([PID, SEVEN_SILENT, "sleep 1; " + FAMILY], r"^ *\d+ +\d+ +\S+ +[2-9] \./NAME"),
        mp="TODO 4"),
    "child-stays": Advice(
        "The client has left, and its child is still there. Where does the child's code end, and "
        "what does it do after serve_client()?",
        ByHand([PID, SEVEN_SILENT, "sleep 1", CLOSE_SEVEN, "sleep 1; " + FAMILY],
               r"(?s)(NAME 2999.*){2}"), mp="TODO 4"),
    "child-accepts": Advice(
        "Where does the child's code end? Which line does it reach after it has served its client?",
        ByHand([asks(1), LOOK_THERE], "cannot accept"),
        mp="TODO 4"),
    "no-thread-each": Advice(
        "How many threads does one client cost, and for how long? Are they created when it comes?",
        ByHand([PID, COUNT_THREADS, SEVEN_SILENT, "sleep 1", COUNT_THREADS],
               r"(?s)\A(?!.*^1$.*^8$)"), mt="TODO 3"),
    "processes-not-threads": Advice(
        "This file is to be the multithreaded server: which call creates a thread?",
        ByHand([PID, SEVEN_SILENT, "sleep 1; " + FAMILY], r"(?s)(NAME 2999.*){2}"), mt="TODO 3"),
    "thread-stays": Advice(
        "The clients have left, and threads are still there. Which function do they run, and where "
        "does it end?",
        ByHand([PID, SEVEN_SILENT, "sleep 1", CLOSE_SEVEN, "sleep 1; " + COUNT_THREADS],
               r"^([2-9]|\d\d+)$"), mt="TODO 1 and 3"),
    "no-reaping": Advice(
        "Not one child was waited for. Does anything of yours call waitpid(), and what makes it "
        "run when a child ends?", THREE, mp="TODO 1 and 2"),
    "handler-reaps-none": Advice(
        "A handler is installed, and not one child was waited for. Does the handler run, and for "
        "which children does its waitpid() ask?", THREE, mp="TODO 1"),
    "sigchld-blocked": Advice(
        "The signal cannot arrive. Which lines block SIGCHLD, and where is it unblocked again?",
        THREE, mp="TODO 2 and 3"),
    "sigchld-ignored": Advice(
        "SIGCHLD is ignored, and yet there are zombies. In which process is it ignored, and which "
        "signal do its children send when they end?", THREE, mp="TODO 2 and 3"),
    "zombie-of-merged-signals": Advice(
        "Signals do not queue: when several children end while SIGCHLD is pending, how often does "
        "the handler run (signal(7))? How many children does it reap each time?",
        ByHand([PID, SEVEN_SILENT, "sleep 1; kill -STOP $P", CLOSE_SEVEN, "sleep 1", "server$ fg",
                "sleep 1; " + FAMILY], DEFUNCT), mp="TODO 1"),
    "too-many-at-once": Advice(
        "A few children that end together are all reaped, very many are not. What of your handler "
        "has an end: a number of rounds, a table, a counter (a char counts to 255)?",
        ByHand([PID, *crowd(300)[:2], 'python3 -c "$L; time.sleep(6)" & sleep 4',
                "kill -STOP $P; wait", "server$ fg", "sleep 1; " + FAMILY + " | tail -n 3"],
               DEFUNCT), mp="TODO 1"),
    "double-fork-unreaped": Advice(
        "A child ends although its client is still connected: so another process serves it, the "
        "child's child. Who waits for the one in between?",
        ByHand([PID, SILENT, "sleep 1; " + FAMILY], DEFUNCT), mp="TODO 1 to 3"),
    "reaps-in-order": Advice(
        "Ended children were reaped only when silent clients had left. For which child does your "
        "code wait first, and what if that one still serves?",
        ByHand([PID, SLOW, DEFINE_ONE, times(9), "sleep 1; " + FAMILY], DEFUNCT),
        mp="TODO 1 and 2"),
    "reaping-stopped": Advice(
        "Some children were reaped at first, and then not one more. Is the handler still there "
        "(SA_RESETHAND)? Or is one certain child waited for, that has not ended yet?",
        ByHand([PID, DEFINE_ONE, times(9), "sleep 1; " + FAMILY], DEFUNCT), mp="TODO 1 and 2"),
    "reaps-now-and-then": Advice(
        "Zombies come, and now and then some are reaped. After how many clients, or at how many "
        "children, do your lines look for them, and what if nobody comes then?",
        ByHand([PID, DEFINE_ONE, times(7), "sleep 1; " + FAMILY], DEFUNCT), mp="TODO 1 and 2"),
    "reaps-too-few": Advice(
        "Some children are waited for, without a handler. What makes your code do it, how many "
        "does it reap then, and who reaps those that end when nothing else happens?",
        ByHand([PID, SEVEN_SILENT, "sleep 1", CLOSE_SEVEN, "sleep 1", asks(1),
                "sleep 1; " + FAMILY], DEFUNCT), mp="TODO 1 and 2"),
    "zombies-pile-up": Advice(
        "Most children are reaped, and now and then one is not. Which case do your lines leave "
        "out: a number, a full table, two ends at once, an older child that still serves?",
        ByHand([PID, SLOW, DEFINE_ONE, times(300), "sleep 1; " + FAMILY], DEFUNCT),
        mp="TODO 1 and 2"),
}
