"""What a stopwatch shows: how much faster the concurrent servers are than the synchronous one. For
the student to see; it depends on the machine, and decides nothing. Times are seconds."""
from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Dict, List, Mapping, Sequence

from bench.figures import Figure, speedups
from bench.host import this_host
from checks import workload
from checks.asking import AT_ONCE, answered
from checks.server import Server
from checks.verdict import CheckFailed, Inconclusive
from sandbox.sandbox import Sandbox
from watching import procfs
from watching.meter import Meter

ROUNDS = 2
# What is asked for is a calibrated n (workload.py), less this: each of it takes away two fifths of
# the CPU time. More, and what a server does besides computing weighs in; less, and gradings take
# longer.
CHEAPER = 3
# Wall time over CPU time of the synchronous server, which does nothing but compute: above that, the
# machine was busy with something else.
BUSY = 1.4
REFERENCE = "reference"  # the synchronous server, among those that are measured


def measured_speedups(sandbox: Sandbox, synchronous: Path,
                      programs: Mapping[str, Path]) -> Dict[str, List[str]]:
    """Measures the turnaround of AT_ONCE clients, of all servers in turns. `synchronous` is the
    lab's own server, `programs` are the others, by name. Returns by name what to print: one line,
    or none for a server that did not answer all. Raises CheckFailed, Inconclusive or BoxFailed if
    the synchronous server does not start."""
    with contextlib.ExitStack() as stack:
        servers = _started(stack, sandbox, {REFERENCE: synchronous, **programs})
        n = workload.Yardstick(servers[REFERENCE]).calibrated_n() - CHEAPER
        overflows = {name: _overflows(server) for name, server in servers.items()}
        meter = Meter(servers[REFERENCE].box.tree, servers[REFERENCE].cpu_time)
        times = _turnarounds(servers, n)
        busy = sum(times[REFERENCE]) > BUSY * meter.cpu_time()
        lost = max(_overflows(server) - overflows[name] for name, server in servers.items())
    remarks = remarks_on(busy, lost)
    complete = {name for name, measured in times.items() if len(measured) == ROUNDS}
    return {name: [line_for(times[REFERENCE], times[name]) + remarks]
            if {REFERENCE, name} <= complete else [] for name in programs}


def _started(stack: contextlib.ExitStack, sandbox: Sandbox,
             programs: Mapping[str, Path]) -> Dict[str, Server]:
    """Starts the servers, which the stack will end. Returns those that serve a first client, and
    the synchronous one in any case."""
    servers: Dict[str, Server] = {}
    for name, program in programs.items():
        server = Server(sandbox, program)
        stack.callback(server.close)
        try:
            server.start()
        except (CheckFailed, Inconclusive):
            if name == REFERENCE:
                raise
            continue
        servers[name] = server
    return servers


def _turnarounds(servers: Mapping[str, Server], n: int) -> Dict[str, List[float]]:
    """Measures all servers in turns. One that does not answer all is left out from then on, and has
    fewer than ROUNDS times."""
    times: Dict[str, List[float]] = {name: [] for name in servers}
    for number in range(ROUNDS):
        for name, server in servers.items():
            if len(times[name]) == number:
                with contextlib.suppress(CheckFailed, Inconclusive):
                    times[name].append(timed_burst(server, n))
    return times


def timed_burst(server: Server, n: int) -> float:
    """Returns the time from the first of AT_ONCE requests for fib(n) to the last reply; the clients
    are connected before. Raises CheckFailed if a reply is missing."""
    clients = [server.connect() for _ in range(AT_ONCE)]
    began = time.monotonic()
    for client in clients:
        client.send(b"%d\n" % n)
    if not answered(server, *clients):
        raise CheckFailed(f"{AT_ONCE} clients sent '{n}'", "a reply for each", "a reply is missing")
    return time.monotonic() - began


def _overflows(server: Server) -> int:
    return procfs.listen_overflows(server.box.pid)


def remarks_on(busy: bool, overflows: int) -> str:
    """Returns why the figures may not mean much."""
    remarks = "; the machine was busy" if busy else ""
    if overflows > 0:
        remarks += (f"; the listen queue overflowed {overflows} times: "
                    "net.core.somaxconn is too small")
    return remarks


def line_for(reference: Sequence[float], times: Sequence[float]) -> str:
    """Returns the line about a server whose rounds took these times, and the synchronous server's
    the reference times."""
    found = Figure.of(speedups(reference, times))
    return (f"measured: {AT_ONCE} clients are served {found.median:.1f} times as fast as by the "
            f"synchronous server ({found.low:.1f} to {found.high:.1f} in {ROUNDS} rounds), on "
            f"{this_host().share()}")
