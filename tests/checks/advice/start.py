"""Advice about servers that do not come into being, or are no longer there."""
from __future__ import annotations

from typing import Dict

from checks.advice.kinds import (DEFINE_ONE, NO_MORE, PID, REFUSED, SILENT, Advice, ByHand, asks,
                                 come_and_go)

# Clients that reset their connections (SO_LINGER of zero seconds): before, within and after their
# request.
RESETS = ("L=\"from socket import *; c=create_connection(('localhost',2999))\"",
          "L=\"$L; c.setsockopt(1, 13, b'\\1'.ljust(8, b'\\0')); c.send\"",
          "for d in '' 2 '25\\n'; do python3 -c \"$L(b'$d')\"; done")
RUN = "run_server()"

ADVICE: Dict[str, Advice] = {
    "does-not-compile": Advice(
        "Read the compiler's first message first: others often follow from it. Which line does it "
        "name, and what stands just before that?",
        ByHand([], r"[Ee]rror", server=""),
        mp="the first line that the compiler names, or the one before it,",
        mt="the first line that the compiler names, or the one before it,"),
    "no-announcement": Advice(
        "Is there code that runs before main(), and blocks, or closes standard output?",
        ByHand([], r"(?s)\A(?!.*listening on 2999)"),
        mp="what runs before " + RUN, mt="what runs before " + RUN),
    "ended-at-start": Advice(
        "What runs before the first client comes, and what does it do when something fails? What "
        "are the server's last words?",
        ByHand([], r"(?s)\A(?!.*listening on 2999)"),
        mp="what runs before " + RUN, mt="what runs before " + RUN),
    "reexecutes": Advice(
        "What does a server gain by starting itself anew, with another environment? It has no "
        "reason to start programs.",
        ByHand(["P=$(pgrep -of './NAME 2999')", "grep -c libutil /proc/$P/maps"], "^0$",
               server="LD_PRELOAD=libutil.so.1 ./NAME 2999"),
        mp="the call of execve()", mt="the call of execve()"),
    "descriptors-hidden": Advice(
        "What does prctl(2) say about PR_SET_DUMPABLE, and what does a server have to hide?",
        ByHand([PID, "ls /proc/$P/fd"], "Permission denied"),
        mp="the call of prctl()", mt="the call of prctl()"),
    "server-gone": Advice(
        "Which lines of yours can end the whole server: exit(), err(), a return from run_server(), "
        "a signal? Which of them has run here, and why?",
        ByHand([asks(1), "sleep 1", asks(2)], REFUSED), mp="TODO 3 and 4", mt="TODO 1 and 3"),
    "listener-closed": Advice(
        "Somebody has closed the listening socket. The table of descriptors belongs to the whole "
        "process: who may close what?",
        ByHand([PID, asks(1), asks(2), "ls -l /proc/$P/fd"], r"(?s)no reply"),
        mp="TODO 4 and what follows it", mt="TODO 1"),
    "failure-ends-server": Advice(
        "What does CREATE return when it fails, and which lines of yours run then? Such a failure "
        "may cost the client that it concerns, and no other; only one at start may end a server.",
        ByHand([PID, NO_MORE, come_and_go(20), "sleep 1", asks(2)], REFUSED),
        mp="TODO 3", mt="TODO 4"),
    "shortage-ends-server": Advice(
        "accept() fails while no descriptor is free (EMFILE), and works again later. What do your "
        "lines do in between? What does tcp_accept() do?",
        ByHand([PID, "prlimit --pid $P --nofile=4:", SILENT, "exec 4<>/dev/tcp/localhost/2999",
                "sleep 1; prlimit --pid $P --nofile=99:", asks(1)], REFUSED),
        mp="the call of accept()", mt="the call of accept()"),
    "takes-too-long": Advice(
        "In which call does the server spend its time while clients wait: does it sleep, or "
        "compute what nobody has asked for?",
        ByHand(["TIMEFORMAT='%R s'", DEFINE_ONE, "for i in 1 2 3; do time one; done"],
               r"^[1-9]\d*\.\d+ s$"), mp="TODO 3 and 4", mt="TODO 1 and 3"),
    "client-ends-server": Advice(
        "A client may leave, or reset its connection, at any moment: which call of yours fails "
        "then, or raises a signal, and what do your lines do about it?",
        ByHand([*RESETS, PID + "; kill -STOP $P", RESETS[-1], "server$ fg", "sleep 1", asks(1)],
               REFUSED),
        mp="TODO 4", mt="TODO 1"),
}
