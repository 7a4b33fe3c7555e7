"""Grading many: several at a time, then what was not decided by itself, one after the other."""
from __future__ import annotations

from pathlib import Path
from typing import Callable, List, Mapping, NamedTuple, Protocol, Sequence

from bench.host import this_host
from classroom.attempt import Attempt
from classroom.crew import Crew, Started
from classroom.deciding import MOST, again

# Gradings at a time for each core that may be used. A grading waits more than it computes: fewer,
# and the cores are idle; more, and verdicts begin to depend on who else is graded.
PER_CORE = 4
# Bytes of memory for each of them. Less, and the machine may run out of it where several that take
# much meet; more, and cores are idle.
MEMORY = 384 << 20
EACH = 10  # gradings to a line, where progress is not shown on a terminal

Sources = Mapping[str, bytes]  # by server


class Grade(Protocol):
    """What grades: attempt.Checker, or a test's own."""

    def __call__(self, sources: Sources, started: Started) -> Attempt:
        """Grades some sources, telling the process that does it."""


class Item(NamedTuple):
    """Sources that are to be graded, whoever has handed them in, and what came of it so far."""
    name: str  # they are recognised by
    sources: Sources
    attempts: List[Attempt]


def default_jobs(meminfo: Path = Path("/proc/meminfo")) -> int:
    """Returns how many gradings at a time this machine bears."""
    wanted = int(PER_CORE * this_host().usable)
    try:
        words = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
        wanted = min(wanted, (int(words["MemAvailable"].split()[0]) << 10) // MEMORY)
    except (OSError, KeyError, ValueError):
        pass  # nobody knows how much there is
    return max(1, wanted)


def grade_all(items: Sequence[Item], grade: Grade, keep: Callable[[Item], None],
              jobs: int) -> None:
    """Grades all items, and keeps what comes of each as soon as it is known: also of those that are
    graded once more later. Raises what `grade` and `keep` raise."""
    def work(item: Item, _: List[str], started: Started) -> Item:
        item.attempts.append(grade(item.sources, started))
        return item

    def do(these: Sequence[Item], at_once: int, words: str) -> None:
        slots: List[List[str]] = [[] for _ in range(at_once)]
        Crew(slots, work, keep, words, EACH).do(these)

    if items:
        do(items, min(jobs, len(items)), "graded")
    for _ in range(1, MOST):
        undecided = [item for item in items if item.attempts and again(item.attempts)]
        if undecided:
            do(undecided, 1, "graded again, each by itself")
