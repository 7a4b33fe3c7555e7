"""Do ended threads leave memory behind? Two looks: the probe gives each block of malloc() pages of
its own, so that what is never freed shows in the size of the address space; and without it, the
heap that is in memory grows."""
from __future__ import annotations

from typing import Callable, Sequence

from checks.asking import CLEANUP_QUIET
from checks.check import Check
from checks.many import PAGE, Record, Stage, grows
from checks.server import Server
from checks.verdict import CheckFailed

MT_MEMORY = Check("mt-memory", 4, "ended threads leave no memory behind")

# What is never freed, for each client: more than this is no block of a sensible program, but a
# stack (8 MiB by default). Smaller, and a large block is called a stack; larger, and a stack of one
# client in many is called a block. The check fails in any case.
LARGEST_BLOCK = 8 * PAGE
# The size is taken this many times after a failure each. Fewer, and stacks that are kept for the
# next threads look like a leak; more take longer.
ROUNDS = 8
# Seconds asleep until a server has dealt with what it was sent, where that is one client. Shorter,
# and a size is taken too early, with a thread still there; longer, and every round takes longer.
BRIEF = 0.015
# Seconds asleep until it is not going to free anything soon. Shorter, and a server that cleans up a
# little later is waited for at the end of all rounds instead; longer, and every round takes longer.
FREED_QUIET = 0.1


def stays(record: Record) -> None:
    """The memory does not grow with the number of clients that were served. Raises CheckFailed."""
    figures: Sequence[Callable[[Stage], int]] = (lambda stage: stage.address_space,
                                                 lambda stage: stage.heap)
    stages = record.again or record.stages
    for figure in figures:
        if record._replace(stages=stages).grows(figure, PAGE):
            first, last = stages[0], stages[-1]
            number = last.clients - first.clients
            leak = (figure(last) - figure(first)) / number
            failure = _leaks(f"served {last.clients} clients, while 2 others that had come before "
                             "stayed silent", leak, (last.heap - first.heap) / number)
            failure.seen += record.freed_late(figure)
            raise failure


def does_not_grow(server: Server, act: Callable[[], None], done: str) -> None:
    """Raises CheckFailed if the address space grows (nearly) each time that something is done:
    memory is leaked. `done` says what was done, with {} for how many times. Needs the probe's
    pages."""
    def size() -> int:
        server.settle(quiet=BRIEF)
        return server.address_space()

    sizes = [size()]
    for _ in range(ROUNDS):
        act()
        before = sizes[-1]
        server.wait(lambda: size() <= before, quiet=FREED_QUIET)
        sizes.append(size())
    if not grows(sizes, PAGE):
        return
    least = sorted(after - before for before, after in zip(sizes, sizes[1:]))[1]
    if server.wait(lambda: size() < sizes[0] + least, quiet=CLEANUP_QUIET):
        return  # all was freed in the end, by a timer
    raise _leaks(done.format(ROUNDS), (sizes[-1] - sizes[0]) / ROUNDS)


def _leaks(done: str, leak: float, in_heap: float = 0.0) -> CheckFailed:
    """Returns what to raise for a leak of so many bytes a client, of which so many are seen in the
    heap."""
    kind, symptom = "blocks from malloc() are", "blocks-pile-up"
    if leak > LARGEST_BLOCK and in_heap < PAGE:
        kind, symptom = "the stacks of ended threads are", "stacks-pile-up"
    size = f"{leak / 1024:.0f} KiB" if leak >= 1024 else f"{leak:.0f} bytes"
    return CheckFailed(done, "about as much memory as before, however many clients there were",
                       f"{size} more for each client, on average: {kind} never freed", symptom)
