"""How long the checks of one server may take, whatever it does: one that costs much time in each of
them must not hold up the grading of a class. Where the machine is busy with something else, they
may take longer."""
from __future__ import annotations

import functools
import os
import time
from typing import Callable, NamedTuple, Optional

from checks.verdict import CheckFailed
from watching import procfs

# Seconds on the clock for all checks of one server. Less, and a right one on a slow machine fails;
# more, and a grading takes longer than a minute.
ALLOWED = 45.0
# How much longer it may take each time that the machine has been too busy. Smaller, and it is asked
# more often; larger, and a grading goes on although the machine is idle again.
MORE = 10.0
# The part of the time that the CPUs were busy with other programs than the grading: if it was more,
# the machine is to blame. Smaller, and servers gain time by what runs beside; larger, and a busy
# machine fails right servers.
OTHERS = 0.2


class Used(NamedTuple):
    """What has been used up to now, in seconds."""
    clock: float
    busy: float  # CPU time of the whole machine; 0 if that is not known
    own: float  # CPU time of the grading: what it grades included


class Allowance:
    """The time that is left for the checks of one server."""

    def __init__(self, use: Optional[Callable[[], Used]] = None, cores: int = 0) -> None:
        """Begins now. `use` and `cores`: how to measure, and how many CPUs the machine has. By
        default, what this process's parent has started belongs to the grading: its pytests."""
        self._use = use or functools.partial(used, os.getppid())
        self._cores = cores or os.cpu_count() or 1
        self._began = self._use()
        self._until = self._began.clock + ALLOWED

    def check(self, done: str) -> None:
        """Raises CheckFailed if the time is used up, and not by other programs. `done` says what
        was done last, and ends with "; then "."""
        if time.monotonic() < self._until:
            return
        now = self._use()
        if now.busy == 0 or self._others(now) > OTHERS:
            self._until = now.clock + MORE
            return
        raise CheckFailed(
            f"{done}waited for the server", "the checks to take a few seconds in all",
            [f"they have taken {now.clock - self._began.clock:.0f} s by now",
             f"of the machine's CPU time, {self._own(now):.0%} was used by the server and the "
             "checker"], "takes-too-long")

    def _own(self, now: Used) -> float:
        return (now.own - self._began.own) / (self._cores * (now.clock - self._began.clock))

    def _others(self, now: Used) -> float:
        """Returns the part of all CPUs' time that other programs have used."""
        whole = self._cores * (now.clock - self._began.clock)
        return (now.busy - self._began.busy) / whole - self._own(now)


def used(root: int) -> Used:
    """Returns what a grading, and the machine, have used up to now. `root` is the process below
    which all that belongs to the grading is."""
    everything = [procfs.process(root), *procfs.tree(root).values()]
    own = sum(one.own_time + one.reaped_time for one in everything if one)
    return Used(time.monotonic(), busy_time(), own)


def busy_time() -> float:
    """Returns the seconds that the machine's CPUs have been busy (proc(5), /proc/stat); 0 if that
    cannot be read."""
    try:
        words = procfs.read("/proc/stat").split(b"\n", 1)[0].split()
    except OSError:
        return 0.0
    user, nice, system, _, _, irq, softirq, steal = (int(word) for word in words[1:9])
    return (user + nice + system + irq + softirq + steal) / procfs.TICK
