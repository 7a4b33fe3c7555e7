"""Requests of several clients at the same time, watched while they are computed.

What is seen of a server is what the scheduler knows of its threads: for how long each has run, has
waited for a CPU, and has slept (watching/meter.py). In an mp_server that makes processes for its
clients, a process counts as one. Whose request a thread computes need not be known: the one that
has run most is held against the most expensive request, and so on.
"""
from __future__ import annotations

import time
from typing import Dict, List, Mapping, NamedTuple, Sequence, Tuple

from checks.asking import all_served, fib, stopped
from checks.client import Client
from checks.server import LOOK, Server
from watching import private, procfs
from watching.course import Course, by_process
from watching.meter import Meter
from watching.quiet import Quiet

# Seconds between two looks. Shorter costs CPU time that the server needs; longer, and of a thread
# that ends less is known.
STEP = 0.005
# Looking may take this part of the time. More, and a server of many threads gets less of the CPU;
# less, and it is looked at too seldom.
LOOKING = 0.1
# A request is as long as the service's buffer. What follows the newline is ignored, but now the
# service stays for a while after its reply, until the client closes: so the CPU time of a thread
# can still be read when it has computed. Shorter, and less is known of a thread that ends.
REQUEST_SIZE = 32
# The service stays for 0.2 s after its reply (support/fibonacci.c, linger()). If two looks, with a
# reply between them, are further apart than this, who computed it may have ended unseen: on a busy
# machine, it is the grader that gets no CPU. Longer, and its work counts as not done; shorter, and
# more of what is seen there counts for nothing.
BLIND = 0.15
# Only words: seconds of CPU below which one has not computed, and the least part of its time for
# which it slept that is told.
HARDLY, LEAST_TOLD = 0.001, 0.05


def padded(number: int) -> bytes:
    """Returns a request, as long as the service's buffer."""
    return (b"%d\n" % number).ljust(REQUEST_SIZE, b"\n")


class Unseen(Exception):
    """Threads may have ended before they were looked at: the attempt says nothing."""


class Observation(NamedTuple):
    """What was seen of a server and its clients at one moment. Times are seconds."""
    wall: float  # since the requests were sent
    courses: Sequence[Course]  # of each thread, or process
    waiting: float  # for a CPU, of all threads since then
    cpu_time: float  # of the whole server since then: ended threads that were never seen included
    used: float  # the part of it since this wait began
    right: Sequence[int]  # the numbers for which a right reply has come
    ended: int  # connections that have ended
    unread: bool  # may a request not have been read yet?
    asleep: float  # since the last activity of a thread
    blind: float = 0.0  # the longest time between two looks with a right reply between them

    @property
    def complete(self) -> bool:
        """Whether what has run for the replies is all in here. Else it may have run more than
        shows, and there may have been more threads."""
        return self.blind <= BLIND

    def busy(self, least: float) -> List[Course]:
        """Returns the courses of those that have run for more than `least` seconds."""
        return [course for course in self.courses if course.run > least]

    def most(self, number: int) -> List[Course]:
        """Returns the courses of those that have run most, in that order."""
        return sorted(self.courses, key=lambda course: course.run, reverse=True)[:number]

    def speed_up(self) -> float:
        """Returns the speed-up that as many idle cores as threads would show: the time that they
        have run or could have run, over wall time."""
        return (sum(course.run for course in self.courses) + self.waiting) / self.wall


class Looks:
    """How long the times were between two looks with a reply between them."""

    def __init__(self, began: float) -> None:
        """There are no replies before this moment."""
        self._last, self._replies = began, 0
        self.blind = 0.0  # the longest of them

    def note(self, replies: int, began: float, ended: float) -> None:
        """Takes note of a look, with this number of replies: they are counted first. So those that
        are new have come since the look before began, and their threads are seen by its end, or by
        that of this one."""
        if replies > self._replies:
            self._replies, self.blind = replies, max(self.blind, ended - self._last)
        self._last = began


