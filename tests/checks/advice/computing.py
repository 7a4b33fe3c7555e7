"""Advice about who computes what a client has asked for, and how much of it."""
from __future__ import annotations

from typing import Dict

from checks.advice.kinds import PID, Advice, ByHand

# In percent of what the synchronous server takes: the best of five each.
FASTER = ByHand(["./server 2998 & sleep .3",
                 "ask() { exec 3<>/dev/tcp/localhost/$1; echo 40 >&3; read <&3; }",
                 "ms() { a=$(date +%s%3N); ask $1; echo $(($(date +%s%3N) - a)); }",
                 "best() { for i in {1..5}; do ms $1; done | sort -n | head -1; }",
                 "echo $((100 * $(best 2999) / $(best 2998))) percent; kill %1"],
                r"^[1-6]?\d percent$", build="make server NAME")
# What has computed for more than a second is there for more than one client.
COMPUTING = ByHand([PID, "ask() { exec 3<>/dev/tcp/localhost/2999; echo 40 >&3; read <&3; }",
                    "for i in {1..9}; do ask & done; wait",
                    "ps -L -o pid,lwp,time,cmd -p $P --ppid $P  # who has computed?"],
                   r"^ *\d+ +\d+ 00:00:0[1-9] \./m._server 2999$")

ADVICE: Dict[str, Advice] = {
    "too-little-work": Advice(
        "The replies cost less CPU time than serve_client() takes for them. What of yours makes "
        "them, and which part of each does it really compute?", FASTER, mp="TODO 4", mt="TODO 1"),
    "one-for-all": Advice(
        "Nothing that was made for these clients has computed: who has, and for how many of them "
        "at a time? Who should?", COMPUTING, mp="TODO 3 and 4", mt="TODO 1 and 3"),
    "decoys": Advice(
        "The WORKERs that were made for the clients have hardly computed. Who does it for them, "
        "and for how many at a time?", COMPUTING, mp="TODO 3 and 4", mt="TODO 1 and 3"),
}
