"""Samples a server while it serves clients: which client waits for what, and which task works for
it. Times are seconds.

How it is known. Every few milliseconds, /proc is read (proc(5)):

  - A connection in the listen queue has no inode on the server's side (sock_diag(7), or
    /proc/net/tcp): nobody has accepted it. With the inode, /proc/PID/fd tells which processes hold
    the connection.
  - A task (the only thread of a process, or one of several) is a client's worker when it was seen
    in a system call on that client's socket: /proc/PID/task/TID/syscall has the call's first
    argument. To make that possible, CPU-bound clients hold back their requests until the server is
    idle (tracing.py); each worker is then seen reading from its own client.
  - Where no task was seen like that, the worker is the only task that it can be: of a process that
    holds the connection, not blocked in a system call on anything else, not known to be the worker
    of another client that waits; and only if two samples in succession leave the same single task.
    If they leave several, the worker is not known, and drawn as that.
  - /proc/PID/task/TID/schedstat has how long the task has been on a CPU. The kernel updates the
    counter of a running task at the clock tick, every 1 to 10 ms: shares of shorter spans mean
    little, so they are averaged over whole cells or pixels. A worker that has not run since the
    last sample and sleeps (/proc/PID/task/TID/stat) is idle: it waits for its client. One that does
    not sleep waits for a CPU.

Reading other processes' descriptors takes the rights of the user that they run as."""
from __future__ import annotations

import time
from typing import Dict, Iterable, List, Mapping, NamedTuple, Optional, Set

from bench.timeline import Span, State
from checks.client import Client
from checks.server import Server
from watching import private, procfs
from watching.connections import Connections, blocked_on
from watching.meter import memory_of
from watching.procfs import Task
from watching.quiet import Activity, Quiet

MEMORY_STEP = 0.05  # between two looks at the memory, which take longer than others
SHORTEST = 1e-6  # between two samples, so that no share is divided by zero


class Worker(NamedTuple):
    """A task that works for a client."""
    pid: int
    tid: int


class TracedClient:
    """A client of the traced round, and what is known of it by now. Times since the round began."""

    def __init__(self) -> None:
        self.client: Optional[Client] = None
        self.port = 0  # its own
        self.inode = 0  # of the server's end of the connection; 0: not accepted
        self.connected: Optional[float] = None
        self.sent: Optional[float] = None
        self.answered: Optional[float] = None
        self.worker: Optional[Worker] = None
        self.candidate: Optional[Worker] = None  # the only possible worker at the last sample
        self.candidate_share: Optional[float] = None  # of a CPU, before the last sample
        self.spans: List[Span] = []

    @property
    def waiting(self) -> bool:
        """Whether it is connected and has no reply yet."""
        return self.connected is not None and self.answered is None


class Sight(NamedTuple):
    """What a sample shows of who may work for whom."""
    tasks: List[Task]
    sockets: Mapping[int, Mapping[int, int]]  # by process, by inode: the descriptor
    blocked: Mapping[int, Optional[int]]  # by task: see connections.blocked_on

    def candidates(self, inode: int, busy: Set[int]) -> List[Task]:
        """Returns the tasks that may work for the client whose connection has this inode: those of
        a process that holds it, neither blocked on anything else nor busy with another client."""
        found = []
        for task in self.tasks:
            descriptor = self.sockets[task.pid].get(inode)
            if descriptor is None or task.tid in busy:
                continue
            if self.blocked[task.tid] in (None, -1, descriptor):
                found.append(task)
        return found

    def is_blocked_on(self, task: Task, inode: int) -> bool:
        """Returns whether a task is in a system call on that connection."""
        return self.blocked[task.tid] == self.sockets[task.pid][inode]


class TaskCounters:
    """How much each task of the server has run, from sample to sample."""

    def __init__(self, server: Server, now: float) -> None:
        self._server = server
        self._sampled = now
        self.tasks = self._read()
        self._first = {task.tid: task.run for task in self.tasks}
        self._last = dict(self._first)
        self._used: Dict[int, float] = {}
        self._cpu_before = server.cpu_time()
        self._quiet = Quiet(now, self._activity())
        self.shares: Dict[int, float] = {}  # by task: of a CPU, since the sample before
        self.idle: Set[int] = set()  # the tasks that sleep and have not run since then

    def _read(self) -> List[Task]:
        return [task for pid in self._server.box.tree() for task in procfs.tasks(pid)]

    def _activity(self) -> Optional[Activity]:
        if any(task.state == "R" for task in self.tasks):
            return None
        run = sum(task.run for task in self.tasks)
        return Activity(run, frozenset(task.tid for task in self.tasks), False)

    def sample(self, now: float) -> None:
        """Reads the counters of all tasks."""
        self.tasks = self._read()
        elapsed = max(now - self._sampled, SHORTEST)
        self.shares = {task.tid: (task.run - self._last.get(task.tid, 0.0)) / elapsed
                       for task in self.tasks}
        self.idle = {task.tid for task in self.tasks
                     if task.state != "R" and self.shares[task.tid] == 0}
        for task in self.tasks:
            self._used[task.tid] = task.run - self._first.get(task.tid, 0.0)
        self._last = {task.tid: task.run for task in self.tasks}
        self._quiet.note(now, self._activity())
        self._sampled = now

    @property
    def asleep(self) -> float:
        """How long the whole server has been asleep by now."""
        return self._quiet.asleep

    def cpu_time(self) -> float:
        """Returns the CPU time used: the larger of what was sampled, and of what the kernel has
        summed up for processes that were waited for."""
        return max(sum(self._used.values()), self._server.cpu_time() - self._cpu_before)


