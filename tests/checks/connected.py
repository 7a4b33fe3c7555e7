"""Who serves whom: which process or thread waits for the request of which client."""
from __future__ import annotations

from collections import Counter
from typing import Dict, List, Sequence, Set

from checks.asking import all_served
from checks.client import Client
from checks.server import Server
from checks.verdict import CheckFailed
from watching import awaited, procfs
from watching.procfs import Task

# Requests whose computing takes some milliseconds. Smaller, and who computes is not seen; larger,
# and gradings take longer.
HEAVY = (31, 32, 33)
# Seconds of CPU that others may use while those are served. Less, and a server that does much for
# each client fails; more, and one that computes a few of the requests itself passes.
ELSEWHERE = 0.008


def inodes_of(server: Server, clients: Sequence[Client]) -> Dict[int, Client]:
    """Returns the clients by the inode of the server's end of their connection; those that nobody
    has accepted are left out."""
    ports = {client.port(): client for client in clients}
    return {one.inode: ports[one.remote] for one in procfs.connections(server.box.pid)
            if one.local == server.port and one.remote in ports and one.inode}


def shared(server: Server, clients: Sequence[Client]) -> List[Task]:
    """Returns the threads that wait for the request of one of the clients although they do not
    belong to it alone: each waits for several, or is of a process that was there before. Who waits
    cannot be seen everywhere (watching/awaited.py): then there are none."""
    inodes = inodes_of(server, clients)
    tasks = [task for pid in server.live() for task in procfs.tasks(pid)]
    found = awaited.readers(tasks, set(inodes), server.box.user)
    times = Counter(task.tid for task in found.values())
    own = server.idle if server.name == "mp_server" else ()
    return [task for task in set(found.values()) if times[task.tid] > 1 or task.pid in own]


def long_standing(server: Server) -> Set[int]:
    """Returns the threads that are there before the clients that a check is about."""
    return {task.tid for pid in server.idle for task in procfs.tasks(pid)}


def computed_by(server: Server, threads: Set[int]) -> float:
    """Returns the seconds of CPU that threads of the processes that are there without clients have
    used."""
    return sum(task.run for pid in server.idle for task in procfs.tasks(pid)
               if task.tid in threads)


def served_by_their_own(server: Server, clients: Sequence[Client], before: Set[int],
                        done: str) -> None:
    """Lets clients be served, by none of the threads that were there before them. Raises
    CheckFailed."""
    asked = {client: server.draw.choice(HEAVY) for client in clients}
    used = computed_by(server, before)
    for client, n in asked.items():
        client.send(b"%d\n" % n)
    done += "; then each sent a request"
    all_served(server, asked, done)
    used = computed_by(server, before) - used
    if used > ELSEWHERE:
        raise CheckFailed(done, "each request to be computed by what was made for its client",
                          "the threads that were there before these clients used "
                          f"{used * 1000:.0f} ms of CPU time meanwhile", "decoys")
    for client in clients:
        client.close()
