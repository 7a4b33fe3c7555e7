"""Step 3 of the judging of CPU-bound clients (speedup.py): is the work of each client done, once,
by a thread of its own, and at the same time?

Eight clients send at once, and all are waited for. Then

 - each has been served: the right line, nothing more, an orderly end;
 - the CPU time is about what the lab's own service takes. That is measured on the synchronous
   server, before and at the same time: two hyperthreads of a core slow down each other, and then
   both. What is in the server's favour counts. The same holds for two of the numbers, asked again
   by a few clients in turn. Else results come from a table, are remembered or shared;
 - eight threads, in mp_server processes, have each computed at least half of what falls to one;
 - none of them has slept for long before it was ready: so they have computed at the same time, from
   the first to the last. Nothing of this depends on how many cores there are;
 - in mp_server, a process that has a client's connection open has computed.
"""
from __future__ import annotations

import contextlib
import enum
import time
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from checks.asking import AT_ONCE
from checks.client import Client
from checks.server import SETTLED_CLIENT, Server
from checks.together import (BLIND, Observation, Requests, Unseen, holders, judge_replies,
                             lines_of, longest_sleep, padded, shortfall)
from checks.verdict import CheckFailed, too_busy
from checks.workload import Load, Yardstick
from watching.meter import Meter

# A server uses at least this part of the CPU time that the lab's own service takes. Smaller, and
# one that computes a part and looks up the rest passes; larger, and a machine whose speed changes
# within a second fails right servers.
LEAST_WORK = 0.75
# And at most this many times of it. Less, and a core of which it has one half, the yardstick the
# whole, fails right servers; more, and one that spins on two cores passes.
MOST_WORK = 1.5
# A thread has computed for a request if it has run this part of what that costs. Smaller, and what
# decoys do counts; larger, and what is not seen of a thread that ends fails right servers.
OWN_SHARE = 0.5
# A thread that sleeps for this part of the time until it is ready is kept from computing. In a
# right server, it sleeps for less than 0.01 of it, also on a busy machine; with 0.62 of the work
# under a lock, for 0.38 and more. Smaller, and a right server that reads slowly fails; larger, and
# one that computes two at a time passes.
SLEPT = 0.25
# Of the step: an unlucky moment may spoil one for a right server, but never saves a wrong one. More
# of them take longer to find fault; fewer blame a right server on a busy machine.
ATTEMPTS = 3
# Attempts that may say nothing, as threads may have ended unseen, for each that counts. More take
# longer on a busy machine; fewer are inconclusive there.
RETRIES = 2
# How many times what the requests cost the server may use until it is no longer waited for. Fewer,
# and a right server on a slow machine fails; more, and one that spins takes longer.
PATIENCE = 6.0
# How often a number is asked again, one after another. Fewer, and a result that is remembered when
# it has been computed a few times is not noticed; more, and grading takes longer.
AGAIN = 3
# How often the yardstick is measured in an attempt: before, and beside all that is measured.
MEASURED = 4
# Seconds without any activity: nothing will come any more. Shorter, and a server that pauses fails;
# longer, and a stuck one takes longer.
ASLEEP = 1.2
# Seconds of wall time until the machine, not the server, is blamed. Shorter, and more gradings on
# a busy machine are inconclusive; longer, and they take longer to say so.
STARVED = 60.0


class Verdict(enum.Enum):
    """What the work of several requests shows. The values are the symptoms (advice/)."""
    RIGHT = ""
    SHARED = "results-shared"
    TOO_LITTLE = "too-little-work"
    DECOYS = "decoys"
    SERIAL = "serial"
    SPINNING = "busy-waits"


class Costs(NamedTuple):
    """What requests cost in the lab's own server, in seconds of CPU."""
    lowest: Sequence[float]
    highest: Sequence[float]