class Sampler:
    """Samples one server while it serves some clients. Call close() when that is over."""

    def __init__(self, server: Server, clients: List[TracedClient], began: float) -> None:
        """`began` is time 0, as time.monotonic() has it."""
        self._server, self._clients, self._began = server, clients, began
        self._sampled = self._now()
        self._memory_sampled = -MEMORY_STEP
        self.counters = TaskCounters(server, self._sampled)
        self.memory: Optional[int] = None  # bytes: see Trace
        self._connections = Connections(server.port)

    def _now(self) -> float:
        return time.monotonic() - self._began

    def close(self) -> None:
        """Gives back what it holds open."""
        self._connections.close()

    def sample(self) -> None:
        """Takes one sample: adds a span to each client that was here since the last one."""
        now = self._now()
        self.counters.sample(now)
        here = [client for client in self._clients if client.connected is not None and
                (client.answered is None or client.answered > self._sampled)]
        self._find_workers([client for client in here
                            if client.answered is None and client.worker is None])
        for client in here:
            client.spans.append(self._span(client, now))
        if now - self._memory_sampled > MEMORY_STEP:
            self._sample_memory()
            self._memory_sampled = now
        self._sampled = now

    def _sample_memory(self) -> None:
        with private.as_user(self._server.box.user):
            size = memory_of({task.pid for task in self.counters.tasks})
        self.memory = max(self.memory or 0, size)

    def _span(self, client: TracedClient, now: float) -> Span:
        """Returns what has happened to a client since the last sample."""
        begin = max(self._sampled, client.connected or 0.0)
        end = now if client.answered is None else client.answered
        if client.worker is not None:
            idle = client.worker.tid in self.counters.idle
            share = self.counters.shares.get(client.worker.tid)
            return Span(begin, end, State.IDLE if idle else State.SERVED, share)
        if client.inode:
            return Span(begin, end, State.SERVED)
        return Span(begin, end, State.QUEUED if client.answered is None else State.UNSEEN)

    def _find_workers(self, unassigned: Iterable[TracedClient]) -> None:
        """Finds out which clients have been accepted, and who works for them."""
        accepted = []
        for client in unassigned:
            client.inode = client.inode or self._connections.inode(client.port)
            if client.inode:
                accepted.append(client)
        if not accepted:
            return
        sight = self._look_closely()
        busy = {client.worker.tid for client in self._clients if client.waiting and client.worker}
        for client in accepted:
            assign_worker(client, sight, busy, self.counters.shares)
            if client.worker is not None:
                busy.add(client.worker.tid)

    def _look_closely(self) -> Sight:
        tasks = self.counters.tasks
        with private.as_user(self._server.box.user):
            sockets = {pid: private.sockets(pid) for pid in {task.pid for task in tasks}}
            blocked = {task.tid: blocked_on(task.pid, task.tid) for task in tasks}
        return Sight(tasks, sockets, blocked)


def assign_worker(client: TracedClient, sight: Sight, busy: Set[int],
                  shares: Mapping[int, float]) -> None:
    """Notes the worker of a client that has been accepted, if the sample leaves no doubt. `busy`
    are the workers of other clients; `shares` are those of a CPU that tasks had until this
    sample."""
    candidates = sight.candidates(client.inode, busy)
    reading = [task for task in candidates if sight.is_blocked_on(task, client.inode)]
    if len(reading) == 1:
        client.worker = Worker(reading[0].pid, reading[0].tid)
        return
    only = Worker(candidates[0].pid, candidates[0].tid) if len(candidates) == 1 else None
    if only is not None and only == client.candidate:
        client.worker = only
        _fill_in_share(client)
    client.candidate = only
    client.candidate_share = None if only is None else shares.get(only.tid)


def _fill_in_share(client: TracedClient) -> None:
    """Adds what was known of the worker at the last sample, when it was only a candidate."""
    if client.spans and client.spans[-1].state == State.SERVED:
        client.spans[-1] = client.spans[-1]._replace(run=client.candidate_share)
