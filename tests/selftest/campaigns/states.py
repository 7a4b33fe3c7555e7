"""The states of the machine that the corpus is graded in, and how each is brought about."""
from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, NamedTuple

QUOTA_CPUS = 0.5
PERIOD = 100000  # of a quota (microseconds)
CGROUPS = Path("/sys/fs/cgroup")


class State(NamedTuple):
    """What else goes on in the machine: busy loops; whether the checker may use one CPU only;
    whether it has a quota of CPU time, of QUOTA_CPUS."""
    name: str
    loops: int = 0
    one_core: bool = False
    quota: bool = False


STATES = [State("idle"), State("2 busy loops", loops=2), State("4 busy loops", loops=4),
          State("one core", one_core=True), State("half a core", quota=True)]


@contextlib.contextmanager
def busy(loops: int) -> Iterator[None]:
    """Runs that many processes which do nothing but compute."""
    processes: List[subprocess.Popen[bytes]] = []
    try:
        for _ in range(loops):
            processes.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


@contextlib.contextmanager
def quota(number: int) -> Iterator[List[str]]:
    """Makes a cgroup with half a CPU; yields the words before a command that put it there. Raises
    OSError where none can be made (cgroups(7): version 1's cpu controller, or version 2)."""
    old = CGROUPS / "cpu"
    group = (old if old.is_dir() else CGROUPS) / f"verdicts-{os.getpid()}-{number}"
    group.mkdir()
    try:
        share = int(QUOTA_CPUS * PERIOD)
        if old.is_dir():
            (group / "cpu.cfs_period_us").write_text(str(PERIOD))
            (group / "cpu.cfs_quota_us").write_text(str(share))
        else:
            (group / "cpu.max").write_text(f"{share} {PERIOD}")
        yield ["sh", "-c", f'echo $$ >"{group}/cgroup.procs" && exec "$@"', "sh"]
    finally:
        group.rmdir()


@contextlib.contextmanager
def prefixes(state: State, jobs: int) -> Iterator[List[List[str]]]:
    """Yields, for each job, the words before a command that bring it into a state, while that
    state's busy loops run. Raises OSError where no quota can be set."""
    cpus = sorted(os.sched_getaffinity(0))
    with contextlib.ExitStack() as stack:
        found = []
        for job in range(jobs):
            words = ["taskset", "-c", str(cpus[job % len(cpus)])] if state.one_core else []
            if state.quota:
                words += stack.enter_context(quota(job))
            found.append(words)
        stack.enter_context(busy(state.loops))
        yield found
