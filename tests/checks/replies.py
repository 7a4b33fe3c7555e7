"""Does a single client get the right reply?"""
from __future__ import annotations

import random

from checks.asking import answered, expect, seen_by
from checks.check import Check
from checks.server import Server
from checks.verdict import CheckFailed

TITLE = "a single client gets the right reply"
BY_HAND = ("for n in 0 10 30; do ./client.py localhost 2999 $n; done"
           "  # 1, 89 and 1346269 are right")
MP_REPLIES = Check("mp-replies", 6, TITLE, "TODO 3 and 4 of mp_server.c",
                   "Which process calls serve_client(), and with which descriptor?", BY_HAND)
MT_REPLIES = Check("mt-replies", 6, TITLE, "TODO 1 and 3 of mt_server.c",
                   "Which thread calls serve_client(), and with which descriptor?", BY_HAND)


def replies(server: Server) -> None:
    """A single client gets the right reply; so does the next one. Raises CheckFailed."""
    for n in [0, 1, 2, 10, 30] + random.sample(range(3, 26), 4):
        client = server.ask(n)
        expect(server, client, n, f"one client alone sent '{n}'")
        client.close()
    client = server.connect().send(b"1")
    server.settle()
    done = "one client alone sent '12' in two pieces, '1' and '2'"
    expect(server, client.send(b"2\n"), 12, done)
    client = server.connect().send(b"twelve\n")
    if not answered(server, client) or not (client.line or "").startswith("error: "):
        raise CheckFailed("one client alone sent 'twelve'", "a line that begins with 'error: '",
                          seen_by(client, server))
