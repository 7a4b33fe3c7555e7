"""Step 2 of the judging of CPU-bound clients (speedup.py): long requests in progress, and a cheap
one that overtakes them.

A look at the server means something or nothing (meaning_of); nothing is decided by the clock.
"""
from __future__ import annotations

import contextlib
import enum
import os
from typing import Callable, Collection, NamedTuple, NoReturn, Sequence, Set

from checks.asking import AT_ONCE, closer_look, fib, served
from checks.diagnosis import blocked, doing
from checks.server import Server
from checks.together import HARDLY, Observation, Requests, Unseen, lines_of, longest_sleep
from checks.verdict import CheckFailed, too_busy
from checks.work_of_eight import SLEPT
from checks.workload import Load, Yardstick
from watching import procfs
from watching.course import Course

# Seconds of CPU: a thread that has run longer has done more than to go on after a SIGCONT. Smaller,
# and a thread that has only woken up counts as one that serves; larger, and the cheap request is
# sent later, when a request of the eight may be ready already.
AWAKE = 0.0001
# A thread that has run this share of the cheapest of the long requests is computing. Smaller, and
# one that only reads its request counts; larger, and again the cheap request comes late.
BEGUN_SHARE = 0.04
# Each of eight threads has to compute for this share of the cheapest of the long requests. Smaller,
# and those of a server that is parallel for a moment only pass; larger, and grading takes longer.
RUN_SHARE = 0.4
# A server that has used as much as eight threads need for that, times this, is serial if one of
# them has not run enough, and has slept more than SLEPT of the time: in a parallel one, even on one
# core, those that have not run wait for a CPU. Smaller, and one that reads its requests slowly
# looks serial; larger, and a lock that is soon free again is not noticed.
SERIAL_FACTOR = 1.0
# A server in which no thread has run for this part of what a request costs, when it replies, has
# not computed it all. Smaller, and one that remembers much is not noticed; larger, and what is not
# seen of a thread that ends makes a right one look wrong.
LEAST_SHARE = 0.5
# And one that has used less than this part in all has computed nothing. It is only a word.
NOTHING = 0.1
# A server that has used this many times what all requests cost is not waited for. Fewer, and a
# machine that becomes slower fails a right one; more, and one that spins takes longer.
ENOUGH = 3.0
# An unlucky schedule may spoil one for a right server, but never saves a wrong one. More
# of them take longer to find fault; fewer blame a right server on a busy machine.
ATTEMPTS = 3
# Attempts that may say nothing, as a reply came before the cheap request was sent, or threads may
# have ended unseen, for each that counts. More take longer on a busy machine; fewer are
# inconclusive there.
RETRIES = 3
# Seconds without any activity: nothing will come any more. Shorter, and a server that sleeps
# between two tries for a lock looks stuck; longer, and a stuck one takes longer.
ASLEEP = 1.0
# Seconds of wall time until the machine, not the server, is blamed. Shorter, and more gradings on
# a busy machine are inconclusive; longer, and they take longer to say so.
STARVED = 60.0


class Meaning(enum.Enum):
    """What an observation means."""
    WAIT = "nothing is certain yet"
    PARALLEL = "as many threads as there are clients have run, and hardly slept"
    SERIAL = "the server has used much CPU time, and some slept"
    SPINNING = "the server has used much more than all requests cost"
    MEMOISED = "a right reply came, and nothing was computed"
    TOO_LITTLE = "a right reply came, and no thread has computed all of it"
    ENDED = "all connections have ended"
    ASLEEP = "nothing happens any more, and no reply came"
    STARVED = "the machine gives the server no CPU time"


# What is concluded from what has run too little, or not at all.
OF_WHAT_RAN = {Meaning.SERIAL, Meaning.MEMOISED, Meaning.TOO_LITTLE, Meaning.ENDED}


class Goal(NamedTuple):
    """What is waited for. Costs are seconds of CPU."""
    costs: Sequence[float]  # of the requests
    least: float  # a thread that has run more counts
    most: float  # a server that has used more, while one slept, is serial
    begun: float  # one that has run more is computing
    reading: bool  # is it enough, too, that all requests have been read?

    @property
    def clients(self) -> int:
        """How many threads have to run."""
        return len(self.costs)


