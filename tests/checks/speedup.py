"""Are CPU-bound clients served in parallel?

The clock cannot tell on a busy machine, or on one core; what the scheduler knows can. Three steps, none with a bound on
wall time:

 1. (behaviour.concurrency, done before) silent clients hold up nobody.
 2. overtaking: seven requests of the largest n, and nobody waits for the replies. When all have been read, or a task for
    each of them has run, and one computes, an eighth client sends a request that costs nothing: its reply comes before
    any of the seven, unless whoever computes keeps the others from it, be it by a lock that is taken by trying and
    yielding, while all burn CPU time.
    Parallel when, besides, seven tasks have each run RUN_SHARE; serial when the server has used SERIAL_SHARE without
    that, or when a reply comes although hardly anything was computed. A busy machine only makes this take longer.
 3. work: on a fresh server one request, then eight of the same n at once. The CPU time of the eight is 4 to 16 times
    that of the one: below, answers are remembered or shared; above, tasks spin while they wait.

Tasks that may run on one CPU only, on a machine with more, are not parallel either, however they take turns."""
import contextlib
import os
import statistics
import time
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Sequence, Tuple

from checker import proc
from checker.behaviour import AT_ONCE, answered, fib, seen_by, send_at_once
from checker.build import Build
from checker.client import Client
from checker.machine import this_machine
from checker.outcome import CheckFailed, Inconclusive
from checker.server import Server

LARGEST = 40
GOLDEN = 1.618  # the golden ratio: fib(n + 1) / fib(n)
AWAKE = 0.0001  # seconds of CPU: a task that has run so much has done more than to go on after a SIGCONT
# Of the CPU time that the service takes for one request of the largest n:
BEGUN_SHARE = 0.01  # a task that has run so much is computing
RUN_SHARE = 0.08  # a task that has run so much is one of those that compute at the same time
SERIAL_SHARE = 2.4  # a server that has run so much does not compute for all at the same time
LEAST_SHARE = 0.25  # whoever has run less has not computed at all
WORK_SHARE = (4.0, 16.0)  # CPU time of eight requests over that of one
ATTEMPTS = 3  # of a step that an unlucky schedule may spoil for a right server, never save for a wrong one
SINGLE_RUN = 0.05  # seconds of CPU that one request of step 3 should take
ROUNDS = 2  # of the measurement by the clock
BUSY = 1.4  # a synchronous server that takes so many times its CPU time had to wait for a CPU
STARVED = 60.0  # seconds of wall time


class Sample(NamedTuple):
    """What the server's tasks have done since a Meter began. Seconds."""
    run: float
    waiting: float
    tasks: Dict[int, float]  # by thread: time run


