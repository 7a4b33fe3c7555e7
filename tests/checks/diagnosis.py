"""What is observed of a server that does wrong, in words for the student: in lines.

All this is asked only after a check has found a fault: it names the symptom, and decides nothing.
Here is what /proc shows at this moment; symptoms.py, places.py and blocked.py put it into words.
"""
from __future__ import annotations

from collections import Counter
from typing import Dict, List, Optional, Sequence, Set

from checks import places, symptoms
from checks.blocked import Thread
from checks.client import Client
from checks.places import Places
from checks.server import Server
from checks.symptoms import Scene
from watching import awaited, calls, private, procfs
from watching.calls import Call
from watching.procfs import Task

FILE_LOCKS = ("fcntl", "flock")  # what is locked is a file: that goes without saying


def doing(server: Server) -> List[str]:
    """Returns what the server's threads do right now, or how the server has ended if there are
    none."""
    scene = _scene(server)
    if not scene.threads:
        return [f"the server {server.ending()}"]
    main = scene.main()
    signals = procfs.signal_sets(main.task.pid) if main else {}
    return symptoms.doing_words(scene, signals)


def blocked(server: Server) -> List[str]:
    """Returns what those threads of the server do right now that are blocked, without the main
    thread."""
    scene = _scene(server)
    main = scene.main()
    asleep = [one for one in scene.threads if one is not main and one.task.state == "S"]
    return symptoms.others_words(asleep, scene)


def _scene(server: Server) -> Scene:
    processes = server.box.tree()
    user = server.box.user
    tasks = sorted(task for pid in processes for task in procfs.tasks(pid))
    siblings: Dict[int, List[Task]] = {}
    for task in tasks:
        siblings.setdefault(task.pid, []).append(task)
    threads = [_thread(task, call, siblings[task.pid], user)
               for task, call in zip(tasks, calls.calls_of(tasks, user))]
    return Scene(threads, processes, server.idle)


def _thread(task: Task, call: Optional[Call], siblings: Sequence[Task], user: int) -> Thread:
    in_kernel = procfs.in_kernel(task)
    if call is None:
        return Thread(task, call, in_kernel)
    joins, kind = None, ""
    if call.name == "futex" and len(siblings) > 1:
        joins = calls.joined_thread(call, calls.own_ids(siblings))
    on = awaited.awaited(task, call, user)
    if len(on) == 1 and call.name not in FILE_LOCKS:
        kind = private.kind(task.pid, on[0], user)
    return Thread(task, call, in_kernel, joins, on, "" if kind == "socket" else kind)


def connection(server: Server, client: Client) -> List[str]:
    """Returns where the server's end of a client's connection is: in the listen queue, or who holds
    it, as which descriptor; nothing if nowhere, or that cannot be seen."""
    live = _live(server)
    sockets = procfs.connections(live[0]) if live else []
    inode, queued = places.end_of_connection(sockets, server.port, client.port())
    if inode is None:
        return []
    if inode == 0:
        return places.queued_words(queued)
    holders = private.holders(live, inode, server.box.user)
    return places.connection_words(holders, server.box.tree(), server.idle)


def connections(server: Server, clients: Sequence[Client]) -> List[str]:
    """Returns how many of some clients have been accepted, and how many processes or threads serve
    them at the same time; nothing if that cannot be seen."""
    live = _live(server)
    ports = {client.port() for client in clients}
    ends = [one for one in (procfs.connections(live[0]) if live else [])
            if one.local == server.port and one.remote in ports]
    inodes = {one.inode for one in ends if one.inode}
    holders = private.all_holders(live, inodes, server.box.user)
    tasks = [task for pid in live for task in procfs.tasks(pid)]
    readers = awaited.readers(tasks, inodes, server.box.user)
    found = Places(len(clients), sum(1 for one in ends if not one.inode),
                   [[pid for pid, _ in one] for one in holders.values()],
                   [task.tid for task in readers.values()])
    return places.places_words(found, server.idle) if ends else []


def kinds(server: Server) -> List[str]:
    """Returns of what kind the descriptors are that the idle processes of the server have open."""
    found: Counter[str] = Counter()
    sockets: Set[int] = set()
    for pid in server.idle:
        found += private.kinds(pid, server.box.user)
        sockets |= set(private.sockets(pid, server.box.user))
    live = _live(server)
    ends = procfs.connections(live[0]) if live else []
    return places.kinds_words(found, sockets, ends, server.port)


def listeners(server: Server) -> List[str]:
    """Returns which processes have the socket open that listens on the server's port; nothing if
    none has, or that cannot be seen."""
    live = _live(server)
    ends = procfs.connections(live[0]) if live else []
    listening = [one.inode for one in ends
                 if one.local == server.port and one.state == procfs.LISTENS]
    if not listening:
        return []
    holders = private.holders(live, listening[0], server.box.user)
    return places.listeners_words(holders, server.box.tree(), server.idle)


def sigchld(pid: int) -> List[str]:
    """Returns what a process does with the signal that says that a child has ended, and whether it
    has waited for one before."""
    seen = procfs.process(pid)
    return symptoms.sigchld_words(procfs.signal_sets(pid), bool(seen and seen.reaped_faults))


def helpers(server: Server) -> List[str]:
    """Returns what there is, or was, of threads or processes that were made for clients, and how
    those have ended that nobody has waited for; nothing if that cannot be told. The server should
    be idle by now."""
    processes = server.box.tree()
    if server.name == "mt_server":
        return symptoms.threads_words(processes, server.idle)
    ignored = any(symptoms.in_set(procfs.signal_sets(pid), "SigIgn") for pid in server.idle)
    statuses = [private.exit_status(zombie.pid, server.box.user) for zombie in server.zombies()]
    return symptoms.children_words(processes, server.idle, ignored, statuses)


def _live(server: Server) -> List[int]:
    return sorted(pid for pid, process in server.box.tree().items() if not process.zombie)
