"""Are CPU-bound clients served in parallel?

The clock cannot tell on a busy machine, or on one core; what the scheduler knows can. There are
three steps, none with a bound on wall time:

 1. Concurrency (concurrency.py, done before): silent clients delay nobody.
 2. Overtaking (overtaking.py): eight long requests are sent, and nobody waits for their replies.
    When they are in progress (all have been read, or a thread for each of them has run, and one
    computes), a ninth client sends a cheap one. Its reply comes before any of the eight, unless
    whoever computes keeps the others from computing: for example by a lock that is taken by trying
    and yielding, while all of them burn CPU time. Then the eight are watched for a while, until
    eight threads have each computed for as long as half of the least of them takes. In a parallel
    server each of those runs, or waits for a CPU, nearly all the time; in a serial one they sleep,
    or one computes for all.
 3. Work (work_of_eight.py): eight requests until all have been answered. The same, through the
    whole computation; and the CPU time, against that of the lab's own service in the same minute.

What is asked for is drawn for each grading (workload.py): each number in a range of about eight,
by two clients at a time. So a server that is parallel for certain numbers only is seen, too.
Threads that may run on one CPU only, on a machine with more, are not parallel either.

A busy machine only makes all this take longer.
"""
from __future__ import annotations

from typing import Callable

from checks.asking import AT_ONCE
from checks.check import Check
from checks.overtaking import overtaking
from checks.server import Server
from checks.work_of_eight import work_of_eight
from checks.workload import Yardstick, drawn

TITLE = "CPU-bound clients are served in parallel"
MP_SPEEDUP = Check("mp-speedup", 8, TITLE)
MT_SPEEDUP = Check("mt-speedup", 8, TITLE)


def judge(start: Callable[[], Server], server: Server, yardstick: Yardstick) -> str:
    """Judges a server that passes step 1 by the other two. `start` starts fresh servers like this
    one. Returns what was measured, in words."""
    n = yardstick.calibrated_n()
    load = drawn(server.draw, n)
    yardstick.measure(n)
    speed_up = overtaking(start, server, load, yardstick)
    server.close()
    share = work_of_eight(start(), load, yardstick)
    # Other threads of the server may run, too: then it comes out larger than it can be.
    return (f"on {AT_ONCE} idle cores the speed-up would be {min(speed_up, AT_ONCE):.1f}; "
            f"{AT_ONCE} requests "
            f"used {share:.2f} times the CPU time of as many in the synchronous server")
