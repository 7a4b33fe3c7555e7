"""Many clients, one after another and a few at a time, and what a server has left behind after each
stage. Several checks judge the same record: what leaks is a matter of its own check, that not all
were served is robustness.py's."""
from __future__ import annotations

import os
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from checks import diagnosis
from checks.asking import CLEANUP_QUIET, all_served, bystanders, closer_look
from checks.server import CPU_BUDGET, SETTLED_CLIENT, Server
from checks.symptoms import counted, verb
from checks.verdict import CheckFailed, Inconclusive
from watching import private

PAGE = os.sysconf("SC_PAGE_SIZE")
# Clients in all: more than the tables of 1024 places that are so common. Fewer, and such a table,
# or a leak of one in a hundred, is not noticed; more, and gradings take longer.
MANY = 1100
STAGES = 5  # a leak shows in (nearly) each of them; what is set up for good does not
FIRST = 100  # clients before the first look: what is set up once is there by then
# At a time, at most. Fewer take longer; more, and stacks and children of one moment look like more
# than they are.
WIDTH = 16
# The count may grow in all stages but this many, and it is a leak. Fewer, and one that spares a
# stage passes; more, and what is set up late looks like a leak.
SPARED = 1
# Looks that are enough where (nearly) each client leaves something behind. Fewer, and what is set
# up late looks like that; more take longer.
ENOUGH = 3
# The last clients of a stage come alone, one after another. Fewer, and what is cleaned up only when
# the next client comes (threads are joined after each accept) is more after one stage than after
# another, by chance; more take longer.
ALONE = 3
LESS_THAN_A_STACK = 1 << 20  # bytes, and more than what malloc() keeps for later
# Seconds asleep until a stage has left what it leaves: later ones are looked at anyway.
BRIEF = 0.03


class Stage(NamedTuple):
    """What the server had after so many clients."""
    clients: int
    processes: int  # zombies included
    zombies: int
    descriptors: int
    threads: int
    address_space: int  # bytes mapped
    heap: int  # bytes of the heap that are in memory; 0 if that cannot be seen


class Record(NamedTuple):
    """A server that has served many clients."""
    stages: List[Stage]
    lost: Optional[CheckFailed]  # why it came to an early end
    kinds: List[str] = []  # of what kind its descriptors were in the end, in words
    reaping: List[str] = []  # what it did with the signal for ended children
    again: List[Stage] = []  # where memory grew: more stages, looked at when all was cleaned up
    late: List[Stage] = []  # where anything grew: when those had been served that were silent

    def freed_late(self, figure: Callable[[Stage], int]) -> List[str]:
        """Returns the words for a figure that became small again when the clients had been served
        that were silent; nothing if it did not."""
        grown = figure((self.again or self.stages)[-1]) - figure(self.stages[0])
        if any(2 * (figure(one) - figure(self.stages[0])) < grown for one in self.late):
            return ["when the clients had left that were there before all others, it was "
                    "cleaned up"]
        return []

    def grows(self, figure: Callable[[Stage], int], least: int = 1) -> bool:
        """Returns whether a figure grows with the number of clients, by `least` a stage, in nearly
        each or from some stage on."""
        values = [figure(stage) for stage in self.stages]
        return grows(values, least) or grows_late(values, least)


Serving = Callable[[], Record]  # serves many clients, or tells how they were served


Figures = Sequence[Tuple[Callable[[Stage], int], int]]
MEMORY: Figures = ((lambda stage: stage.address_space, PAGE), (lambda stage: stage.heap, PAGE))
FIGURES: Figures = ((lambda stage: stage.zombies, 1), (lambda stage: stage.descriptors, 1),
                    (lambda stage: stage.threads, 1), *MEMORY)


def grows(values: Sequence[int], least: int = 1) -> bool:
    """Returns whether values, taken after equal stages, grow (nearly) each time by `least` at
    least, and are the larger for it in the end: a leak, however slow, and nothing that is set up
    once, or cleaned up late."""
    steps = [after - before for before, after in zip(values, values[1:])]
    needed = max(len(steps) - SPARED, ENOUGH - 1)
    grown = sum(1 for step in steps if step >= least)
    return grown >= needed and values[-1] - values[0] >= needed * least


def grows_late(values: Sequence[int], least: int = 1) -> bool:
    """Returns whether values grow by `least` in each of the last ENOUGH steps, whatever they did
    before: a leak that has begun late, as with the first client that finds a pool empty."""
    steps = [after - before for before, after in zip(values, values[1:])][-ENOUGH:]
    return len(steps) == ENOUGH and all(step >= least for step in steps)


