"""Who serves several clients, or none of its own, with made-up readers."""
from __future__ import annotations

from typing import Dict, Iterable, List, cast

import pytest

from checks.client import Client
from checks.connected import inodes_of, shared
from selftest.unit.made_up import IDLE, MadeUpSandbox, process, server_in
from watching import awaited, procfs
from watching.procfs import Connection, Task

PORTS = [50001, 50002, 50003]
ESTABLISHED, OTHER = 1, IDLE + 5


class AtPort(Client):
    """A client with a made-up port."""

    def __init__(self, port: int) -> None:
        self._port = port

    def port(self) -> int:
        return self._port


CLIENTS = [cast(Client, AtPort(port)) for port in PORTS]


def task(pid: int, tid: int = 0) -> Task:
    return Task(pid, tid or pid, "S", 0.0, 0.0)


def readers(monkeypatch: pytest.MonkeyPatch, *of_each: Task) -> None:
    """Lets these threads wait for the connections of the clients, in their order."""
    ends = [Connection(2999, port, ESTABLISHED, 0, 7000 + number)
            for number, port in enumerate(PORTS)]
    ends += [Connection(2999, 0, procfs.LISTENS, 0, 6999), Connection(80, PORTS[0], 1, 0, 6998)]
    monkeypatch.setattr(procfs, "connections", lambda pid: ends)
    monkeypatch.setattr(procfs, "tasks", lambda pid: [one for one in of_each if one.pid == pid])

    def found(tasks: Iterable[Task], inodes: Iterable[int], user: int) -> Dict[int, Task]:
        known = list(tasks)
        return {inode: one for inode, one in zip(sorted(inodes), of_each) if one in known}

    monkeypatch.setattr(awaited, "readers", found)


def seen(name: str, *tasks: Task) -> List[Task]:
    """Returns who is found, in a server whose processes are those of the threads, and IDLE."""
    sandbox = MadeUpSandbox()
    server = server_in(sandbox, name)
    for one in tasks:
        sandbox.box.processes[one.pid] = process(one.pid)
    return sorted(shared(server, CLIENTS))


@pytest.mark.parametrize("name, waiting, found", [
    ("mp_server", [task(IDLE + 1), task(IDLE + 2), task(IDLE + 3)], []),
    ("mp_server", [task(OTHER), task(OTHER), task(IDLE + 3)], [task(OTHER)]),
    ("mp_server", [task(IDLE + 1), task(IDLE + 2), task(IDLE)], [task(IDLE)]),
    ("mp_server", [task(IDLE + 1), task(IDLE + 2), task(IDLE, IDLE + 9)], [task(IDLE, IDLE + 9)]),
    ("mt_server", [task(IDLE, IDLE + 1), task(IDLE, IDLE + 2), task(IDLE, IDLE + 3)], []),
    ("mt_server", [task(IDLE, IDLE + 1), task(IDLE, IDLE + 2), task(IDLE, IDLE + 1)],
     [task(IDLE, IDLE + 1)])])
def test_each_waits_for_one_client_of_its_own(monkeypatch: pytest.MonkeyPatch, name: str,
                                              waiting: List[Task], found: List[Task]) -> None:
    readers(monkeypatch, *waiting)
    assert seen(name, *waiting) == found


def test_where_it_cannot_be_seen_who_waits_nobody_is_blamed(
        monkeypatch: pytest.MonkeyPatch) -> None:
    readers(monkeypatch)
    assert seen("mp_server", task(OTHER)) == []


def test_connections_that_nobody_has_accepted_are_nobody_s(
        monkeypatch: pytest.MonkeyPatch) -> None:
    ends = [Connection(2999, PORTS[0], ESTABLISHED, 0, 0),
            Connection(2999, PORTS[1], ESTABLISHED, 0, 7001)]
    monkeypatch.setattr(procfs, "connections", lambda pid: ends)
    assert inodes_of(server_in(MadeUpSandbox()), CLIENTS) == {7001: CLIENTS[1]}
