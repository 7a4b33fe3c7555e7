"""One server under test: starts it in a box, waits for it, ends it.

Waiting goes by what the server does, not by the clock alone. `wait` looks for its condition until the server has been
quiet (each of its threads asleep, none having run) for QUIET seconds: then nothing more will come. A busy machine keeps
a thread runnable, not asleep, and so only makes the wait longer. A server that keeps running without meeting the
condition is given so much CPU time; where the machine does not give it that much, the check is inconclusive."""
import re
import select
import signal
import time
from pathlib import Path
from typing import Callable, FrozenSet, List, Mapping, Match, Optional, Sequence, Set, Tuple

from checker import diagnosis, proc
from checker.box import Box
from checker.client import Client
from checker.outcome import CheckFailed, Inconclusive

QUIET = 1.2  # seconds asleep until a server counts as waiting for something that will not come
STUCK_FACTOR = 3  # so many times QUIET for a thread in state D: it waits for a disk, or in vfork(2)
ASLEEP_FACTOR = 3  # so many times QUIET in all, for a server that wakes up now and then
RESTLESS_PATIENCE = 0.1
CPU_BUDGET = 3.0  # seconds of CPU that a server may burn without meeting a condition
PATIENCE = 60.0  # seconds of wall time until a starved machine makes a check inconclusive
STEP = 0.004  # seconds between two looks
ANNOUNCEMENT = re.compile(rb"listening on (\d{1,5})\n")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "MALLOC_ARENA_MAX": "1"}  # one arena: heaps stay comparable


Activity = Tuple[float, FrozenSet[int], bool]  # time run; threads; does one sleep uninterruptibly?


