"""Who serves whom: which process or thread waits for the request of which client."""
from __future__ import annotations

from collections import Counter
from typing import Dict, List, Sequence

from checks.client import Client
from checks.server import Server
from watching import awaited, procfs
from watching.procfs import Task


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
