"""Are CPU-bound clients served in parallel?

The clock cannot tell on a busy machine, or on one core; what the scheduler knows can. There are
three steps, none with a bound on wall time:

 1. Concurrency (concurrency.py, done before): silent clients delay nobody.
 2. Overtaking (here): seven requests of the largest n are sent, and nobody waits for the replies.
    When they are in progress (all have been read, or a task for each of them has run, and one
    computes), an eighth client sends a request that costs nothing. Its reply comes before any of
    the seven, unless whoever computes keeps the others from computing: for example by a lock that
    is taken by trying and yielding, while all of them burn CPU time.
    The verdict is "parallel" when, besides, seven tasks have each run RUN_SHARE. It is "serial"
    when the server has used SERIAL_SHARE without that, and "memoised" when a reply comes although
    hardly anything was computed. A busy machine only makes this take longer.
 3. Work (work_of_eight.py): the CPU time of eight requests over that of one.

Tasks that may run on one CPU only, on a machine with more, are not parallel either.

A task is what the scheduler knows: a thread, or a process of one thread. Shares are parts of the
CPU time that the lab's own service takes for one request of the largest n.
"""
from __future__ import annotations

import enum
import os
import time
from typing import Callable, Dict, List, NamedTuple, NoReturn, Optional, Sequence, Set

from checks import workload
from checks.asking import AT_ONCE, fib, seen_by, send_at_once
from checks.check import Check
from checks.client import Client
from checks.diagnosis import doing
from checks.server import Server
from checks.verdict import CheckFailed, too_busy
from checks.work_of_eight import work_of_eight
from checks.workload import LARGEST
from watching import procfs
from watching.meter import Meter
from watching.quiet import Quiet

TITLE = "CPU-bound clients are served in parallel"
MP_SPEEDUP = Check(
    "mp-speedup", 8, TITLE, "TODO 3 and 4 of mp_server.c",
    "While one child computes, what keeps another one from computing too?",
    "./client_bench.sh 2999 >/dev/null & sleep 0.5; top -H -p $(pgrep -d, -x mp_server)")
MT_SPEEDUP = Check(
    "mt-speedup", 8, TITLE, "TODO 3 of mt_server.c",
    "While one thread computes, what keeps another one from computing too?",
    "./client_bench.sh 2999 >/dev/null & sleep 0.5; top -H -p PID")

# Seconds of CPU: a task that has run longer has done more than to go on after a SIGCONT. Smaller,
# and a task that has only woken up counts as one that serves; larger, and the quick request is sent
# later, when a request of the seven may be ready already.
AWAKE = 0.0001
# A task that has run this share is computing. Smaller, and one that only reads its request counts;
# larger, and again the quick request comes late.
BEGUN_SHARE = 0.01
# A task that has run this share is one of those that compute at the same time. Smaller, and the
# tasks of a serial server pass by what they do while they wait; larger, and grading takes longer.
RUN_SHARE = 0.08
# A server that has used this share, and seven tasks have not each run RUN_SHARE, is serial: in a
# parallel one, even on one core, they have by about 7 * RUN_SHARE. Smaller, and an unfair scheduler
# looks serial; larger, and a serial server takes longer to find out.
SERIAL_SHARE = 2.4
# A server that has used less by its first right reply has not computed it. Smaller, and one that
# remembers much is not noticed; larger, and a compiler that is better than the lab's looks wrong.
LEAST_SHARE = 0.25
# Of step 2: an unlucky schedule may spoil one for a right server, but never saves a wrong one. More
# of them take longer to find fault; fewer blame a right server on a busy machine.
ATTEMPTS = 3
# Attempts that may say nothing, as a reply came before the quick request was sent, for each that
# counts. More take longer on a busy machine; fewer are inconclusive there.
RETRIES = 3
# Seconds without any activity: nothing will come any more. Shorter, and a server that sleeps
# between two tries for a lock looks stuck; longer, and a stuck one takes longer.
ASLEEP = 1.0
# Seconds of wall time until the machine, not the server, is blamed. Shorter, and more gradings on
# a busy machine are inconclusive; longer, and they take longer to say so.
STARVED = 60.0
# Seconds between two looks, while requests begin and while they are computed. Shorter costs CPU
# time that the server needs; longer, and the quick request is sent late.
BEGIN_STEP, COMPUTE_STEP = 0.003, 0.015


