"""Where clients' connections are, and who waits for their requests, in words for the student: pure
functions of what was seen (diagnosis.py)."""
from __future__ import annotations

from typing import Collection, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from checks.blocked import NAMED
from checks.symptoms import counted, verb
from watching import procfs
from watching.procfs import Connection, Process


# --- where a connection is ---

def end_of_connection(sockets: Iterable[Connection], port: int,
                      client: int) -> Tuple[Optional[int], int]:
    """Returns the inode of the server's end of a connection, and how many connections are in the
    listen queue of the server's port. The inode is 0 while nobody has accepted it; None if there is
    no such connection."""
    inode = None
    waiting = 0
    for socket in sockets:
        if socket.local != port:
            continue
        if socket.remote == client and inode is None:
            inode = socket.inode
        if socket.state == procfs.LISTENS:
            waiting += socket.waiting
    return inode, waiting


def queued_words(number: int) -> List[str]:
    """Returns the words for a connection that nobody has accepted, with the number of those in the
    listen queue; nothing if the queue is empty: then it has just left it."""
    if number == 0:
        return []
    if number == 1:
        return ["this connection is still in the listen queue"]
    return [f"{number} connections, including this one, are still in the listen queue"]


def connection_words(holders: Sequence[Tuple[int, int]], processes: Mapping[int, Process],
                     idle: Collection[int]) -> List[str]:
    """Returns who holds a connection. `holders`: process and descriptor of each."""
    if not holders:
        return []
    if len(holders) <= 2:
        where = " and ".join(f"descriptor {descriptor} of {_who(pid, processes, idle)}"
                             for pid, descriptor in holders)
        return [f"its connection is {where}: not closed"]
    names = ", ".join(_who(pid, processes, idle) for pid, _ in holders[:NAMED])
    more = f" and {len(holders) - NAMED} more" if len(holders) > NAMED else ""
    return [f"its connection is open in {len(holders)} processes: {names}{more}"]


def _who(pid: int, processes: Mapping[int, Process], idle: Collection[int]) -> str:
    if pid in idle:
        return "the server itself" if len(idle) == 1 else f"process {pid} of the server"
    if pid in processes and processes[pid].parent in idle:
        return f"child {pid}"
    return f"process {pid}"


def listeners_words(holders: Sequence[Tuple[int, int]], processes: Mapping[int, Process],
                    idle: Collection[int]) -> List[str]:
    """Returns who holds the listening socket. `holders`: process and descriptor of each."""
    if not holders:
        return []
    pid, descriptor = holders[0]
    who = _who(pid, processes, idle)
    if len(holders) == 1:
        return [f"{who} has it open as descriptor {descriptor}"]
    return [f"{len(holders)} processes have it open; {who}, for example, as descriptor "
            f"{descriptor}"]


# --- many connections ---

class Places(NamedTuple):
    """Where the connections of some clients are."""
    clients: int
    queued: int  # nobody has accepted them
    # By connection, if it has been accepted: the processes that have it open; the thread that is
    # blocked on it, waiting for its request.
    holders: Sequence[Collection[int]]
    readers: Sequence[int]


def places_words(places: Places, idle: Collection[int]) -> List[str]:
    """Returns how many of several clients have been accepted, and by how many processes or threads
    they are served at the same time, as far as that can be seen."""
    accepted = len(places.holders)
    if places.clients < 2:
        return []
    if not accepted:
        return [f"none of the {places.clients} connections has been accepted: all are still in the "
                "listen queue"]
    return [*_accepted_words(places, accepted), *_readers_words(places.readers),
            *_holders_words(places.holders, set(idle))]


def _accepted_words(places: Places, accepted: int) -> List[str]:
    if not places.queued:
        return [f"all {places.clients} connections have been accepted"]
    return [f"of the {places.clients} connections, {accepted} {verb(accepted, 'has', 'have')} been "
            f"accepted, {places.queued} {verb(places.queued)} still in the listen queue"]


def _readers_words(readers: Sequence[int]) -> List[str]:
    if not readers:
        return []
    number = len(set(readers))
    who = "one thread waits" if number == 1 else f"{number} threads or processes wait"
    return [f"{who} for a request, of {counted(len(readers), 'client')}"]


def _holders_words(holders: Sequence[Collection[int]], idle: Set[int]) -> List[str]:
    workers = {pid for pids in holders for pid in pids} - idle
    if not workers:
        return []
    elsewhere = sum(1 for pids in holders if set(pids) - idle)
    here = sum(1 for pids in holders if set(pids) & idle)
    return [f"{counted(elsewhere, 'connection')} {verb(elsewhere)} open in "
            f"{counted(len(workers), 'other process')}, {here} in the server itself"]


# --- descriptors ---

ESTABLISHED, CLOSE_WAIT = 1, 8  # states of TCP in /proc/net/tcp


def kinds_words(kinds: Mapping[str, int], sockets: Collection[int],
                connections: Iterable[Connection], port: int) -> List[str]:
    """Returns of what kind descriptors are, the most frequent first. `kinds`: private.kinds;
    `sockets`: the inodes of the sockets among them; `connections`: those of the machine; `port`:
    the server's."""
    ordered = sorted(kinds.items(), key=lambda one: -one[1])
    if not ordered:
        return []
    lines = ["they are: " + ", ".join(counted(number, kind) for kind, number in ordered)]
    if len(sockets) < 2:
        return lines
    states = [one.state for one in connections if one.local == port and one.inode in sockets]
    listening, there, left = (states.count(state)
                              for state in (procfs.LISTENS, ESTABLISHED, CLOSE_WAIT))
    rest = len(sockets) - listening - there - left
    parts = [(listening, "listens", "listen"),
             (there, "is connected to a client that is there",
              "are connected to clients that are there"),
             (left, "is connected to a client that has left",
              "are connected to clients that have left"),
             (rest, "is not connected (any more)", "are not connected (any more)")]
    lines.append("of the sockets, " + ", ".join(f"{number} {verb(number, one, many)}"
                                                for number, one, many in parts if number))
    return lines