def meaning_of(seen: Observation, goal: Goal, replied: float) -> Meaning:
    """Returns what an observation means. `replied` is what the most expensive request costs that
    has its right reply, 0 if none has. Pure; the order of the questions matters."""
    if not seen.busy(LEAST_SHARE * replied) and replied:
        nothing = seen.cpu_time < NOTHING * replied
        return Meaning.MEMOISED if nothing else Meaning.TOO_LITTLE
    enough = len(seen.busy(goal.least)) >= goal.clients
    if goal.reading:
        enough = enough or not seen.unread
        if enough and seen.busy(goal.begun):
            return Meaning.PARALLEL
    elif enough:
        slept = longest_sleep(seen.most(goal.clients))
        return Meaning.SERIAL if slept > SLEPT else Meaning.PARALLEL
    if seen.used >= ENOUGH * sum(goal.costs):
        return Meaning.SPINNING
    if seen.used >= goal.most and (len(seen.courses) < goal.clients or lazy(seen, goal)):
        return Meaning.SERIAL
    if seen.ended == goal.clients:
        return Meaning.ENDED
    if seen.asleep > ASLEEP and not seen.right:
        return Meaning.ASLEEP
    return Meaning.STARVED if seen.wall > STARVED else Meaning.WAIT


def lazy(seen: Observation, goal: Goal) -> bool:
    """Returns whether one of those that have run most has not run enough, and slept meanwhile."""
    return any(course.run <= goal.least and course.idle > SLEPT * seen.wall
               for course in seen.most(goal.clients))


class Overtaking:
    """The step, once: long requests in progress, and a cheap one."""

    def __init__(self, server: Server, load: Load, yardstick: Yardstick) -> None:
        """Sends the long ones."""
        self.server, self.load = server, load
        self._before = {task.tid for task in server.tasks()}
        self._quick, *slow = server.connect_in_turn(AT_ONCE + 1)
        self.done = f"{len(slow)} clients sent {in_words(load.long)} at the same time"
        self.costs = [yardstick.lowest(n) for n in load.long]
        self._cost_of = dict(zip(load.long, self.costs))
        self._least = RUN_SHARE * min(self.costs)
        self._most = SERIAL_FACTOR * len(slow) * self._least
        self.requests = Requests(server, slow, load.long)

    def wait_until_begun(self) -> None:
        """Waits until all requests are in progress. Raises CheckFailed if they will not be."""
        self._wait(Goal(self.costs, AWAKE, self._most, BEGUN_SHARE * min(self.costs), reading=True))

    def overtakes(self) -> bool:
        """Sends the cheap request; returns whether its reply is the first one. Raises CheckFailed
        if it is a wrong one."""
        cheap = self._quick.send(b"%d\n" % self.load.cheap)
        clients = [cheap, *self.requests.asked]
        self.server.wait(lambda: any(client.line or client.ended for client in clients), *clients,
                         budget=sum(self.costs))
        if not cheap.line or self.requests.answered():
            return False
        self._judge_quick()
        return True

    def _judge_quick(self) -> None:
        """Raises CheckFailed if the cheap request has not got the right line, or more than that.
        Its end is not waited for: if the server keeps it open, all others would be over then."""
        self._quick.receive()
        if not self._quick.served(str(fib(self.load.cheap))):
            served(self.server, self._quick, self.load.cheap,
                   f"{self.done}, then another one '{self.load.cheap}'")

    def lost(self) -> CheckFailed:
        """Returns what to raise when the cheap request has not overtaken the others."""
        most = self.requests.look().most(len(self.costs))
        return CheckFailed(
            f"{self.done}; once all were in progress, another client, connected before, sent "
            f"'{self.load.cheap}'",
            "the cheap request to be answered first",
            [f"in {ATTEMPTS} attempts, the cheap request was never answered first: it had to wait "
             "for the others",
             *lines_of(most, self.server), *doing(self.server)],
            symptom=serial_or_decoys(most, self._before, "not-overtaken"))

    def wait_until_parallel(self) -> float:
        """Waits until a thread for each request has computed. Returns the speed-up; raises
        CheckFailed if the requests are not computed at the same time."""
        goal = Goal(self.costs, self._least, self._most, 0.0, reading=False)
        seen = self._wait(goal)
        self._judge_quick()
        bound = few_cpus([course.tid for course in seen.most(goal.clients)], procfs.cores())
        if bound:
            raise CheckFailed(
                self.done, f"threads or processes that may use each of {procfs.cores()} cores",
                f"the {goal.clients} that compute are all bound to CPU "
                + " and ".join(map(str, sorted(bound)))
                + f": no more than {len(bound)} can run at a time (sched_setaffinity(2))",
                symptom="pinned")
        return seen.speed_up()

    def _wait(self, goal: Goal) -> Observation:
        """Looks until something is certain. Returns the last look if that is Meaning.PARALLEL."""
        self.requests.expect()
        while True:
            seen = self.requests.look(goal.reading)
            replied = max((self._cost_of[n] for n in seen.right), default=0.0)
            meaning = meaning_of(seen, goal, replied)
            if meaning is Meaning.PARALLEL:
                return seen
            if meaning is not Meaning.WAIT:
                self._fail(meaning, seen, goal)
            self.server.allowance.check(f"{self.done}; then ")
            self.requests.pause()

    def _fail(self, meaning: Meaning, seen: Observation, goal: Goal) -> NoReturn:
        """Raises what a meaning other than PARALLEL or WAIT leads to."""
        if meaning is Meaning.STARVED:
            raise too_busy(f"the server got {seen.cpu_time:.2f} s of CPU time in {seen.wall:.0f} s")
        if meaning is Meaning.ENDED:
            self.requests.judge_replies(self.done)
        if meaning in OF_WHAT_RAN and not seen.complete:
            raise Unseen
        if meaning in (Meaning.MEMOISED, Meaning.TOO_LITTLE):
            self._fail_without_work(meaning, seen)
        expected = f"{goal.clients} threads or processes that compute at the same time"
        if meaning is Meaning.ASLEEP:
            raise CheckFailed(self.done, expected, doing(self.server), symptom="no-reply-waits")
        used = f"{seen.used:.2f} s of CPU time"
        first = (f"{len(seen.busy(goal.least))} of {goal.clients} had computed for "
                 f"{goal.least * 1000:.0f} ms when the server had used {used}: not all requests "
                 "are computed at the same time")
        symptom = serial_or_decoys(seen.courses, self._before, "serial")
        if len(seen.busy(goal.least)) >= goal.clients:
            first = (f"one slept for {longest_sleep(seen.most(goal.clients)):.0%} of its time, its "
                     "request not computed yet: not all requests are computed at the same time")
        if goal.reading:
            first = (f"only {len(seen.busy(goal.begun))} of {goal.clients} had begun to compute "
                     f"when all had used {used}: not all requests are computed at the same time")
        if meaning is Meaning.SPINNING:
            symptom = "busy-waits"
            first = f"{used}, for what costs {sum(goal.costs):.2f} s: something busy-waits"
        raise CheckFailed(self.done, expected,
                          [first, *lines_of(seen.most(len(seen.busy(HARDLY))), self.server),
                           *closer_look(lambda: blocked(self.server))], symptom)

    def _fail_without_work(self, meaning: Meaning, seen: Observation) -> NoReturn:
        expected = "replies that are computed for each request"
        costs = self._cost_of[max(seen.right)] * 1000
        reply = f"a reply to '{max(seen.right)}' "
        usual = f" of CPU time, where the synchronous server uses {costs:.0f} ms: "
        if meaning is Meaning.MEMOISED:
            raise CheckFailed(self.done, expected, f"{reply}after {seen.cpu_time * 1000:.0f} ms"
                              f"{usual}nothing was computed", "memoised")
        most = max(course.run for course in seen.courses) * 1000
        raise CheckFailed(self.done, expected, f"{reply}when no thread or process had used more "
                          f"than {most:.0f} ms{usual}not all of each result is computed",
                          "too-little-work")


