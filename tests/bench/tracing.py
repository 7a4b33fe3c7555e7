"""One round that is traced: which client waited when, and which was being served when. Times are
seconds since the round began.

Sampling (sampling.py) costs CPU time, about a fifth of a core. So it is done in a round of its own,
whose times do not enter the table."""
from __future__ import annotations

import select
import time
from typing import Optional

from bench.generator import LONGEST, PATIENCE
from bench.sampling import Sampler, TracedClient
from bench.servers import LoadFailed
from bench.timeline import Lane, Trace, tidied
from bench.workloads import ClientPlan, Workload
from checks.client import Client
from checks.server import Server
from checks.verdict import CheckFailed, Inconclusive

STEP = 0.004  # between two samples
IDLE = 0.015  # a server that has been asleep for so long has got ready for its clients
RESTLESS = 2.0  # after this time requests are sent even if the server is never idle
SETTLED = 0.02  # asleep for so long, it has finished with its clients


def trace(server: Server, workload: Workload) -> Trace:
    """Puts a workload on a server and samples it meanwhile. Raises LoadFailed if a client gets no
    reply."""
    traced = TracedRound(server, workload)
    try:
        traced.play()
        return traced.result()
    finally:
        traced.close()


class TracedRound:
    """A traced round in progress."""

    def __init__(self, server: Server, workload: Workload) -> None:
        self._server, self._plans = server, workload.clients
        self._clients = [TracedClient() for _ in workload.clients]
        self._began = time.monotonic()
        self._sampler = Sampler(server, self._clients, self._began)
        # When requests may be sent. Where all connect at once, not before each has its worker: only
        # a worker that is blocked in reading its client's request is known for certain.
        all_at_once = all(plan == self._plans[0] for plan in self._plans)
        self._released: Optional[float] = None if all_at_once else 0.0

    def _now(self) -> float:
        return time.monotonic() - self._began

    def close(self) -> None:
        """Closes all connections."""
        self._sampler.close()
        for traced in self._clients:
            if traced.client is not None:
                traced.client.close()

    def play(self) -> None:
        """Plays the whole round. Raises LoadFailed."""
        while any(traced.answered is None for traced in self._clients):
            due = self._do_what_is_due()
            self._sampler.sample()
            if self._released is None and self._ready():
                self._released = self._now()
                continue
            self._receive(due)
            self._give_up_if_hopeless()
        self._sampler.sample()
        self._server.settle(quiet=SETTLED)

    def _ready(self) -> bool:
        return self._sampler.counters.asleep >= IDLE or self._now() > RESTLESS

    def _do_what_is_due(self) -> float:
        """Lets clients connect and send whose time has come. Returns the seconds until something
        will be due again, at most STEP."""
        due = STEP
        for traced, plan in zip(self._clients, self._plans):
            if traced.client is None:
                due = min(due, self._connect_in_time(traced, plan))
            if traced.client is not None and traced.sent is None:
                due = min(due, self._complete_in_time(traced, plan))
        return due

    def _connect_in_time(self, traced: TracedClient, plan: ClientPlan) -> float:
        """Connects a client if it is time. Returns the seconds until then, STEP if it is done."""
        early = plan.arrives - self._now()
        if early > 0:
            return early
        traced.client = _connected(self._server)
        traced.connected = self._now()
        traced.port = traced.client.port()
        if plan.pause > 0:
            traced.client.send(b"%d" % plan.n)  # the newline comes later
        return STEP

    def _complete_in_time(self, traced: TracedClient, plan: ClientPlan) -> float:
        """Sends a client's request, or what is left of it, if it is time. Returns the seconds until
        then, STEP if it is done."""
        if self._released is None or traced.client is None:
            return STEP
        early = max(plan.arrives + plan.pause, self._released) - self._now()
        if early > 0:
            return early
        traced.client.send(b"\n" if plan.pause > 0 else b"%d\n" % plan.n)
        traced.sent = self._now()
        return STEP

    def _receive(self, timeout: float) -> None:
        """Waits for replies, up to so many seconds, and takes them in."""
        waiting = {traced.client.socket: traced for traced in self._clients
                   if traced.client is not None and traced.waiting}
        for readable in select.select(list(waiting), [], [], timeout)[0]:
            traced = waiting[readable]
            if traced.client is not None:
                traced.client.receive()
                if traced.client.line is not None:
                    traced.answered = self._now()

    def _give_up_if_hopeless(self) -> None:
        """Raises LoadFailed if some client will not get a reply any more."""
        for traced in self._clients:
            if traced.client is not None and traced.waiting and traced.client.ended:
                raise LoadFailed("a connection ended without a reply")
        if self._sampler.counters.asleep > PATIENCE:
            raise LoadFailed("it is idle while clients wait for a reply")
        if self._now() > LONGEST:
            raise LoadFailed(f"it was not done after {LONGEST:g} s")

    def result(self) -> Trace:
        """Returns what was seen, with the first connection as time 0."""
        origin = min(traced.connected or 0.0 for traced in self._clients)
        lanes = [lane(traced, origin) for traced in self._clients]
        end = max(one.answered or 0.0 for one in lanes)
        return Trace(self._server.name, lanes, end, self._sampler.counters.cpu_time(),
                     self._sampler.memory)


def _connected(server: Server) -> Client:
    try:
        return server.connect()
    except CheckFailed as error:
        raise LoadFailed(error.seen) from None
    except Inconclusive as error:
        raise LoadFailed(str(error)) from None


def lane(traced: TracedClient, origin: float) -> Lane:
    """Returns what happened to a client, with times relative to an origin."""
    def relative(moment: Optional[float]) -> Optional[float]:
        return None if moment is None else moment - origin

    connected = (traced.connected or 0.0) - origin
    spans = tidied(traced.spans, origin)
    return Lane(connected, relative(traced.sent), relative(traced.answered), spans)
