"""What is observed of a server that does wrong, in words for the student.

All this is asked only after a check has found a fault: it names the symptom, and decides nothing.
Here is what /proc shows at this moment; symptoms.py puts it into words.
"""
from __future__ import annotations

from typing import List

from checks import symptoms
from checks.client import Client
from checks.server import Server
from checks.symptoms import Scene, Thread
from watching import private, procfs


def doing(server: Server) -> str:
    """Returns what the server's threads do right now, or how the server has ended if there are
    none."""
    scene = _scene(server)
    if not scene.threads:
        return f"the server {server.ending()}"
    main = scene.main()
    signals = procfs.signal_sets(main.task.pid) if main else {}
    return symptoms.doing_words(scene, signals)


def _scene(server: Server) -> Scene:
    processes = server.box.tree()
    tasks = sorted(task for pid in processes for task in procfs.tasks(pid))
    channels = private.wait_channels(tasks, server.box.user)
    threads = [Thread(task, channel, procfs.in_kernel(task))
               for task, channel in zip(tasks, channels)]
    return Scene(threads, processes, server.idle)


def connection(server: Server, client: Client) -> str:
    """Returns where the server's end of a client's connection is: in the listen queue, or who holds
    it, as which descriptor; "" if nowhere, or that cannot be seen."""
    live = _live(server)
    sockets = procfs.connections(live[0]) if live else []
    inode, queued = symptoms.end_of_connection(sockets, server.port, client.port())
    if inode is None:
        return ""
    if inode == 0:
        return symptoms.queued_words(queued)
    holders = private.holders(live, inode, server.box.user)
    return symptoms.connection_words(holders, server.box.tree(), server.idle)


def listeners(server: Server) -> str:
    """Returns which processes have the socket open that listens on the server's port; "" if none
    has, or that cannot be seen."""
    live = _live(server)
    sockets = procfs.connections(live[0]) if live else []
    listening = [socket.inode for socket in sockets
                 if socket.local == server.port and socket.state == procfs.LISTENS]
    if not listening:
        return ""
    return symptoms.listeners_words(private.holders(live, listening[0], server.box.user))


def sigchld(pid: int) -> str:
    """Returns what a process does with the signal that says that a child has ended."""
    return symptoms.sigchld_words(procfs.signal_sets(pid))


def helpers(server: Server) -> str:
    """Returns what there is, or was, of threads or processes that were made for clients; "" if that
    cannot be told. The server should be idle by now."""
    processes = server.box.tree()
    if server.name == "mt_server":
        return symptoms.threads_words(processes, server.idle)
    ignored = any(symptoms.in_set(procfs.signal_sets(pid), "SigIgn") for pid in server.idle)
    return symptoms.children_words(processes, server.idle, ignored)


def _live(server: Server) -> List[int]:
    return sorted(pid for pid, process in server.box.tree().items() if not process.zombie)
