"""Who serves whom: which process or thread waits for the request of which client."""
from __future__ import annotations

from typing import Dict, Optional, Sequence, Set, Tuple

from checks.client import Client
from checks.server import Server
from watching import procfs


def inodes_of(server: Server, clients: Sequence[Client]) -> Dict[int, Client]:
    """Returns the clients by the inode of the server's end of their connection; those that nobody
    has accepted are left out."""
    ports = {client.port(): client for client in clients}
    return {one.inode: ports[one.remote] for one in procfs.connections(server.box.pid)
            if one.local == server.port and one.remote in ports and one.inode}


def readers(server: Server, clients: Sequence[Client]) -> Optional[Set[Tuple[int, int]]]:
    """Returns the threads (process, thread) that wait for a request of one of the clients, one
    thread for each client that somebody waits for; None if that cannot be seen."""
    return None