class Requests:
    """Requests that several clients have sent at the same time."""

    def __init__(self, server: Server, clients: Sequence[Client], numbers: Sequence[int]) -> None:
        """Sends them: the server sees none before all have been sent."""
        self.server, self.asked = server, dict(zip(clients, numbers))
        self.of_processes = has_made_processes(server)
        self._meter = Meter(server.box.tree, server.cpu_time)
        with stopped(server, server.live()):
            for client, number in self.asked.items():
                client.send(padded(number))
            self._looks = Looks(time.monotonic())
        self._meter.begin()
        self._cost = 0.0  # seconds of CPU that a look takes
        self._used_before = 0.0
        self._noted = self._meter.began
        self._quiet = Quiet(self._noted, server.activity())

    def expect(self) -> None:
        """Begins a wait: what has been used before does not count for it."""
        self._used_before = self._meter.cpu_time()
        self._noted = time.monotonic()
        self._quiet = Quiet(self._noted, self.server.activity())

    def answered(self) -> bool:
        """Returns whether one of the clients has its reply."""
        return any(client.line for client in self.asked)

    def pause(self) -> None:
        """Waits until it is time for another look."""
        time.sleep(max(STEP, self._cost / LOOKING))

    def look(self, reading: bool = False) -> Observation:
        """Looks now. `reading`: is it of interest whether the requests have been read?"""
        began, looked = time.thread_time(), time.monotonic()
        for client in self.asked:
            client.receive()
        # After the replies: what has been computed for them is in it.
        sample = self._meter.sample()
        wall = time.monotonic() - self._meter.began
        cpu_time = max(sample.run, self._meter.cpu_time())
        right = [n for client, n in self.asked.items() if client.line == str(fib(n))]
        now = time.monotonic()
        self._looks.note(len(right), looked, now)
        if now - self._noted > LOOK:
            self._noted = now
            self._quiet.note(now, self.server.activity())
        seen = Observation(
            wall=wall,
            courses=by_process(sample.courses) if self.of_processes else sample.courses,
            waiting=sample.waiting,
            cpu_time=cpu_time,
            used=cpu_time - self._used_before,
            right=right,
            ended=sum(1 for client in self.asked if client.ended),
            unread=reading and self._unread(),
            asleep=self._quiet.asleep,
            blind=self._looks.blind)
        self._cost = time.thread_time() - began
        return seen

    def _unread(self) -> bool:
        """Returns whether nothing of a request has been read yet, or that cannot be told."""
        waiting = {one.remote: one.waiting for one in procfs.connections(self.server.box.pid)
                   if one.local == self.server.port}
        return any(waiting.get(client.port(), REQUEST_SIZE) >= REQUEST_SIZE
                   for client in self.asked)

    def judge_replies(self, done: str) -> None:
        """Raises CheckFailed unless each client has its right line, and nothing more. `done` says
        what was done."""
        judge_replies(self.server, self.asked, done)


def judge_replies(server: Server, asked: Mapping[Client, int], done: str) -> None:
    """Raises CheckFailed unless each client has the right line for what it has asked, and nothing
    more. How the connection ends is judged elsewhere: what stands in a padded request after the
    newline, a service may leave unread, and then it is reset."""
    wrong = {client: n for client, n in asked.items()
             if client.line != str(fib(n)) or client.extra}
    if wrong:
        all_served(server, wrong, done)


def holders(server: Server, clients: Sequence[Client]) -> Dict[Client, List[int]]:
    """Returns the processes that have the server's end of each client's connection open; none for
    those of whom that cannot be seen."""
    inodes = {one.remote: one.inode for one in procfs.connections(server.box.pid)
              if one.local == server.port}
    found = private.all_holders(server.live(), set(inodes.values()), server.box.user)
    return {client: [pid for pid, _ in found.get(inodes.get(client.port(), 0), [])]
            for client in clients}


def shortfall(courses: Sequence[Course], needed: Sequence[float]) -> List[Tuple[float, float]]:
    """Returns what is missing: of those that have run most, for each that has run less than the
    share that falls to it, how much it has run, and that share. One that is not there has not
    run."""
    run = sorted((course.run for course in courses), reverse=True)
    run += [0.0] * (len(needed) - len(run))
    return [(had, least) for had, least in zip(run, sorted(needed, reverse=True)) if had < least]


def longest_sleep(courses: Sequence[Course]) -> float:
    """Returns the part of its time for which that one has slept that has slept most."""
    return max((course.asleep for course in courses), default=0.0)


def has_made_processes(server: Server) -> bool:
    """Returns whether a process counts as one, now that clients have connected. In mp_server, each
    should have a process that computes for it, and not one of its threads. Where none has been made
    for any of them, that costs mp-processes: how parallel it is, its threads say."""
    return server.name == "mp_server" and bool(server.workers())


def lines_of(courses: Sequence[Course], server: Server) -> List[str]:
    """Returns a line in words for each."""
    threads = server.name == "mt_server" or any(course.tid != course.pid for course in courses)
    kind = "thread" if threads else "process"
    return [f"{kind} {course.tid}: {course.run * 1000:.0f} ms of CPU time" + _asleep(course)
            for course in courses]


def _asleep(course: Course) -> str:
    """Returns how much of its time one slept, to be added to what it ran; nothing if hardly."""
    if course.run < HARDLY and course.idle > 0:
        return ", asleep all the time"
    if course.asleep < LEAST_TOLD:
        return ""
    return f"; before it went on for the last time, it was asleep for {course.asleep:.0%}"
