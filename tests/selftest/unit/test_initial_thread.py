"""A process whose initial thread has ended by pthread_exit(3) while another one goes on: it is no
zombie, and all that /proc shows of a process is seen of it."""
import contextlib
import ctypes
import os
import resource
import signal
import socket
import threading
from typing import Iterator, NamedTuple

import pytest

from watching import calls, connections, meter, private, procfs, quiet


class Child(NamedTuple):
    """A process that has only its second thread left, which reads from a socket."""
    pid: int
    inode: int  # of that socket
    descriptor: int

    def seen(self) -> procfs.Process:
        found = procfs.process(self.pid)
        assert found is not None
        return found

    def only_thread(self) -> procfs.Task:
        [task] = procfs.tasks(self.pid)
        return task


def _leave_to_another_thread(end: socket.socket) -> None:
    threading.Thread(target=end.recv, args=[1]).start()
    ctypes.CDLL(None).pthread_exit(None)


@pytest.fixture
def child() -> Iterator[Child]:
    ours, theirs = socket.socketpair()
    inode, descriptor = os.fstat(theirs.fileno()).st_ino, theirs.fileno()
    pid = os.fork()
    if pid == 0:
        _leave_to_another_thread(theirs)
    with ours, theirs:
        one = Child(pid, inode, descriptor)
        try:
            while b" Z " not in procfs.read(f"/proc/{pid}/stat") or one.only_thread().state != "S":
                pass
            yield one
        finally:
            os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def test_it_is_no_zombie_before_all_have_ended(child: Child) -> None:
    seen = child.seen()
    assert (seen.zombie, seen.state, seen.threads) == (False, "S", 2)
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert child.seen().zombie and procfs.tree(os.getpid())[child.pid].zombie
    assert list(procfs.thread_states(child.seen())) == []


def test_its_thread_and_its_activity(child: Child) -> None:
    task = child.only_thread()
    assert task.tid != child.pid
    assert list(procfs.thread_states(child.seen())) == [(task.tid, "S")]
    assert procfs.cpu_clock(child.pid) > 0
    assert quiet.activity_of({child.pid: child.seen()}) == quiet.Activity(
        procfs.cpu_clock(child.pid), frozenset({task.tid}), False)


def test_its_descriptors(child: Child) -> None:
    assert private.descriptor_count(child.pid) == len(os.listdir(f"/proc/{os.getpid()}/fd")) - 1
    assert private.sockets(child.pid)[child.inode] == child.descriptor
    assert private.holders([child.pid], child.inode) == [(child.pid, child.descriptor)]
    assert connections.blocked_on(child.pid, child.only_thread().tid) == child.descriptor


def test_its_memory(child: Child) -> None:
    assert child.seen().address_space > 1 << 20
    assert meter.memory_of([child.pid]) > 1 << 16
    assert private.heap(child.pid) > 0


def test_its_signals_its_limits_and_its_network(child: Child) -> None:
    assert procfs.signal_sets(child.pid)["SigIgn"] & 1 << (signal.SIGPIPE - 1)
    assert private.wait_channels(list(procfs.tasks(child.pid))) != [""]
    assert not calls.in_vfork(child.pid, child.only_thread().tid)
    resource.prlimit(child.pid, resource.RLIMIT_CORE, (0, 0))
    assert resource.prlimit(child.pid, resource.RLIMIT_CORE) == (0, 0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ports = [one.local for one in procfs.connections(child.pid)]
        assert listener.getsockname()[1] in ports
