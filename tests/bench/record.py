"""One round that is watched: which client waited when, and which was being served when. Times are seconds.

How it is known. Every few milliseconds, /proc is read (proc(5)):

  - A connection that has not been accepted has no inode on the server's side (sock_diag(7), or /proc/net/tcp): it is in the
    listen queue, and its client waits. With the inode, /proc/PID/fd tells which processes hold the connection.
  - A task (the only thread of a process, or one of several) works for a client when it was seen in a system call on that
    client's socket: /proc/PID/task/TID/syscall has the call's first argument. To make that possible, CPU-bound clients hold
    back their requests until the server has come to rest; each worker is then seen reading from its own client.
  - Where no task was seen so, the worker is the one task that it can be: of a process that holds the connection, not
    blocked in a system call on anything else, not known to work for another client that waits; and only if two looks in
    succession leave the same single one. If they leave several, the worker is unknown, and drawn as that.
  - /proc/PID/task/TID/schedstat has what the scheduler has counted for the task: how long it was on a CPU. The counter of a
    running task is brought up to date by the clock tick, every 1 to 10 ms: shares of shorter spans mean little, so they are
    averaged over whole cells or pixels. A task that has not run since the last look and that sleeps (/proc/PID/task/TID/stat)
    waits for its client; one that does not sleep waits for a core.

Reading other processes' descriptors takes the rights of the user that they run as. Watching costs CPU time, about a fifth
of a core; so it is done in a round of its own, whose times do not enter the table."""
import select
import time
from typing import Dict, List, NamedTuple, Optional, Set

from checker import proc
from checker.client import Client
from checker.outcome import CheckFailed
from checker.server import Server

from bench.load import LONGEST, PATIENCE, LoadFailed, Workload
from bench.sight import Connections, first_argument, memory_of, rights_of, sockets

STEP = 0.004  # seconds between two looks
MEMORY_STEP = 0.05  # seconds between two looks at the memory
REST = 4  # looks at an unchanged, sleeping server until its workers count as waiting for their clients
RESTLESS = 2.0  # seconds after which requests are sent even if the server never rests

QUEUED, ASLEEP, HELD, UNKNOWN = "queued", "asleep", "held", "unknown"


class Span(NamedTuple):
    """A part of a client's time, in one state:

    QUEUED: its connection is not accepted
    ASLEEP: it is accepted, and its worker sleeps: it waits for the request
    HELD: it is accepted. `run` is the share of the time that its worker was on a CPU, for the rest of which it waited for one;
    None where no worker is known, or where it has ended since the last look
    UNKNOWN: it was accepted and answered between two looks"""
    begin: float
    end: float
    state: str
    run: Optional[float] = None


class Lane(NamedTuple):
    """One client, from its connection to its reply (None: it got none)."""
    connected: float
    sent: Optional[float]
    answered: Optional[float]
    spans: List[Span]


class Recording(NamedTuple):
    """A watched round. Time 0 is the first connection."""
    server: str
    lanes: List[Lane]
    end: float  # the last reply
    cpu: float  # seconds of CPU of all the server's processes
    memory: Optional[int]  # bytes: the largest sum of proportional set sizes that was seen


class Worker(NamedTuple):
    """A task that works for a client."""
    pid: int
    tid: int


