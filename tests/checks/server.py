"""One server under test: starts it in a box, connects to it, waits for it, counts what it has, and
ends it.

Waiting goes by what the server does, not by the clock alone. `wait` looks for its condition until
the server has been quiet for a while (watching/quiet.py): then nothing more will come. A busy
machine keeps a thread runnable, not asleep, and so only makes the wait longer. A server that keeps
running without meeting the condition has a budget of CPU time; where the machine does not give it
that much, the check is inconclusive."""
from __future__ import annotations

import random
import re
import time
from pathlib import Path
from types import TracebackType
from typing import Callable, Dict, List, Mapping, Match, Optional, Protocol, Type

from checks import symptoms
from checks.allowance import Allowance
from checks.client import Arrivals, Client, connection
from checks.family import Family
from checks.probing import Probe
from checks.verdict import CheckFailed, too_busy
from sandbox.sandbox import Sandbox
from watching import calls
from watching.dozing import Dozing
from watching.pace import Pace
from watching.quiet import Quiet

# All times are seconds, on the clock where nothing else is said.
#
# A server that has been asleep for this long is waiting for something that will not come. Shorter,
# and a right server that pauses fails; longer, and every failure takes longer to find.
QUIET = 1.2
# A thread in state D (it waits for a disk, or in vfork(2)) counts as asleep only after that time
# multiplied by this. Less, and a slow disk fails right servers; more, and a hanging vfork lasts.
STUCK_FACTOR = 3
# A server that wakes up now and then is given up when it has been asleep for that time multiplied
# by this in all. Less, and one that polls slowly fails; more, and one that polls for ever takes
# longer.
ASLEEP_FACTOR = 3
# CPU time that a server may use without meeting a condition. Less, and a right one that has
# much to compute fails; more, and one that spins takes longer.
CPU_BUDGET = 3.0
# After this time the machine is to blame: it has given the server no CPU time. Less, and a busy
# machine makes more checks inconclusive; more, and it takes longer to say so.
PATIENCE = 60.0
# Between two looks at the clients. Shorter costs CPU time, which the server may need; longer, and
# each of some thousand waits takes longer.
STEP = 0.004
# Between two looks at the server in `wait`: each reads /proc for all its threads, and costs more.
LOOK = 5 * STEP
# How long settle waits for a server that is always doing something, the first time and every later
# time; then, for this part of that in CPU time. Less, and a busy machine looks like a busy server;
# more, and checks of such servers take very long: they settle hundreds of times.
SETTLE_PATIENCE, RESTLESS_PATIENCE, SPINNING = 2.0, 0.1, 0.05
# Asleep for this long, it has dealt with all that it was sent. Shorter, and a pause between two
# steps counts; longer, and every check takes longer.
SETTLED = 0.05
# The same between two clients that connect. Shorter, and data races show in checks that are not
# about them; longer, and every client of many takes longer.
SETTLED_CLIENT = 3 * STEP
# What was printed may still be on its way through the pipe when the server is asleep or has ended.
# Less, and a right server fails on a busy machine; more, and one that does not start takes longer.
OUTPUT_DELAY = 0.5
# A server that seems to be gone has this time to be known to have ended. Less, and one that ends
# slowly is said to be running; more, and one that has only closed its socket takes longer.
END_DELAY = 0.5
IDLE_LOOKS = 3  # at what sleeps by the clock although there is nothing to do
ANNOUNCEMENT = re.compile(rb"listening on (\d{1,5})\n")
# Nothing in it tells a server what is watched.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/home/student", "USER": "student"}