class Meter:
    """Sums up the CPU time of all tasks of a server, the ended ones included as far as they were seen."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._first: Dict[int, Tuple[float, float]] = {}
        self._last: Dict[int, Tuple[float, float]] = {}
        self._reaped_before = server.cpu_time()
        self.began = time.monotonic()
        for task in self._tasks():
            self._first[task.tid] = (task.run, task.waiting)

    def _tasks(self) -> List[proc.Task]:
        return [task for pid in self._server.box.tree() for task in proc.tasks(pid)]

    def sample(self) -> Sample:
        for task in self._tasks():
            self._last[task.tid] = (task.run, task.waiting)
        run = {tid: last[0] - self._first.get(tid, (0.0, 0.0))[0] for tid, last in self._last.items()}
        waiting = sum(last[1] - self._first.get(tid, (0.0, 0.0))[1] for tid, last in self._last.items())
        return Sample(sum(run.values()), waiting, run)

    def cpu_time(self) -> float:
        """Returns the CPU time used: the larger of what was sampled and of what the kernel has summed up."""
        return max(self.sample().run, self._server.cpu_time() - self._reaped_before)


def overtaking(start: Callable[..., Server], server: Server, cost: float) -> float:
    """Step 2; `cost` is about the CPU time of one of the largest requests. Returns the speed-up that as many idle cores
    would show: time run and runnable over wall time."""
    lost, waits = 0, ""
    for _ in range(3 * ATTEMPTS):
        quick, *slow = server.connect_in_turn(AT_ONCE)
        meter = Meter(server)
        send_at_once(server, slow, b"%d\n" % LARGEST)
        all_run(server, slow, meter, cost, AWAKE, or_read=True)
        if not any(client.line for client in slow):
            quick.send(b"1\n")
            server.wait(lambda: any(client.line or client.ended for client in [quick, *slow]), quick, *slow,
                        budget=AT_ONCE * cost)
            waits = server.doing()
            if quick.line and not any(client.line for client in slow):
                return all_run(server, slow, meter, cost, RUN_SHARE * cost)
            lost += 1
            if lost == ATTEMPTS:
                break
        server.close()
        server = start()
    if lost < ATTEMPTS:
        raise Inconclusive("the machine let one task compute for long before the others began; end other work on it, and "
                           "grade again")
    raise CheckFailed(f"{len(slow)} clients sent '{LARGEST}'; when all were being computed for, one that had connected before "
                      "sent '1'", "a reply to that one before any of theirs",
                      f"none, {ATTEMPTS} times: the clients are computed for in turns; {waits}")


def all_run(server: Server, clients: Sequence[Client], meter: Meter, cost: float, least: float,
            or_read: bool = False) -> float:
    """Waits until one task for each client has run at least so many seconds (or, if that is enough, all requests have been
    read), and one computes. Returns the speed-up (see overtaking)."""
    done = f"{len(clients)} clients sent '{LARGEST}' at the same time"
    expected = f"{len(clients)} threads or processes that compute at the same time"
    before = meter.cpu_time()
    while True:
        time.sleep(0.003 if or_read else 0.015)
        sample, wall = meter.sample(), time.monotonic() - meter.began
        busy = [tid for tid, run in sample.tasks.items() if run > least]
        for client in clients:
            client.look()
            if client.line == str(fib(LARGEST)) and meter.cpu_time() < LEAST_SHARE * cost:
                raise CheckFailed(done, "replies that were computed", f"a reply after {meter.cpu_time() * 1000:.0f} ms "
                                  "of CPU: nothing was computed")
        enough = len(busy) >= len(clients) or or_read and not server.unread(clients)
        if enough and max(sample.tasks.values()) > BEGUN_SHARE * cost:
            if not or_read:
                _not_pinned(busy, done)
            return (sample.run + sample.waiting) / wall
        used = meter.cpu_time() - before
        if used >= SERIAL_SHARE * cost:
            raise CheckFailed(done, expected, f"{len(busy)} of them had computed by the time the server had used "
                              f"{used:.1f} s of CPU: the clients are served in turns; {server.doing()}")
        if all(client.ended for client in clients):
            raise CheckFailed(done, expected, f"after {meter.cpu_time():.2f} s of CPU all had ended, the first one thus: "
                              f"{seen_by(clients[0], server)}")
        if server.quiet_for(1.0) and not any(client.line for client in clients):
            raise CheckFailed(done, expected, server.doing())
        if wall > STARVED:
            raise Inconclusive(f"the machine gave the server {sample.run:.2f} s of CPU in {wall:.0f} s; end other work "
                               "on it, and grade again")


def _not_pinned(tids: List[int], done: str) -> None:
    """Raises CheckFailed if all tasks may run on one and the same CPU only, where there are more."""
    allowed = set()
    for tid in tids:
        try:
            allowed |= os.sched_getaffinity(tid)
        except OSError:  # ended just now
            return
    if len(allowed) < min(2, proc.cores()):
        raise CheckFailed(done, f"that they may use all {proc.cores()} cores", f"all are bound to CPU {allowed.pop()}: "
                          "they only take turns (sched_setaffinity(2))")


def work(server: Server, n: int) -> float:
    """Step 3. Returns the CPU time of eight requests over that of one. A CPU whose other half is busy, or taken away by a
    hypervisor, takes longer for the same: so one request before the eight and one after, each bound by the one that is in
    the server's favour, and several attempts."""
    for _ in range(ATTEMPTS):
        before, eight, after = _work(server, n, 1), _work(server, n, AT_ONCE), _work(server, n, 1)
        least, most = max(min(before, after), LEAST_SHARE * SINGLE_RUN), max(before, after)
        if eight >= WORK_SHARE[0] * least and eight <= WORK_SHARE[1] * most:
            return 2 * eight / (before + after)
    raise CheckFailed(f"one client sent '{n}', then {AT_ONCE} clients at the same time, then one again",
                      f"about {AT_ONCE} times the work for the {AT_ONCE}",
                      f"{before * 1000:.0f}, {eight * 1000:.0f} and {after * 1000:.0f} ms of CPU: " +
                      ("replies are remembered or shared" if eight < WORK_SHARE[0] * least else
                       "something spins while it waits"))