class Visitor:
    """A client of the watched round."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.client: Optional[Client] = None
        self.port = 0
        self.inode = 0  # of the server's end of the connection; 0: not accepted
        self.connected: Optional[float] = None
        self.sent: Optional[float] = None
        self.answered: Optional[float] = None
        self.worker: Optional[Worker] = None
        self.candidate: Optional[Worker] = None  # at the last look
        self.share: Optional[float] = None  # of the candidate, at the last look
        self.spans: List[Span] = []

    @property
    def waiting(self) -> bool:
        return self.connected is not None and self.answered is None


class Watch:
    """Watches one server while it serves some visitors."""

    def __init__(self, server: Server, visitors: List[Visitor], began: float) -> None:
        self._server, self._visitors, self._began = server, visitors, began
        self._counted: Dict[int, float] = {}  # seconds run, by task
        self._at = time.monotonic() - began  # the last look
        self._memory_at = -1.0
        self._used: Dict[int, float] = {}
        self._shares: Dict[int, float] = {}  # of the time since the look before that it ran, by task
        self._asleep: Set[int] = set()  # the tasks that sleep, and have not run since the look before
        self.still = 0  # looks since when no task has run
        self.rested = 0.0  # seconds since when no task has run
        self.memory: Optional[int] = None
        for task in self._tasks():
            self._counted[task.tid] = task.run
        self._known = dict(self._counted)
        self._cpu = server.cpu_time()
        self._connections = Connections(server.port)

    def close(self) -> None:
        self._connections.close()

    def _tasks(self) -> List[proc.Task]:
        return [task for pid in self._server.box.tree() for task in proc.tasks(pid)]

    def cpu(self) -> float:
        """Returns the CPU time used: the larger of what was seen of the tasks, and of what the kernel has summed up for
        those that were waited for."""
        return max(sum(self._used.values()), self._server.cpu_time() - self._cpu)

    def look(self) -> None:
        """Looks once, and adds a span to each visitor that has been here since the last look."""
        tasks = self._tasks()
        now = time.monotonic() - self._began
        shares: Dict[int, float] = {}
        self._shares = shares
        passed = max(now - self._at, 1e-6)
        for task in tasks:
            shares[task.tid] = (task.run - self._counted.get(task.tid, 0.0)) / passed
            self._used[task.tid] = task.run - self._known.get(task.tid, 0.0)
        self._asleep = {task.tid for task in tasks if task.state != "R" and shares[task.tid] == 0}
        still = len(self._asleep) == len(tasks) == len(self._counted)
        self.still, self.rested = (self.still + 1, self.rested + passed) if still else (0, 0.0)
        self._counted = {task.tid: task.run for task in tasks}
        here = [visitor for visitor in self._visitors if visitor.connected is not None and
                (visitor.answered is None or visitor.answered > self._at)]
        self._bind(tasks, [visitor for visitor in here if visitor.answered is None and visitor.worker is None])
        for visitor in here:
            self._extend(visitor, now)
        if now - self._memory_at > MEMORY_STEP:
            with rights_of(self._server.box.user):
                self.memory = max(self.memory or 0, memory_of(list({task.pid for task in tasks})))
            self._memory_at = now
        self._at = now

    def _extend(self, visitor: Visitor, now: float) -> None:
        """Adds the time since the last look to a visitor's spans."""
        begin = max(self._at, visitor.connected or 0.0)
        end = now if visitor.answered is None else visitor.answered
        if visitor.worker is not None:
            state = ASLEEP if visitor.worker.tid in self._asleep else HELD
            visitor.spans.append(Span(begin, end, state, self._shares.get(visitor.worker.tid)))
        elif visitor.inode:
            visitor.spans.append(Span(begin, end, HELD))
        else:  # answered: it was accepted and answered since the last look
            visitor.spans.append(Span(begin, end, QUEUED if visitor.answered is None else UNKNOWN))

    def _bind(self, tasks: List[proc.Task], unbound: List[Visitor]) -> None:
        """Finds out which visitors have been accepted, and who works for them."""
        for visitor in unbound:
            visitor.inode = visitor.inode or self._connections.inode(visitor.port)
        accepted = [visitor for visitor in unbound if visitor.inode]
        if not accepted:
            return
        with rights_of(self._server.box.user):
            held = {pid: sockets(pid) for pid in {task.pid for task in tasks}}
            blocked = {task.tid: first_argument(task.pid, task.tid) for task in tasks}
        taken: Set[int] = {visitor.worker.tid for visitor in self._visitors if visitor.waiting and visitor.worker}
        for visitor in accepted:
            descriptors = {pid: found[visitor.inode] for pid, found in held.items() if visitor.inode in found}
            self._find_worker(visitor, [task for task in tasks if task.tid not in taken], descriptors, blocked)
            if visitor.worker:
                taken.add(visitor.worker.tid)

    def _find_worker(self, visitor: Visitor, tasks: List[proc.Task], descriptors: Dict[int, int],
                     blocked: Dict[int, Optional[int]]) -> None:
        able = [task for task in tasks if task.pid in descriptors and
                blocked[task.tid] in (None, -1, descriptors[task.pid])]
        reading = [task for task in able if blocked[task.tid] == descriptors[task.pid]]
        if len(reading) == 1:
            visitor.worker = Worker(reading[0].pid, reading[0].tid)
            return
        only = Worker(able[0].pid, able[0].tid) if len(able) == 1 else None
        if only and only == visitor.candidate:
            visitor.worker = only
            if visitor.spans and visitor.spans[-1].state == HELD:
                visitor.spans[-1] = visitor.spans[-1]._replace(run=visitor.share)
        visitor.candidate, visitor.share = only, self._shares.get(only.tid) if only else None


