"""What clients ask of a server: all at once for much work, or one of them slowly. Times are
seconds."""
from __future__ import annotations

from typing import List, NamedTuple

from checks.workload import GOLDEN, LARGEST

CPU, SLOW = "cpu", "slow"
NAMES = (CPU, SLOW)
SLOW_PAUSE = 1.0  # how long a slow client takes to send its request
SLOW_GAP = 0.1  # between two arrivals among slow clients
SLOW_SHARE = 0.25  # of the work of a CPU-bound client: what a quick client among slow ones asks for
# How much CPU time all clients of the default workload ask for together. Less, and what a server
# does besides computing weighs in; more, and the bench takes longer.
LEAST_WORK, MOST_WORK = 0.7, 1.6


class ClientPlan(NamedTuple):
    """What one client does: it connects, sends its number, and `pause` later the newline that
    completes the request."""
    arrives: float  # after the start of the workload
    pause: float
    n: int


class Workload(NamedTuple):
    """A load for a server. `measured` are the clients whose latency counts, by number from 0."""
    name: str
    title: str
    details: str
    clients: List[ClientPlan]
    measured: List[int]


def cpu_bound(clients: int, n: int) -> Workload:
    """All clients connect at once, each with work for the processor."""
    number = "1 client" if clients == 1 else f"{clients} clients"
    return Workload(CPU, "CPU-bound", f"{number} at once, each asks for fib({n})",
                    [ClientPlan(0.0, 0.0, n)] * clients, list(range(clients)))


def slow_client(clients: int, n: int) -> Workload:
    """The first client takes its time to send its request; the others, who connect one after the
    other, do not."""
    plans = [ClientPlan(SLOW_GAP * number, 0.0, n) for number in range(clients)]
    plans[0] = plans[0]._replace(pause=SLOW_PAUSE)
    details = (f"the first takes {SLOW_PAUSE:g} s to send its request; {clients - 1} quick ones "
               f"connect after it, {SLOW_GAP:g} s apart, and ask for fib({n}) each")
    quick = list(range(1, clients))
    return Workload(SLOW, "A slow client", details, plans, quick or [0])


def n_for_clients(n: int, cost: float, clients: int) -> int:
    """Returns the n for which so many clients together take about a second of CPU, between
    LEAST_WORK and MOST_WORK, if the given n takes `cost` seconds for one."""
    while cost * clients < LEAST_WORK and n < LARGEST:
        n, cost = n + 1, cost * GOLDEN
    while cost * clients > MOST_WORK and n > 0:
        n, cost = n - 1, cost / GOLDEN
    return n


def scaled_n(n: int, factor: float) -> int:
    """Returns the n that takes about `factor` times as much CPU time as the given one."""
    half_step = GOLDEN ** 0.5
    while factor > half_step and n < LARGEST:
        n, factor = n + 1, factor / GOLDEN
    while factor < 1 / half_step and n > 0:
        n, factor = n - 1, factor * GOLDEN
    return n
