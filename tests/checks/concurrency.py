"""Do silent clients leave the others alone? Hardly any other check is of use for a server that
serves one client at a time, so this one comes first."""
from __future__ import annotations

from checks.asking import AT_ONCE, served, still_serves
from checks.check import Check
from checks.server import Server

TITLE = "silent clients do not delay other clients"
MP_CONCURRENCY = Check("mp-concurrency", 10, TITLE)
MT_CONCURRENCY = Check("mt-concurrency", 10, TITLE)


def concurrency(server: Server) -> None:
    """Silent clients do not delay another one: the last to connect is the first to send its
    request. And when some have been served and have left, new ones are served while the rest stays
    silent. Raises CheckFailed."""
    clients = server.connect_in_turn(AT_ONCE)
    for number in range(AT_ONCE, 0, -1):
        n = server.draw.randrange(20)
        client = clients[number - 1].send(b"%d\n" % n)
        done = f"{AT_ONCE} clients connected; then client {number} sent '{n}'"
        if number > 1:
            done += f" while the {number - 1} that had connected before it stayed silent"
        served(server, client, n, done)
        client.close()
        if number == AT_ONCE // 2:
            _new_clients(server, number - 1)


def _new_clients(server: Server, silent: int) -> None:
    """New clients are served while `silent` of the old ones stay silent, and the others have
    left."""
    server.settle()
    for n in range(3):
        still_serves(server, f"{AT_ONCE} clients connected; {AT_ONCE - silent} were served and "
                     f"left, {silent} stayed silent", n)