class Meaning(enum.Enum):
    """What an observation means."""
    WAIT = "nothing is certain yet"
    PARALLEL = "as many tasks as there are clients have run"
    SERIAL = "the server has used much CPU time, and they have not"
    MEMOISED = "a right reply came, and nothing was computed"
    ENDED = "all connections have ended"
    ASLEEP = "nothing happens any more, and no reply came"
    STARVED = "the machine gives the server no CPU time"


class Goal(NamedTuple):
    """What is waited for."""
    clients: int
    cost: float  # seconds of CPU that one request takes, about
    least: float  # seconds of CPU: a task that has run more counts
    reading: bool  # is it enough, too, that all requests have been read?


class Observation(NamedTuple):
    """What was seen of a server and its clients at one moment. Times are seconds."""
    wall: float  # since the requests were sent
    tasks: Dict[int, float]  # by task: CPU time since then
    waiting: float  # for a CPU, of all tasks since then
    cpu_time: float  # of the whole server since then: ended tasks that were never seen included
    used: float  # the part of it since this wait began
    lines: Sequence[Optional[str]]  # the reply of each client; None until it is whole
    ended: int  # connections that have ended
    unread: bool  # may a request not have been read yet?
    asleep: float  # since the last activity of a task

    def busy(self, least: float) -> List[int]:
        """Returns the tasks that have run for more than `least` seconds."""
        return [task for task, run in self.tasks.items() if run > least]

    def speed_up(self) -> float:
        """Returns the speed-up that as many idle cores as tasks would show: the time that tasks
        have run or could have run, over wall time."""
        return (sum(self.tasks.values()) + self.waiting) / self.wall


def meaning_of(seen: Observation, goal: Goal) -> Meaning:
    """Returns what an observation means. Pure; the order of the questions matters."""
    right = str(fib(LARGEST))
    if right in seen.lines and seen.cpu_time < LEAST_SHARE * goal.cost:
        return Meaning.MEMOISED
    enough = len(seen.busy(goal.least)) >= goal.clients
    if goal.reading and not seen.unread:
        enough = True
    if enough and max(seen.tasks.values(), default=0.0) > BEGUN_SHARE * goal.cost:
        return Meaning.PARALLEL
    if seen.used >= SERIAL_SHARE * goal.cost:
        return Meaning.SERIAL
    if seen.ended == goal.clients:
        return Meaning.ENDED
    if seen.asleep > ASLEEP and not any(seen.lines):
        return Meaning.ASLEEP
    return Meaning.STARVED if seen.wall > STARVED else Meaning.WAIT


class Requests:
    """Requests of the largest n that several clients have sent at the same time."""

    def __init__(self, server: Server, clients: Sequence[Client], cost: float) -> None:
        """Sends them. `cost`: seconds of CPU that one takes, about."""
        self.server, self.clients, self.cost = server, clients, cost
        self._done = f"{len(clients)} clients sent '{LARGEST}' at the same time"
        self._meter = Meter(server.box.tree, server.cpu_time)
        send_at_once(server, clients, b"%d\n" % LARGEST)

    def answered(self) -> bool:
        """Returns whether one of the clients has its reply."""
        return any(client.line for client in self.clients)

    def wait_until_begun(self) -> None:
        """Waits until all requests are in progress. Raises CheckFailed if they will not be."""
        self._wait(Goal(len(self.clients), self.cost, AWAKE, reading=True), BEGIN_STEP)

    def wait_until_parallel(self) -> float:
        """Waits until a task for each request has computed. Returns the speed-up; raises
        CheckFailed if the requests are not computed at the same time."""
        goal = Goal(len(self.clients), self.cost, RUN_SHARE * self.cost, reading=False)
        seen = self._wait(goal, COMPUTE_STEP)
        cpu = only_cpu(seen.busy(goal.least), procfs.cores())
        if cpu is not None:
            raise CheckFailed(self._done,
                              f"threads or processes that may use all {procfs.cores()} cores",
                              f"all are bound to CPU {cpu}, so that only one runs at a time "
                              "(sched_setaffinity(2))")
        return seen.speed_up()

    def _wait(self, goal: Goal, step: float) -> Observation:
        """Looks until something is certain. Returns the last look if that is Meaning.PARALLEL."""
        used_before = self._meter.cpu_time()
        quiet = Quiet(time.monotonic(), self.server.activity())
        while True:
            time.sleep(step)
            seen = self._observe(goal, quiet, used_before)
            meaning = meaning_of(seen, goal)
            if meaning is Meaning.PARALLEL:
                return seen
            if meaning is not Meaning.WAIT:
                self._fail(meaning, seen, goal)

    def _observe(self, goal: Goal, quiet: Quiet, used_before: float) -> Observation:
        for client in self.clients:
            client.receive()
        # After the replies: what has been computed for them is in it.
        sample = self._meter.sample()
        wall = time.monotonic() - self._meter.began
        cpu_time = self._meter.cpu_time()
        quiet.note(time.monotonic(), self.server.activity())
        return Observation(
            wall=wall,
            tasks=sample.tasks,
            waiting=sample.waiting,
            cpu_time=cpu_time,
            used=cpu_time - used_before,
            lines=[client.line for client in self.clients],
            ended=sum(1 for client in self.clients if client.ended),
            unread=goal.reading and self.server.unread(self.clients),
            asleep=quiet.asleep)

    def _fail(self, meaning: Meaning, seen: Observation, goal: Goal) -> NoReturn:
        """Raises what a meaning other than PARALLEL or WAIT leads to."""
        expected = f"{goal.clients} threads or processes that compute at the same time"
        if meaning is Meaning.STARVED:
            raise too_busy(f"the server got {seen.cpu_time:.2f} s of CPU time in "
                           f"{seen.wall:.0f} s")
        if meaning is Meaning.MEMOISED:
            raise CheckFailed(self._done, "replies that are computed for each request",
                              f"a reply after {seen.cpu_time * 1000:.0f} ms of CPU time: nothing "
                              "was computed")
        if meaning is Meaning.SERIAL:
            raise CheckFailed(self._done, expected,
                              [f"only {len(seen.busy(goal.least))} of them had computed when the "
                               f"server had used {seen.used:.1f} s of CPU: not all requests are "
                               "computed at the same time", *doing(self.server)])
        if meaning is Meaning.ENDED:
            raise CheckFailed(self._done, expected,
                              [f"all connections had ended after {seen.cpu_time:.2f} s of CPU "
                               "time; what the first client saw:",
                               *seen_by(self.clients[0], self.server)])
        raise CheckFailed(self._done, expected, doing(self.server))