class Server:
    """A server. Use it in a `with` block, or call start() and, whatever that raises, close()."""

    def __init__(self, launcher: Path, program: Path, environment: Optional[Mapping[str, str]] = None,
                 limits: Optional[Mapping[str, int]] = None) -> None:
        self.name = program.name
        self.clients: List[Client] = []
        self._restless = False  # found to be always doing something
        self._quiet_since = time.monotonic()
        self._quiet_activity: Optional[Activity] = None
        self.box = Box(launcher, [str(program), "0"], folder=program.parent, limits=limits,
                       environment={**ENVIRONMENT, **(environment or {})})
        self.port = 0
        self.idle: Set[int] = set()
        self.lately = ""  # what was done last, for the message if the server is gone

    def start(self) -> None:
        """Waits until the server listens, and has served a first client."""
        self.port = self._announced_port()
        self._warm_up()

    def _announced_port(self) -> int:
        def announced() -> Optional[Match[bytes]]:
            return ANNOUNCEMENT.search(self.box.output.head)

        if not self.wait(lambda: bool(announced()) or self.box.status() is not None):
            raise CheckFailed(f"started ./{self.name} 0", "the line 'listening on PORT' from main.c",
                              "nothing of the kind, and the server sleeps",
                              "Is there code that runs before main, or that closes standard output?")
        # A server that becomes a daemon has ended, and goes on; and what it printed may still be on its way here.
        self.wait(lambda: bool(announced()), quiet=0.5)
        found = announced()
        if not found:
            raise CheckFailed(f"started ./{self.name} 0", "the line 'listening on PORT'", f"it {self.ending()} before",
                              "Start it by hand: ./" + self.name + " 2999")
        return int(found[1])

    def _warm_up(self) -> None:
        """Serves one client, so that what a server sets up only once is there; then notes which processes are idle."""
        client = self.connect().send(b"0\n")
        self.wait(lambda: bool(client.line or client.ended), client)
        client.close()
        self.settle()
        self.idle = self.live()
        self.lately = "one client was served; then " if client.line else "one client came; then "

    def connect(self) -> Client:
        """Returns a new client, connected: the kernel sees to that, even if the server never accepts it (listen(2))."""
        connection = self.box.socket()
        connection.settimeout(10)
        try:
            connection.connect(("127.0.0.1", self.port))
        except OSError:
            connection.close()
            raise CheckFailed(self.lately + "a client connected", "a connection",
                              f"connection refused: the server {self.ending()}",
                              "Only a failure at start may end a server; a later one ends one client.") from None
        self.clients.append(Client(connection))
        return self.clients[-1]

    def connect_in_turn(self, number: int) -> List[Client]:
        """Returns so many new clients, silent. Each connects when the server has fallen asleep over the one before: a data
        race between its threads, which has a check of its own, seldom shows then."""
        clients = []
        for _ in range(number):
            clients.append(self.connect())
            self.settle(quiet=3 * STEP)
        return clients

    def ask(self, n: int) -> Client:
        """Returns a new client that has sent a request for fib(n)."""
        return self.connect().send(b"%d\n" % n)

    def wait(self, condition: Callable[[], bool], *clients: Client, quiet: float = QUIET,
             budget: float = CPU_BUDGET) -> bool:
        """Returns whether the condition came true before the server fell quiet or had used up its CPU budget (see
        above). Data that arrives for the clients is taken in. Raises Inconclusive when the machine starves the
        server."""
        began = looked = asleep_since = time.monotonic()
        asleep = 0.0  # seconds in all: a server that wakes up by a timer is never quiet for long
        before, used_before = self.activity(), self.cpu_time()
        while True:
            for client in clients:
                client.look()
            if condition():
                return True
            now = time.monotonic()
            if now - looked > 5 * STEP:
                activity = self.activity()
                asleep += now - looked if activity else 0.0
                if activity is None or activity != before:
                    asleep_since = now
                looked = now
                before = activity
                used = self.cpu_time() - used_before
                patient = STUCK_FACTOR if activity and activity[2] else 1
                if now - asleep_since > quiet * patient or asleep > quiet * ASLEEP_FACTOR or used > budget:
                    return condition()
                if now - began > PATIENCE:
                    raise Inconclusive(f"the machine gave the server {used:.1f} s of CPU in {now - began:.0f} s; "
                                       "end other work on it, and grade again")
            select.select([client for client in clients if not client.ended], [], [], STEP)

    def unread(self, clients: Sequence[Client]) -> bool:
        """Returns whether a request of one of the clients has not been read, or that cannot be told."""
        ports = {client.port() for client in clients}
        sockets = [one for one in proc.connections(self.box.pid) if one.local == self.port and one.remote in ports]
        return len(sockets) < len(ports) or any(one.waiting for one in sockets)

    def activity(self) -> Optional[Activity]:
        """Returns what changes whenever a thread of the server runs; None if one could run right now."""
        total, tids, deep = 0.0, set(), False
        for pid in self.box.tree():
            for task in proc.tasks(pid):
                if task.state == "R":
                    return None
                total += task.run
                tids.add(task.tid)
                deep = deep or task.state == "D"
        return total, frozenset(tids), deep

    def cpu_time(self) -> float:
        """Returns the seconds of CPU of all processes of the server: live, and waited for by a parent or the box."""
        box = proc.process(self.box.pid)
        return (box.reaped_time if box else 0.0) + sum(process.own_time + process.reaped_time
                                                       for process in self.box.tree().values())

    def quiet_for(self, seconds: float) -> bool:
        """Looks once, and returns whether no thread was seen running or runnable at any look for so long."""
        now, activity = time.monotonic(), self.activity()
        if activity is None or activity != self._quiet_activity:
            self._quiet_since, self._quiet_activity = now, activity
        return now - self._quiet_since > seconds

    def settle(self, quiet: float = 0.05, patience: float = 2.0) -> None:
        """Waits until the server has nothing more to do. One that always has, as it spins or wakes up by a timer, is
        waited for once with patience, then hardly any more."""
        began = asleep_since = looked = time.monotonic()
        asleep, activity = 0.0, self.activity()
        patience = min(patience, RESTLESS_PATIENCE) if self._restless else patience
        while time.monotonic() - asleep_since < quiet and asleep < quiet * ASLEEP_FACTOR:
            time.sleep(STEP)
            now, before, activity = time.monotonic(), activity, self.activity()
            asleep += now - looked if activity else 0.0
            if activity is None or activity != before:
                asleep_since = now
            looked = now
            if now - began > patience:
                self._restless = True
                return

    def live(self) -> Set[int]:
        """Returns the processes of the server that have not ended."""
        return {pid for pid, process in self.box.tree().items() if not process.zombie}

    def workers(self) -> Set[int]:
        """Returns the live processes that were not there when the server was idle."""
        return self.live() - self.idle

    def zombies(self) -> List[proc.Process]:
        """Returns the ended children that the server has not waited for. Orphans are the box's to reap, not its."""
        tree = self.box.tree()
        return [process for process in tree.values() if process.zombie and process.parent in tree]

    def threads(self) -> int:
        """Returns how many threads the idle processes have."""
        return sum(1 for pid in self.idle for _ in proc.tasks(pid))

    def descriptors(self) -> int:
        """Returns how many descriptors the idle processes hold."""
        return sum(self.box.descriptors(pid) for pid in self.idle)

    def address_space(self) -> int:
        """Returns the bytes of memory that the idle processes have mapped."""
        return sum(process.address_space for pid, process in self.box.tree().items() if pid in self.idle)

    def ending(self) -> str:
        """Returns in words whether and how the program ended."""
        status = self.box.status(timeout=0.5)
        if status is None:
            return "is still there, but does not listen any more"
        if status == -1:
            return "and all around it is gone"
        if status & 0x7f:
            return f"was killed by signal {status & 0x7f} ({signal.strsignal(status & 0x7f)})"
        others = len(self.live())
        left = f"; {others} process{'es' * (others > 1)} that it has started live on" if others else ""
        return f"ended with status {status >> 8}{left}"

    def doing(self) -> str:
        """Returns in words what the server's threads do right now, for the student."""
        return diagnosis.doing(self.box, self.box.tree(), self.idle) or f"the server {self.ending()}"

    def has(self, client: Client) -> str:
        """Returns in words where the server's end of a client's connection is, for the student; "" if nowhere."""
        return diagnosis.connection(self.box, self.port, client, self.idle)

    def listeners(self) -> str:
        """Returns in words which processes have the listening socket open, for the student; "" if none has."""
        return diagnosis.listeners(self.box, self.port)

    def helpers(self) -> str:
        """Returns in words whether processes or threads were made for clients that have none now, for the student."""
        self.settle()
        return diagnosis.helpers(self.box.tree(), self.idle, self.name == "mt_server")

    def said(self) -> bytes:
        """Returns the end of what it printed, on standard output and standard error together."""
        return self.box.output.tail

    def close(self) -> None:
        """Ends the server and everything that it started."""
        for client in self.clients:
            client.close()
        self.box.close()

    def __enter__(self) -> "Server":
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