class Server(Family):
    """A server. Use it in a `with` block, or call start() and, whatever that raises, close()."""

    def __init__(self, sandbox: Sandbox, program: Path,
                 environment: Optional[Mapping[str, str]] = None,
                 limits: Optional[Mapping[str, int]] = None,
                 draw: Optional[random.Random] = None, faults: bool = False,
                 probe: Optional[Probe] = None, allowance: Optional[Allowance] = None) -> None:
        """Starts the program. `environment` is added to ENVIRONMENT; `limits` are the box's
        (sandbox/box.py). `draw` draws what must not be foreseen; `faults`: calls can be made to
        fail in it (Box.inject); `probe` is loaded into it; `allowance`: how long it may take in
        all. Raises BoxFailed."""
        super().__init__()
        self.name = program.name
        self.sandbox = sandbox
        self.clients: List[Client] = []
        self.port = 0
        self.lately = ""  # what was done last, for the message if the server is gone
        self.printed_before = 0  # bytes, when what is looked at now began
        self.draw = draw or random.Random()
        self.keeps_open = False  # it has been seen not to close a connection after its reply
        self._restless = False  # always doing something
        self.probe = probe
        self.allowance = allowance or Allowance()
        self.dozing: Optional[Dozing] = None
        self._refused: Dict[str, int] = {}
        self.box = sandbox.start([str(program), "0"], folder=program.parent, limits=limits,
                                 environment={**ENVIRONMENT, **(environment or {})},
                                 readable=[probe.preload.library] if probe else [],
                                 preload=probe.preload if probe else None, faults=faults)

    def start(self) -> None:
        """Waits until the server listens and has served a first client. Raises CheckFailed if it
        does not listen, Inconclusive if the machine starves it."""
        self.port = self._announced_port()
        self._warm_up()

    def _announced_port(self) -> int:
        def announced() -> Optional[Match[bytes]]:
            return ANNOUNCEMENT.search(self.box.output.head)

        if not self.wait(lambda: bool(announced()) or self.box.status() is not None):
            raise CheckFailed(f"started ./{self.name} 0",
                              "the line 'listening on PORT' from main.c",
                              "no such line, although the server is idle", "no-announcement")
        # It may have ended and be well: a server that becomes a daemon does so.
        self.wait(lambda: bool(announced()), quiet=OUTPUT_DELAY)
        found = announced()
        if not found:
            raise CheckFailed(f"started ./{self.name} 0", "the line 'listening on PORT'",
                              f"the server {self.ending()}", "ended-at-start")
        return int(found[1])

    def _warm_up(self) -> None:
        """Serves one client, so that what a server sets up only once is there; then notes which
        processes are idle."""
        client = self.connect().send(b"0\n")
        self.wait(lambda: bool(client.line or client.ended), client)
        client.close()
        self.settle()
        self.idle = self.live()
        self.lately = "one client was served; then " if client.line else "one client came; then "

    # --- clients ---

    def connect(self) -> Client:
        """Returns a new client, connected: the kernel does that (listen(2)), even if the server
        never accepts it. Raises CheckFailed if the server does not listen, Inconclusive if the
        machine has no connection to give."""
        try:
            self.clients.append(Client(connection(self.box, self.port)))
        except ConnectionError:
            raise CheckFailed(self.lately + "a client connected", "a connection",
                              f"connection refused: the server {self.ending()}",
                              "server-gone") from None
        return self.clients[-1]

    def connect_in_turn(self, number: int) -> List[Client]:
        """Returns `number` new clients that stay silent. Each connects when the server has fallen
        asleep after the one before: so a data race between its threads, which has a check of its
        own, seldom shows here."""
        clients = []
        for _ in range(number):
            clients.append(self.connect())
            self.settle(quiet=SETTLED_CLIENT)
        return clients

    def ask(self, n: int) -> Client:
        """Returns a new client that has sent a request for fib(n)."""
        return self.connect().send(b"%d\n" % n)

    # --- waiting ---

    def wait(self, condition: Callable[[], bool], *clients: Client, quiet: float = QUIET,
             budget: float = CPU_BUDGET) -> bool:
        """Returns whether the condition came true before the server had been asleep for `quiet`
        seconds, or had used `budget` seconds of CPU. Meanwhile, takes in what arrives for the
        clients. Raises Inconclusive if the machine starves the server."""
        began = time.monotonic()
        watched, used_before = Quiet(began, None), -1.0
        period = STEP if self.dozing else LOOK
        pace = Pace(period)
        with Arrivals(clients) as arrivals:
            while True:
                arrivals.receive()
                if condition():
                    return True
                now = time.monotonic()
                if now - began > period and pace.due():  # most waits are over before the first look
                    with pace.look():
                        tree = self.box.tree()
                        watched.note(now, self.activity(tree))
                        used_before = self.cpu_time(tree) if used_before < 0 else used_before
                        used = self.cpu_time(tree) - used_before
                        self._note_naps(now)
                    if used > budget or self._asleep_for_good(watched, quiet):
                        arrivals.receive_all()  # a look may take long, and something have come
                        return condition()
                    self.allowance.check(self.lately)
                    if now - began > PATIENCE:
                        raise too_busy(f"the server got {used:.1f} s of CPU time in "
                                       f"{now - began:.0f} s")
                arrivals.wait(STEP)

    def _note_naps(self, now: float) -> None:
        """Takes note of who sleeps by the clock, if anybody wants to know that."""
        if self.dozing:
            tasks = self.tasks()
            self.dozing.note(now, tasks, calls.sleeping_by_the_clock(tasks, self.box.user))

    def watch_naps(self) -> Dozing:
        """From now on, watches who sleeps by the clock while there is something to do. What does so
        now, the server being idle, does not count."""
        self.dozing = Dozing()
        for _ in range(IDLE_LOOKS):  # between two naps, a thread that polls is in none
            self.settle()
            self.dozing.idle(calls.sleeping_by_the_clock(self.tasks(), self.box.user))
        return self.dozing

    def _asleep_for_good(self, watched: Quiet, quiet: float) -> bool:
        """Returns whether the server will not do anything more, and what it has printed is here. A
        call that waits for the box looks asleep, so the box is asked to deal with them first."""
        for _ in range(2):
            at_once = quiet * STUCK_FACTOR if watched.stuck else quiet
            if watched.asleep <= at_once and watched.asleep_in_all <= quiet * ASLEEP_FACTOR:
                return False
            self.box.sync()
            watched.note(time.monotonic(), self.activity())
        return self.box.output.up_to_date()

    def settle(self, quiet: float = SETTLED, patience: float = SETTLE_PATIENCE) -> None:
        """Waits until the server has nothing more to do: it has been asleep for `quiet` seconds.
        One that spins, or wakes up by a timer, is waited for once, up to `patience` seconds, then
        hardly any more; but where the machine has no CPU time for it, until it has had some."""
        began = now = time.monotonic()
        patience = min(patience, RESTLESS_PATIENCE) if self._restless else patience
        watched, pace, step = Quiet(began, self.activity()), Pace(STEP), STEP
        spun, used_before = -1.0, 0.0  # CPU time since the patience was over, and until then
        while watched.asleep < quiet and watched.asleep_in_all < quiet * ASLEEP_FACTOR:
            if spun > SPINNING * patience or now - began > PATIENCE:
                self._restless = True
                return
            time.sleep(step)
            if pace.due():
                with pace.look():
                    now = time.monotonic()
                    watched.note(now, self.activity())
                    if now - began > patience:
                        used_before = self.cpu_time() if spun < 0 else used_before
                        spun = self.cpu_time() - used_before
                # Two looks that show the same are enough (watching/quiet.py).
                step = min(2 * step, max(quiet - watched.asleep, 0)) if watched.asleep else STEP

    def said(self) -> bytes:
        """Returns the end of what it printed, on standard output and standard error together."""
        return self.box.output.tail

    def printed(self) -> str:
        """Returns the same, as text, without what it had printed before a certain moment."""
        new = max(self.box.output.total - self.printed_before, 0)
        said = self.said()[-new:] if new else b""
        return ANNOUNCEMENT.sub(b"", said, 1).decode(errors="backslashreplace")

    def refused(self) -> Dict[str, int]:
        """Returns which system calls the sandbox has refused it, and how often, so far."""
        self._refused = self.box.refused() or self._refused
        return self._refused

    # --- its end ---

    def ending(self) -> str:
        """Returns in words whether and how the program ended, to follow "the server"."""
        status = self.box.status(timeout=END_DELAY)
        if self.box.reason:
            return f"was ended by the sandbox: {self.box.reason}"
        return symptoms.ending_words(status, left=len(self.live() - self.bystanding))

    def close(self) -> None:
        """Ends the server and everything that it started."""
        try:
            self.refused()
            for client in self.clients:
                client.close()
        finally:
            self.box.close()

    def __enter__(self) -> Server:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()


class Start(Protocol):
    """Starts a server of the submission that is graded (grading/starting.py)."""

    def __call__(self, probe: str = "", faults: bool = False,
                 limits: Optional[Mapping[str, int]] = None) -> Server:
        """`probe`: what the probe shall do in it; `faults`: calls can be made to fail in it;
        `limits`: changes to the box's."""