def serve_many(server: Server) -> Record:
    """Serves MANY clients, and looks at the server after each stage, while others stay silent."""
    stages: List[Stage] = []
    again: List[Stage] = []
    lost: Optional[CheckFailed] = None
    served = 0
    try:
        with bystanders(server):
            while served < MANY and not _plain(stages):
                number = (MANY - FIRST) // STAGES if stages else FIRST
                _serve(server, served, number)
                served += number
                server.settle(quiet=BRIEF)
                stages.append(stage_of(server, served))
            if _any_grows(stages):
                stages[-1] = _cleaned_up(server, stages)
            if _any_grows(stages, MEMORY):
                again = _once_more(server, stages)
    except CheckFailed as error:
        lost = error
    if not _any_grows(stages):
        return Record(stages, lost)
    return Record(stages, lost, closer_look(lambda: diagnosis.kinds(server)),
                  closer_look(lambda: diagnosis.sigchld(min(server.idle))), again,
                  [] if lost else _afterwards(server, stages))


def _afterwards(server: Server, stages: Sequence[Stage]) -> List[Stage]:
    """Returns one more stage, when those have been served that were silent; none if that fails: it
    is for words only."""
    try:
        _serve(server, stages[-1].clients, 1)
        return [_cleaned_up(server, stages)]
    except (CheckFailed, Inconclusive):
        return []


def _any_grows(stages: Sequence[Stage], figures: Figures = FIGURES) -> bool:
    """Returns whether anything that is counted grows with the number of clients."""
    record = Record(list(stages), None)
    return any(record.grows(figure, least) for figure, least in figures)


def _plain(stages: Sequence[Stage]) -> bool:
    """Returns whether it is plain by now that (nearly) each client leaves something behind: some
    thousand processes more would take long, and tell nothing new."""
    if len(stages) < ENOUGH:
        return False
    before, after = stages[-ENOUGH], stages[-1]
    clients = after.clients - before.clients
    return any(2 * (now - then) > clients for then, now in (
        (before.processes, after.processes), (before.descriptors, after.descriptors),
        (before.threads, after.threads)))


def _serve(server: Server, before: int, number: int) -> None:
    """Serves `number` clients: one alone, or a few at a time."""
    left = number
    while left:
        width = max(min(left - ALONE, server.draw.choice((1, 2, WIDTH, WIDTH))), 1)
        so_far = _so_far(before + number - left)
        server.lately = so_far
        asked = {server.connect(): server.draw.randrange(10) for _ in range(width)}
        for client, n in asked.items():
            client.send(b"%d\n" % n)
        came = "a client came" if width == 1 else f"{width} clients came at the same time"
        all_served(server, asked, f"{so_far}{came}; 2 others, which had come before, were slow",
                   budget=CPU_BUDGET)
        for client in asked:
            client.close()
        del server.clients[-width:]
        left -= width
        if left < ALONE:
            server.settle(quiet=SETTLED_CLIENT)


def _so_far(served: int) -> str:
    """Returns what has been done by now, to be followed by what came then."""
    if not served:
        return ""
    return f"{counted(served, 'client')} {verb(served, 'was', 'were')} served; then "


def _cleaned_up(server: Server, stages: Sequence[Stage]) -> Stage:
    """Returns the last stage once more, when nothing more is cleaned up: by a timer, for
    example."""
    def clean() -> bool:
        return not _any_grows([*stages[:-1], stage_of(server, stages[-1].clients)])

    server.wait(clean, quiet=CLEANUP_QUIET)
    return stage_of(server, stages[-1].clients)


def _once_more(server: Server, stages: Sequence[Stage]) -> List[Stage]:
    """Returns more stages, each looked at when all is cleaned up, until one is no larger than the
    one before. Where that is done by a timer, the heap may have grown by chance, the more, the
    longer ago it was; and it does not shrink."""
    clean = min(stage.address_space for stage in stages) + LESS_THAN_A_STACK
    more: List[Stage] = []
    while len(more) < ENOUGH and (len(more) < 2 or _larger(more[-2], more[-1])):
        served = (more or stages)[-1].clients
        number = (MANY - FIRST) // STAGES
        _serve(server, served, number)
        server.wait(lambda: server.address_space() <= clean, quiet=CLEANUP_QUIET)
        more.append(stage_of(server, served + number))
    return more


def _larger(before: Stage, after: Stage) -> bool:
    return after.address_space > before.address_space or after.heap > before.heap


def stage_of(server: Server, clients: int) -> Stage:
    """Returns what the server has right now, `clients` having been served."""
    return Stage(clients, len(server.box.tree()), len(server.zombies()), server.descriptors(),
                 server.threads(), server.address_space(),
                 sum(private.heap(pid, server.box.user) for pid in server.idle))
