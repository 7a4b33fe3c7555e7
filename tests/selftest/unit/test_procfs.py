"""What /proc says, also where it says it in a nasty way."""
from __future__ import annotations

import os
import select
import socket
import time
from pathlib import Path

import pytest

from watching import connections, private, procfs
from watching.stat import TICK, parsed

NUMBERS = " 1 2 3 4 5 6 7 8 9 10 300 200 50 25 20 0 3 0 100 4096000 77"


def stat(name: str, state: str = "S", parent: int = 42, threads: int = 3) -> bytes:
    """Returns a line of /proc/PID/stat: fields 1 to 24 of proc(5)."""
    numbers = NUMBERS.split()
    numbers[16] = str(threads)
    return f"7 ({name}) {state} {parent} {' '.join(numbers[1:])}\n".encode("latin-1")


@pytest.mark.parametrize("name", [
    "server", "a b c", ") R 1 2", "((", "new\nline", "x) Z 1 (y", "", "\xff\xfe"],
    ids=["plain", "blanks", "like fields", "brackets", "newline", "two", "none", "bytes"])
def test_a_name_cannot_forge_the_fields_after_it(name: str) -> None:
    found = parsed(7, stat(name))
    assert (found.pid, found.state, found.parent, found.threads) == (7, "S", 42, 3)
    assert (found.own_time, found.reaped_time) == (500 / TICK, 75 / TICK)
    assert found.address_space == 4096000


@pytest.mark.parametrize("state, zombie", [("S", False), ("R", False), ("Z", True), ("X", True)])
def test_a_zombie_is_one_by_its_state(state: str, zombie: bool) -> None:
    assert parsed(7, stat("server", state, threads=1)).zombie == zombie
    assert not parsed(7, stat("server", state)).zombie  # its initial thread alone has ended


@pytest.mark.parametrize("line", [b"", b"7 (server) S", b"7 (server) S x y z"])
def test_another_format_is_an_error_and_not_an_absence(line: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        parsed(7, line)


def test_what_does_not_exist_is_left_out() -> None:
    nobody = 1 << 22  # the largest pid is one less (proc(5), pid_max)
    assert procfs.process(nobody) is None
    assert list(procfs.tasks(nobody)) == [] and procfs.tree(nobody) == {}
    assert procfs.signal_sets(nobody) == {} and procfs.connections(nobody) == []
    assert private.descriptor_count(nobody) == 0 and private.sockets(nobody) == {}
    assert connections.blocked_on(nobody, nobody) == -1


def test_this_process_is_seen() -> None:
    me = os.getpid()
    found = procfs.process(me)
    assert found is not None and found.parent == os.getppid() and found.threads >= 1
    assert me in [task.tid for task in procfs.tasks(me)]
    assert set(procfs.signal_sets(me)) == set(procfs.SIGNAL_SETS)


def test_both_ways_to_find_descendants_agree() -> None:
    child = os.fork()
    if child == 0:
        os.read(os.pipe()[0], 1)
    try:
        by_children = procfs._tree_by_children(os.getpid())
        assert by_children is not None and child in by_children
        assert child in procfs._tree_by_parents(os.getpid())
        assert procfs.descends_from(os.getpid(), child)
        assert procfs.descends_from(os.getppid(), child)
        assert not procfs.descends_from(child, os.getpid())
        assert not procfs.descends_from(child, child)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_a_large_family_is_looked_for_in_the_cheaper_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procfs, "LARGE", 4)
    monkeypatch.setattr(os, "listdir", lambda _: ["1", "2"])
    everyone = {pid: parsed(pid, stat("one", threads=1)) for pid in range(1, 10)}
    monkeypatch.setattr(procfs, "process", everyone.get)
    monkeypatch.setattr(procfs, "_children", lambda pid, _: [pid + 1] if pid < 9 else [])
    assert procfs._tree_by_children(7) == {pid: everyone[pid] for pid in (8, 9)}
    assert procfs._tree_by_children(1) is None


def test_the_clock_of_a_process_counts_all_its_threads() -> None:
    me = os.getpid()
    before = procfs.cpu_clock(me)
    while procfs.cpu_clock(me) < before + 0.01:
        pass
    assert procfs.cpu_clock(me) <= time.process_time()
    seen = procfs.process(me)
    assert seen is not None
    assert dict(procfs.thread_states(seen))[me] in "RS"
    assert procfs.cpu_clock(1 << 22) == 0


def test_sockets_and_their_holders() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        inode = os.fstat(listener.fileno()).st_ino
        assert private.sockets(os.getpid())[inode] == listener.fileno()
        assert private.holders([os.getpid()], inode) == [(os.getpid(), listener.fileno())]
        port = listener.getsockname()[1]
        listening = [one for one in procfs.connections(os.getpid()) if one.local == port]
        assert [(one.state, one.inode) for one in listening] == [(procfs.LISTENS, inode)]


def test_the_holders_of_many_sockets() -> None:
    first, second = socket.socketpair()
    with first, second, socket.socket(fileno=os.dup(first.fileno())):
        inodes = [os.fstat(one.fileno()).st_ino for one in (first, second)]
        nobody = 1 << 22
        assert private.all_holders([os.getpid(), nobody], [*inodes, 0]) == {
            inodes[0]: [(os.getpid(), first.fileno())],
            inodes[1]: [(os.getpid(), second.fileno())], 0: []}


def test_the_kinds_of_descriptors(tmp_path: Path) -> None:
    before = private.kinds(os.getpid())
    with socket.socket(), select.epoll(), open(tmp_path / "file", "w"), open("/dev/null"):
        ends = os.pipe()
        found = private.kinds(os.getpid())
        for end in ends:
            os.close(end)
    assert found - before == {"socket": 1, "epoll instance": 1, "file": 1, "device": 1, "pipe": 2}
    assert private.kinds(1 << 22) == {}


@pytest.mark.parametrize("target, kind", [
    ("socket:[123]", "socket"), ("anon_inode:[eventfd]", "eventfd"),
    ("anon_inode:[signalfd]", "signalfd"), ("anon_inode:[timerfd]", "timerfd"),
    ("anon_inode:inotify", "inotify"), ("anon_inode:[pidfd]", "pidfd"), ("pidfd:[77]", "pidfd"),
    ("/memfd:name (deleted)", "memfd"), ("/dev/shm/sem.x", "shared memory object"),
    ("/tmp/socket:[1]", "file"), ("/tmp (deleted)", "file"), ("net:[4026531840]", "file"),
])
def test_the_kind_of_a_descriptor(target: str, kind: str) -> None:
    assert private._kind(target) == kind


def test_a_connection_is_accepted_or_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        known = connections.Connections(port)
        with socket.create_connection(("127.0.0.1", port)) as client:
            mine = client.getsockname()[1]
            assert known.inode(mine) == known._listed(mine) == 0
            accepted, _ = listener.accept()
            with accepted:
                inode = os.fstat(accepted.fileno()).st_ino
                assert known.inode(mine) == known._listed(mine) == inode
        known.close()


def test_files_are_read_as_another_user_only_for_a_time(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    secret.chmod(0o600)
    with private.as_user(-1):
        assert secret.read_text() == "mine"
    if os.geteuid() == 0:
        with private.as_user(12345), pytest.raises(PermissionError):
            secret.read_text()
    assert secret.read_text() == "mine"