def _work(server: Server, n: int, number: int) -> float:
    """Returns the CPU time that so many requests took."""
    clients = server.connect_in_turn(number)
    meter = Meter(server)
    send_at_once(server, clients, b"%d\n" % n)

    def sampled() -> bool:
        meter.sample()
        return all(client.line is not None or client.ended for client in clients)

    server.wait(sampled, *clients, budget=40 * SINGLE_RUN * number)
    wrong = [client for client in clients if client.line != str(fib(n))]
    if wrong:
        who = f"{number} clients sent '{n}' at the same time" if number > 1 else f"one client alone sent '{n}'"
        raise CheckFailed(who, f"the line '{fib(n)}' for each", f"{len(wrong)} of {number} did not get it, one of them saw "
                          f"{seen_by(wrong[0], server)}")
    for client in clients:
        client.close()
    server.settle()
    return max(meter.cpu_time(), 1e-3)


def judge(start: Callable[..., Server], server: Server, n: int) -> str:
    """Judges by the three steps; returns what was measured, in words. `start` starts fresh servers like this one."""
    ideal = overtaking(start, server, SINGLE_RUN * GOLDEN ** (LARGEST - n))
    server.close()
    share = work(start(), n)
    return (f"{AT_ONCE - 1} clients would be served {ideal:.1f} times as fast as one by one on as many idle cores; the CPU time "
            f"of {AT_ONCE} was {share:.1f} times that of one")


def by_the_clock(build: Build, names: Sequence[str]) -> Dict[str, List[str]]:
    """Measures what a stopwatch shows: the turnaround of eight clients, of the synchronous server over that of each of the
    others, in turns. For the student to see: it depends on the machine, and costs no points. Returns a line for each name;
    none for a server that does not answer all."""
    n = calibrated_n(build.launcher, build.program("server")) - 1
    with contextlib.ExitStack() as stack:
        servers = {name: Server(build.launcher, build.program(name)) for name in ("server", *names)}
        for server in servers.values():
            stack.callback(server.close)
        times: Dict[str, List[float]] = {}
        for name, server in servers.items():
            with contextlib.suppress(CheckFailed, Inconclusive):
                server.start()
                times[name] = []
        before = {name: proc.listen_overflows(servers[name].box.pid) for name in times}
        meter = Meter(servers["server"])
        for number, name in enumerate(list(times) * ROUNDS):
            if len(times[name]) == number // len(times):
                with contextlib.suppress(CheckFailed, Inconclusive):
                    times[name].append(turnaround(servers[name], n))
        busy = sum(times["server"]) > BUSY * meter.cpu_time()
        overflows = max(proc.listen_overflows(servers[name].box.pid) - before[name] for name in times)
    remarks = "; the machine was busy" if busy else ""
    if overflows > 0:
        remarks += f"; the listen queue overflowed {overflows} times: net.core.somaxconn is too small"
    return {name: [_ratios(times["server"], times[name]) + remarks] if len(times.get(name, [])) == ROUNDS else []
            for name in names}


def _ratios(slow: Sequence[float], fast: Sequence[float]) -> str:
    ratios = sorted(one / another for one, another in zip(slow, fast))
    return (f"measured: {AT_ONCE} clients are served {statistics.median(ratios):.1f} times as fast as by the synchronous server "
            f"({ratios[0]:.1f} to {ratios[-1]:.1f} in {ROUNDS} rounds), on {this_machine().share()}")


def turnaround(server: Server, n: int) -> float:
    """Returns the seconds from the first of eight requests to the last reply; raises CheckFailed if one is missing."""
    clients = [server.connect() for _ in range(AT_ONCE)]
    began = time.monotonic()
    for client in clients:
        client.send(b"%d\n" % n)
    if not answered(server, *clients):
        raise CheckFailed(f"{AT_ONCE} clients sent '{n}'", "a reply for each", "not one for each")
    return time.monotonic() - began


def calibrated_n(launcher: Path, synchronous: Path) -> int:
    """Returns the n whose computing takes about SINGLE_RUN of CPU on this machine."""
    with Server(launcher, synchronous) as server:
        meter, n = Meter(server), 27
        answered(server, server.ask(n))
        used = max(meter.sample().run, 1e-5)
    while used < SINGLE_RUN and n < LARGEST - 2:
        n, used = n + 1, used * GOLDEN
    return n