def only_cpu(tasks: Sequence[int], cores: int) -> Optional[int]:
    """Returns the one CPU that all of the tasks are bound to, where there are more; else None, also
    when one of them has ended."""
    allowed: Set[int] = set()
    for task in tasks:
        try:
            allowed |= os.sched_getaffinity(task)
        except OSError:
            return None
    return allowed.pop() if cores > 1 and len(allowed) == 1 else None


def overtaking(start: Callable[[], Server], server: Server, cost: float) -> float:
    """Step 2. `start` starts a server like the given one, for another attempt; `cost` is about the
    seconds of CPU that a request of the largest n takes. Returns the speed-up that as many idle
    cores as clients would show."""
    lost = 0
    for _ in range(RETRIES * ATTEMPTS):
        quick, *slow = server.connect_in_turn(AT_ONCE)
        requests = Requests(server, slow, cost)
        requests.wait_until_begun()
        # A reply that is there already: too late to be overtaken, and no fault of the server.
        if not requests.answered():
            if _overtakes(quick, requests):
                return requests.wait_until_parallel()
            lost += 1
            if lost == ATTEMPTS:
                raise CheckFailed(
                    f"{len(slow)} clients sent '{LARGEST}'; once all {len(slow)} requests were in "
                    "progress, another client, connected before, sent '1'",
                    "the cheap request to be answered first",
                    [f"not once in {ATTEMPTS} attempts: it had to wait for the others",
                     *doing(server)])
        server.close()
        server = start()
    raise too_busy("one request was computed before the others could begin")


def _overtakes(quick: Client, requests: Requests) -> bool:
    """Sends a request that costs nothing; returns whether its reply is the first one."""
    clients = [quick, *requests.clients]
    quick.send(b"1\n")
    requests.server.wait(lambda: any(client.line or client.ended for client in clients), *clients,
                         budget=AT_ONCE * requests.cost)
    return bool(quick.line) and not requests.answered()


def judge(start: Callable[[], Server], server: Server, n: int) -> str:
    """Judges a server that passes step 1 by the other two. `start` starts fresh servers like this
    one; n is the calibrated one (workload.py). Returns what was measured, in words."""
    cost = workload.scaled(workload.SINGLE_RUN, n, LARGEST)
    speed_up = overtaking(start, server, cost)
    server.close()
    share = work_of_eight(start(), n)
    return (f"on {AT_ONCE - 1} idle cores the speed-up would be {speed_up:.1f}; {AT_ONCE} requests "
            f"used {share:.1f} times the CPU time of one")
