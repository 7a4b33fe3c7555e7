"""Step 3 of the judging of CPU-bound clients (speedup.py): is the work of each client done, once?

On a fresh server one request, then eight of the same n at once, then one again. The CPU time of the
eight is about eight times that of the one. If it is much less, results are remembered or shared; if
it is much more, tasks spin while they wait.
"""
from __future__ import annotations

from checks.asking import AT_ONCE, fib, seen_by, send_at_once
from checks.server import Server
from checks.verdict import CheckFailed
from checks.workload import SINGLE_RUN
from watching.meter import Meter

# The CPU time of eight requests over that of one. Nearer to 8, and a machine whose speed changes
# (a hypervisor, two hyperthreads) fails right servers; wider, and half of the work could be shared.
FEWEST, MOST = 4.0, 16.0
# One request is taken to cost at least this part of SINGLE_RUN: if the server remembers, it costs
# nothing, and eight times nothing would be right. Smaller, and that passes; larger, and a machine
# that has become faster since the calibration fails right servers.
LEAST_SHARE = 0.25
# Of the step: an unlucky moment may spoil one for a right server, but never saves a wrong one. More
# of them take longer to find fault; fewer blame a right server on a busy machine.
ATTEMPTS = 3
# How many times SINGLE_RUN the server may use for each request until it is no longer waited for.
# Fewer, and a right server on a slow machine fails; more, and one that spins takes longer.
PATIENCE = 40
LEAST_TIME = 1e-3  # seconds: what less CPU time counts as, to divide by it

ENOUGH, SHARED, SPINNING = "enough", "results are remembered or shared", "something busy-waits"


def work_words(before: float, eight: float, after: float) -> str:
    """Returns what the CPU times, in seconds, of one request, of eight, and of one again mean:
    ENOUGH, SHARED or SPINNING.

    A CPU whose other half is busy, or which a hypervisor takes away, takes longer for the same. So
    of the two single requests the one counts that is in the server's favour."""
    if eight < FEWEST * max(min(before, after), LEAST_SHARE * SINGLE_RUN):
        return SHARED
    if eight > MOST * max(before, after):
        return SPINNING
    return ENOUGH


def work_of_eight(server: Server, n: int) -> float:
    """Returns the CPU time of eight requests of n over that of one; raises CheckFailed if it is far
    from eight in each attempt."""
    for _ in range(ATTEMPTS):
        before = _cpu_time(server, n, 1)
        eight = _cpu_time(server, n, AT_ONCE)
        after = _cpu_time(server, n, 1)
        words = work_words(before, eight, after)
        if words == ENOUGH:
            return 2 * eight / (before + after)
    raise CheckFailed(
        f"one client sent '{n}', then {AT_ONCE} clients at the same time, then one again",
        f"about {AT_ONCE} times the CPU time of one for the {AT_ONCE}",
        f"{before * 1000:.0f}, {eight * 1000:.0f} and {after * 1000:.0f} ms of CPU time: {words}")


def _cpu_time(server: Server, n: int, number: int) -> float:
    """Returns the seconds of CPU that `number` requests at once took; raises CheckFailed unless
    each gets its reply."""
    clients = server.connect_in_turn(number)
    meter = Meter(server.box.tree, server.cpu_time)
    send_at_once(server, clients, b"%d\n" % n)

    def all_done() -> bool:
        meter.sample()  # of tasks that will have ended when the replies are there
        return all(client.line is not None or client.ended for client in clients)

    server.wait(all_done, *clients, budget=PATIENCE * SINGLE_RUN * number)
    wrong = [client for client in clients if client.line != str(fib(n))]
    if wrong:
        who = f"{number} clients sent '{n}' at the same time"
        if number == 1:
            who = f"one client alone sent '{n}'"
        raise CheckFailed(who, f"the line '{fib(n)}' for each",
                          [f"{len(wrong)} of {number} did not get it; what one of them saw:",
                           *seen_by(wrong[0], server)])
    for client in clients:
        client.close()
    server.settle()
    return max(meter.cpu_time(), LEAST_TIME)