def serial_or_decoys(courses: Sequence[Course], before: Collection[int], serial: str) -> str:
    """Returns the symptom of a server that is not parallel: does each client's thread compute in
    its turn (`serial`), or does one that was there `before` the clients, beside others ("decoys"),
    or alone ("one-for-all")?"""
    most = max(courses, key=lambda course: course.run, default=None)
    if courses and all(course.tid in before for course in courses):
        return "one-for-all"
    return "decoys" if most is not None and most.tid in before else serial


def few_cpus(tasks: Sequence[int], cores: int) -> Set[int]:
    """Returns the CPUs that all of the tasks are bound to, where these are no more than half of
    those that they could use; else none, also when one of them has ended."""
    allowed: Set[int] = set()
    for task in tasks:
        try:
            allowed |= os.sched_getaffinity(task)
        except OSError:
            return set()
    return allowed if 2 * len(allowed) <= min(cores, len(tasks)) else set()


def in_words(numbers: Sequence[int]) -> str:
    """Returns numbers as requests, in words."""
    words = [f"'{n}'" for n in numbers]
    return ", ".join(words[:-1]) + " and " + words[-1]


def overtaking(start: Callable[[], Server], server: Server, load: Load,
               yardstick: Yardstick) -> float:
    """The step. `start` starts a server like the given one, for another attempt. Returns the
    speed-up that as many idle cores as clients would show."""
    lost = 0
    for _ in range(RETRIES * ATTEMPTS):
        attempt = Overtaking(server, load, yardstick)
        with contextlib.suppress(Unseen):
            attempt.wait_until_begun()
            # A reply that is there already: too late to be overtaken, and no fault of the server.
            if not attempt.requests.answered():
                if attempt.overtakes():
                    return attempt.wait_until_parallel()
                lost += 1
                if lost == ATTEMPTS:
                    raise attempt.lost()
        server.close()
        server = start()
    raise too_busy("requests were computed before the others could begin, or before the grader "
                   "could look")