def verdict_on(seen: Observation, costs: Costs) -> Verdict:
    """Returns what the look after the last reply shows. Pure; the order of the questions
    matters."""
    if seen.cpu_time < LEAST_WORK * sum(costs.lowest):
        little = seen.cpu_time < LEAST_WORK * max(costs.lowest)
        return Verdict.SHARED if little else Verdict.TOO_LITTLE
    if shortfall(seen.courses, [OWN_SHARE * cost for cost in costs.lowest]):
        return Verdict.DECOYS
    if longest_sleep(seen.most(len(costs.lowest))) > SLEPT:
        return Verdict.SERIAL
    return Verdict.SPINNING if seen.cpu_time > MOST_WORK * sum(costs.highest) else Verdict.RIGHT


class Work:
    """The step, once."""

    def __init__(self, server: Server, load: Load, yardstick: Yardstick) -> None:
        self._server, self._load, self._yardstick = server, load, yardstick
        self._done = f"{AT_ONCE} clients sent " + ", ".join(f"'{n}'" for n in load.whole)
        self._done += " at the same time"
        self._held: Dict[Client, List[int]] = {}

    def attempt(self) -> Tuple[float, Optional[CheckFailed]]:
        """Returns the CPU time of all requests over what they cost in the lab's own server, and
        what is wrong, or None. Raises CheckFailed if a client is not served; Unseen if something
        seems to be missing, but may have been done unseen."""
        self._yardstick.measure(max(self._load.whole))
        seen = self._all()
        failures = [self._remembered(n) for n in self._load.again]
        costs = self._costs()
        share = seen.cpu_time / sum(costs.lowest)
        verdict = verdict_on(seen, costs)
        failure = self._failure(verdict, seen, costs) or self._of_holders(seen)
        if failure and verdict is not Verdict.SPINNING and not seen.complete:
            raise Unseen
        return share, failure or next(filter(None, failures), None)

    def _costs(self) -> Costs:
        return Costs([self._yardstick.lowest(n, MEASURED) for n in self._load.whole],
                     [self._yardstick.highest(n, MEASURED) for n in self._load.whole])

    def _all(self) -> Observation:
        """Lets all clients send, and returns the look after the last reply."""
        clients = self._server.connect_in_turn(AT_ONCE)
        requests = Requests(self._server, clients, self._load.whole)
        with self._yardstick.measuring(max(self._load.whole)):
            if requests.of_processes:
                self._held = holders(self._server, clients)
            self._wait(requests)
        seen = requests.look()
        requests.judge_replies(self._done)
        for client in clients:
            client.close()
        self._server.settle()
        return seen

    def _wait(self, requests: Requests) -> None:
        """Waits until all have been served, or will not be."""
        most = PATIENCE * sum(self._costs().highest)
        requests.expect()
        while not all(client.line or client.ended for client in requests.asked):
            seen = requests.look()
            if seen.asleep > ASLEEP or seen.used > most:
                return
            if seen.wall > STARVED:
                raise too_busy(f"the server got {seen.used:.2f} s of CPU time in {seen.wall:.0f} s")
            self._server.allowance.check(f"{self._done}; then ")
            requests.pause()

    def _in_turn(self, n: int, done: str) -> Tuple[float, float]:
        """Returns the CPU time of a request, asked AGAIN times, one after another, and the longest
        time in which a process may have replied and ended unseen. Where it ends as soon as it has
        replied, it is what processes may have used at most: none more than the time until then, so
        AGAIN times the shortest."""
        blind, shortest, for_each = 0.0, float("inf"), False
        meter = Meter(self._server.box.tree, self._server.cpu_time)
        with self._yardstick.measuring(max(self._load.whole)):
            for _ in range(AGAIN):
                client = self._server.connect()
                self._server.settle(quiet=SETTLED_CLIENT)
                for_each = for_each or bool(self._server.workers())
                began = time.monotonic()
                asked = self._wait_for_one(client.send(self._request(n)), n)
                shortest = min(shortest, time.monotonic() - began)
                meter.cpu_time()  # of a process that is there until its client has closed
                blind = max(blind, time.monotonic() - asked)
                judge_replies(self._server, {client: n}, done)
                client.close()
            self._server.settle(quiet=SETTLED_CLIENT)
            used = meter.cpu_time()
        ends_unseen = for_each and self._is_plain(n)  # a process for each, as in mp_server
        return (max(used, AGAIN * shortest), 0.0) if ends_unseen else (used, blind)

    def _is_plain(self, n: int) -> bool:
        """Returns whether a number is not padded when clients come one after another: the padding
        could tell a server that it is measured, so it is left out for one of the numbers."""
        return n == self._load.again[-1]

    def _request(self, n: int) -> bytes:
        return b"%d\n" % n if self._is_plain(n) else padded(n)

    def _wait_for_one(self, client: Client, n: int) -> float:
        """Waits until a client has its reply, or will get none. Returns a time before that by as
        little as can be told."""
        before = looked = time.monotonic()

        def over() -> bool:
            nonlocal before, looked
            if client.line or client.ended:
                return True
            # It may have come since the client was asked, which was after the last look.
            before, looked = looked, time.monotonic()
            return False

        self._server.wait(over, client, budget=PATIENCE * self._yardstick.highest(n))
        return before

    def _remembered(self, n: int) -> Optional[CheckFailed]:
        """Asks for one of the numbers again; returns what is wrong, or None."""
        done = f"{self._done}; then {AGAIN} clients, one after another, sent '{n}' again"
        used, blind = self._in_turn(n, done)
        cost = AGAIN * self._yardstick.lowest(n, MEASURED)
        if used >= LEAST_WORK * cost:
            return None
        if blind > BLIND:
            raise Unseen
        return CheckFailed(
            done, f"about {cost * 1000:.0f} ms of CPU time, as in the synchronous server",
            f"{used * 1000:.0f} ms of CPU time: results are remembered or shared",
            symptom="results-shared")

    def _failure(self, verdict: Verdict, seen: Observation, costs: Costs) -> Optional[CheckFailed]:
        if verdict is Verdict.RIGHT:
            return None
        cost = sum(costs.lowest)
        used = (f"{seen.cpu_time * 1000:.0f} ms of CPU time, where the synchronous server uses "
                f"{cost * 1000:.0f} ms")
        first = {
            Verdict.SHARED: f"{used}: results are remembered or shared",
            Verdict.TOO_LITTLE: f"{used}: not all of each result is computed",
            Verdict.DECOYS: "not each request is computed by a thread or process of its own",
            Verdict.SERIAL: "not all requests are computed at the same time: a thread or process "
                            "slept before it could compute",
            Verdict.SPINNING: f"{used}: something busy-waits"}[verdict]
        expected = f"{AT_ONCE} threads or processes that compute at the same time"
        if verdict in (Verdict.SHARED, Verdict.TOO_LITTLE, Verdict.SPINNING):
            expected = f"about {cost * 1000:.0f} ms of CPU time"
        return CheckFailed(self._done, expected,
                           [first, *lines_of(seen.most(AT_ONCE), self._server)],
                           symptom=verdict.value)

    def _of_holders(self, seen: Observation) -> Optional[CheckFailed]:
        """Returns what is wrong with the processes that have the connections open."""
        run = {course.pid: course.run for course in seen.courses}
        for (client, pids), n in zip(self._held.items(), self._load.whole):
            cost = self._yardstick.lowest(n, MEASURED)
            if pids and max(run.get(pid, 0.0) for pid in pids) < OWN_SHARE * cost:
                return CheckFailed(
                    self._done, "each request to be computed by the process that has its "
                    "connection open",
                    [f"the connection of the client that sent '{n}' is open in process {pids[0]}, "
                     f"which used {run.get(pids[0], 0.0) * 1000:.0f} ms of CPU time",
                     *lines_of(seen.most(AT_ONCE), self._server)], symptom="decoys")
        return None


def work_of_eight(server: Server, load: Load, yardstick: Yardstick) -> float:
    """Returns the CPU time of eight requests over what they cost in the lab's own server; raises
    CheckFailed if each attempt fails."""
    work = Work(server, load, yardstick)
    failures: List[CheckFailed] = []
    for _ in range(RETRIES * ATTEMPTS):
        with contextlib.suppress(Unseen):
            share, failure = work.attempt()
            if failure is None:
                return share
            failures.append(failure)
        if len(failures) == ATTEMPTS:
            raise failures[0]  # a fresh server shows best what is wrong
    raise too_busy("what computed had ended before the grader could look")