def record(server: Server, workload: Workload) -> Recording:
    """Plays the workload on a server and watches it. Raises LoadFailed when a client gets no reply."""
    visitors = [Visitor(i) for i in range(len(workload.visits))]
    together = all(visit == workload.visits[0] for visit in workload.visits)
    began = time.monotonic()
    watch = Watch(server, visitors, began)
    released: Optional[float] = None if together else 0.0  # when requests may be sent
    try:
        while any(visitor.answered is None for visitor in visitors):
            now = time.monotonic() - began
            due = _act(server, workload, visitors, began, released)
            watch.look()
            if released is None and (watch.still >= REST or now > RESTLESS):
                released = time.monotonic() - began
                continue
            _listen(visitors, began, min(STEP, due))
            _give_up(watch, visitors, time.monotonic() - began)
        watch.look()
        server.settle(quiet=0.02)
        first = min(visitor.connected or 0.0 for visitor in visitors)
        return Recording(server.name, [_lane(visitor, first) for visitor in visitors],
                         max(visitor.answered or 0.0 for visitor in visitors) - first, watch.cpu(), watch.memory)
    finally:
        watch.close()
        for visitor in visitors:
            if visitor.client:
                visitor.client.close()


def _act(server: Server, workload: Workload, visitors: List[Visitor], began: float, released: Optional[float]) -> float:
    """Does what is due, and returns the seconds until something is due next, or STEP."""
    due, now = STEP, time.monotonic() - began
    for visitor, visit in zip(visitors, workload.visits):
        request = b"%d" % visit.n
        if visitor.client is None:
            if visit.arrives > now:
                due = min(due, visit.arrives - now)
                continue
            visitor.client = _connect(server)
            visitor.connected = time.monotonic() - began
            visitor.port = visitor.client.socket.getsockname()[1]
            if visit.pause:
                visitor.client.send(request)
        if visitor.sent is None and released is not None:
            complete = max(visit.arrives + visit.pause, released)
            if complete > now:
                due = min(due, complete - now)
                continue
            visitor.client.send(b"\n" if visit.pause else request + b"\n")
            visitor.sent = time.monotonic() - began
    return max(due, 0.0)


def _connect(server: Server) -> Client:
    try:
        return server.connect()
    except CheckFailed as error:
        raise LoadFailed(error.seen) from None


def _listen(visitors: List[Visitor], began: float, timeout: float) -> None:
    """Waits for replies and takes them in."""
    waiting = {visitor.client: visitor for visitor in visitors if visitor.client and visitor.waiting}
    for client in select.select(list(waiting), [], [], timeout)[0]:
        client.look()
        if client.line is not None:
            waiting[client].answered = time.monotonic() - began


def _give_up(watch: Watch, visitors: List[Visitor], now: float) -> None:
    """Raises LoadFailed if some client will not get a reply any more."""
    if any(visitor.waiting and visitor.client and visitor.client.ended for visitor in visitors):
        raise LoadFailed("a connection ended without a reply")
    if watch.rested > PATIENCE:
        raise LoadFailed("it sleeps while clients wait for a reply")
    if now > LONGEST:
        raise LoadFailed(f"it was not done after {LONGEST:g} s")


def _lane(visitor: Visitor, first: float) -> Lane:
    """Returns what happened to a visitor, with neighbouring spans of the same kind that no worker is known of joined."""
    spans: List[Span] = []
    for span in visitor.spans:
        span = span._replace(begin=span.begin - first, end=span.end - first)
        if spans and span.run is None and spans[-1].run is None and spans[-1].state == span.state:
            spans[-1] = spans[-1]._replace(end=span.end)
        elif span.end > span.begin:
            spans.append(span)
    return Lane((visitor.connected or 0.0) - first, None if visitor.sent is None else visitor.sent - first,
                None if visitor.answered is None else visitor.answered - first, carried_back(spans))


def carried_back(spans: List[Span]) -> List[Span]:
    """Returns the spans with what is too much in one moved to the one before: the scheduler counts a running task's time at
    the next tick, and a task cannot run for longer than a span lasts."""
    done: List[Span] = []
    over = 0.0
    for span in reversed(spans):
        if span.run is None:
            over = 0.0
        else:
            length = span.end - span.begin
            run = span.run * length + over
            over = max(0.0, run - length)
            span = span._replace(run=min(run, length) / length, state=HELD if run > 0 else span.state)
        done.append(span)
    return done[::-1]
