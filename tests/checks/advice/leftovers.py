"""Advice about descriptors and memory that nobody needs any more, and about failures."""
from __future__ import annotations

from typing import Dict

from checks.advice.kinds import (DEFINE_ONE, DESCRIPTORS, NO_MORE, PID, SILENT, SLOW, STILL_OPEN,
                                 Advice, ByHand, asks, come_and_go, reads_to_the_end, times)

SECOND = "exec 4<>/dev/tcp/localhost/2999"
ENDS = ByHand([SILENT, SECOND, "echo 5 >&3; " + reads_to_the_end(3),
               "echo 5 >&4; " + reads_to_the_end(4)], STILL_OPEN)
COUNT = "ls /proc/$P/fd | wc -w"
TWO_DIGITS = r"^\d\d+$"
SIZE = "size() { awk '/VmData/ { print $2 }' /proc/$P/status; }"
GROWN = "echo $(($(size) - A)) kB more  # right: about 0"
# Once processes and threads are short; then they are not, and the next client comes.
NEXT = ByHand([PID, NO_MORE, asks(1), "prlimit --pid $P --nproc=3000:", asks(2)],
              r"(?s)\A(?!.*function\(2\): 2$)")
# The heap has one arena and no reserve, so that what is never freed shows at once.
PACKED = "MALLOC_ARENA_MAX=1 MALLOC_TOP_PAD_=0 ./NAME 2999"


ADVICE: Dict[str, Advice] = {
    "stays-open": Advice(
        "A connection ends when the last descriptor of it is closed. Who has one when the reply "
        "has been sent, and who closes it, when?", ENDS, mp="TODO 4", mt="TODO 1"),
    "parent-keeps-connection": Advice(
        "After fork(), a connection is open in two processes, and ends when both have closed it. "
        "When does the parent close its copy?", ENDS,
        mp="the parent's lines after TODO 4"),
    "closed-late": Advice(
        "The connection ended only when another client came. Which line closes it, and what makes "
        "that line run?",
        ByHand([SILENT, "echo 5 >&3; " + reads_to_the_end(3), SECOND, reads_to_the_end(3)],
               STILL_OPEN), mp="TODO 3 and 4", mt="TODO 1 and 3"),
    "descriptors-pile-up": Advice(
        "Of what kind are the descriptors that are left, and which call of yours has opened them? "
        "Who closes them, in every case?",
        ByHand([PID, DEFINE_ONE, times(1000), f"sleep 1; {DESCRIPTORS} | tail -n 3", COUNT],
               TWO_DIGITS), mp="TODO 3 and 4", mt="TODO 1 and 3"),
    "child-keeps-listener": Advice(
        "After fork(), each descriptor is open in two processes. A port is free again when the "
        "last copy of its listening socket is closed: who has one, and who needs it?",
        ByHand([SILENT, PID, "kill -KILL $P; sleep 1", "timeout 1 ./NAME 2999"],
               "Address already in use"), mp="TODO 4"),
    "vanished-stay-open": Advice(
        "These clients left before they sent anything. Which way do your lines take then, and does "
        "that one, too, end in close()?",
        ByHand([PID, come_and_go(20), "sleep 1; " + COUNT], TWO_DIGITS), mp="TODO 4", mt="TODO 1"),
    "stacks-pile-up": Advice(
        "What remains of a thread that has ended, and until when (pthread_detach(3))?",
        ByHand([PID, DEFINE_ONE, SIZE, times(100), SLOW, "A=$(size)", times(1000), GROWN],
               r"^([3-9]\d{4}|\d{6,}) kB more", server=PACKED), mt="TODO 2"),
    "joins-in-order": Advice(
        "What ended threads leave was freed only when silent clients had left. Which thread is "
        "joined first, and what if that one still serves?",
        ByHand([PID, DEFINE_ONE, SIZE, times(100), SLOW, "A=$(size)", times(1000), GROWN],
               r"^([3-9]\d{4}|\d{6,}) kB more", server=PACKED), mt="TODO 2 and 3"),
    "blocks-pile-up": Advice(
        "Which malloc() of yours (or asprintf(), strdup(), ...) runs for each client, or for each "
        "tenth or hundredth one, and who frees what it gave, when?",
        ByHand([PID, DEFINE_ONE, SIZE, times(100), "A=$(size)", times(1000), GROWN],
               r"^([1-9]\d|[1-9]\d\d|[1-7]\d{3}) kB more", server=PACKED), mt="TODO 1 and 3"),
    "failure-keeps-memory": Advice(
        "When no thread could be created, who frees what was prepared for it?",
        ByHand([PID, DEFINE_ONE, SIZE, times(100), NO_MORE, "A=$(size)", come_and_go(1000),
                "sleep 1; " + GROWN],
               r"^([1-9]\d|[1-9]\d\d|[1-7]\d{3}) kB more", server=PACKED), mt="TODO 4"),
    "failure-keeps-lock": Advice(
        "The main thread waits for what another one is to give: a lock, or word that it has begun. "
        "On which way through your lines does nobody give it?", NEXT, mt="TODO 4"),
    "failure-hits-next": Advice(
        "pthread_create() failed once, and a client that came later was lost. What is left of the "
        "first one: a number of a descriptor that is closed again, a flag, an entry?", NEXT,
        mt="TODO 4"),
    "failure-hits-others": Advice(
        "CREATE failed for one client, and another one, which had come before, lost its "
        "connection. What do your lines end or close then, and whose is it?",
        ByHand([PID, SLOW, "sleep 1; " + NO_MORE, asks(1), "echo 0 >&9; " + reads_to_the_end(9)
                + "  # right: 89"], r"(?s)\A(?!.*^89$)"), mp="TODO 3", mt="TODO 4"),
    "second-failure": Advice(
        "With one client connected, its process is no child of the server: there is a second "
        "fork(). When that one fails, what does the process do that has called it?",
        ByHand([PID, SILENT, "sleep 1; ps -o pid= --ppid $P | wc -l"], "^0$"), mp="TODO 3 and 4"),
    "failure-waits": Advice(
        "What does CREATE return when it fails, and which lines of yours run then? Who has the "
        "connection, and who closes it?",
        ByHand([PID, SLOW, "sleep 1; " + NO_MORE, SILENT, "sleep 1; " + reads_to_the_end(3)],
               STILL_OPEN),
        mp="TODO 3", mt="TODO 4"),
    "failure-keeps-connection": Advice(
        "CREATE has failed, and a descriptor is left. Of which kind, and who closes it when there "
        "is no WORKER?",
        ByHand([PID, NO_MORE, come_and_go(20), "sleep 1; " + COUNT], TWO_DIGITS), mp="TODO 3",
        mt="TODO 4"),
    "shortage-waits": Advice(
        "accept() fails while no descriptor is free (EMFILE), and works again later. What do your "
        "lines do in between? What does tcp_accept() do?",
        ByHand([PID, "prlimit --pid $P --nofile=4:", SILENT, SECOND + "; echo 5 >&4",
                "sleep 1; prlimit --pid $P --nofile=99:", reads_to_the_end(4)], STILL_OPEN),
        mp="the call of accept()", mt="the call of accept()"),
}
