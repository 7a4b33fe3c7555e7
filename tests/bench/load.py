"""Workloads, and what their clients experienced. load.c is the client side: one process, one thread, so that eight
interpreters do not compete with the servers for the cores. Times are seconds."""
import contextlib
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Iterator, List, Mapping, NamedTuple, Optional

from checker.behaviour import fib
from checker.box import Box, BoxFailed
from checker.build import Build, CannotGrade, own_environment
from checker.outcome import CheckFailed, Inconclusive
from checker.server import Server

LOOK = 0.5  # seconds between two looks whether the server still does something
SLOW_PAUSE = 1.0  # seconds that a slow client takes to send its request
SLOW_GAP = 0.1  # seconds between two arrivals among slow clients
PATIENCE = SLOW_PAUSE + 1.0  # seconds that a server may sleep while its clients wait for it
LONGEST = 300.0  # seconds of one load
TIER = 1  # of the boxes that servers run in: see built()
LIMITS = {"cpu": 1 << 20, "memory": 0, "processes": 0, "wall": 0}  # 0: none, and so nothing to look at while they run


class Visit(NamedTuple):
    """What one client does: arrives, sends its number, and `pause` later the newline that completes the request."""
    arrives: float
    pause: float
    n: int


class Answer(NamedTuple):
    """What one client experienced, since the first could have arrived."""
    connected: float
    sent: float  # the end of its request
    answered: float

    @property
    def latency(self) -> float:
        return self.answered - self.connected


class Workload(NamedTuple):
    """A load for a server. `judged` are the clients whose latency counts, by number from 0."""
    name: str
    title: str
    visits: List[Visit]
    judged: List[int]


class LoadFailed(Exception):
    """A server did not do its work; the text says how that showed to a client."""


def cpu_bound(clients: int, n: int) -> Workload:
    """All clients at once, each with work for the processor."""
    return Workload("cpu", f"CPU-bound: {clients} client{'s' * (clients > 1)} at once, each asks for fib({n})",
                    [Visit(0.0, 0.0, n)] * clients, list(range(clients)))


def slow_clients(clients: int, n: int) -> Workload:
    """The first client takes its time to send its request; the others, who arrive one after the other, do not."""
    visits = [Visit(i * SLOW_GAP, 0.0 if i else SLOW_PAUSE, n) for i in range(clients)]
    judged = list(range(min(1, clients - 1), clients))
    return Workload("slow", f"A slow client: the first takes {SLOW_PAUSE:g} s to send its request; {clients - 1} quick "
                    f"ones come after it, {SLOW_GAP:g} s apart, fib({n}) each", visits, judged)


def built(folder: Path) -> Build:
    """Compiles a folder's servers, contained as well as this machine allows. From then on boxes are of the first tier: what
    contains a stranger's program better (filters of system calls, namespaces) costs time in every system call, and its
    network is none that load.c could reach. Whoever runs the bench runs a program to see how fast it is, not to grade it."""
    with undisturbed():
        build = Build(folder)
    Box.tier = TIER
    return build


def compiled(build: Build) -> Path:
    """Compiles load.c into the build's folder."""
    output, source = build.folder / "load", Path(__file__).with_name("load.c")
    done = subprocess.run(["cc", "-std=gnu17", "-O2", "-Wall", "-o", str(output), str(source)], env=own_environment(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise CannotGrade(f"load.c does not compile here: {done.stdout.decode(errors='replace').strip()}")
    return output


def server_of_ours(build: Build, name: str) -> Path:
    """Compiles one of the bench's own servers like one of the lab: by its Makefile, with the given files."""
    shutil.copyfile(Path(__file__).with_name(name + ".c"), build.folder / (name + ".c"))
    done = subprocess.run(["make", "-s", f"SERVERS={name}", name], cwd=build.folder, stdin=subprocess.DEVNULL,
                          env=own_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise CannotGrade(f"{name}.c does not compile here: {done.stdout.decode(errors='replace').strip()}")
    return build.program(name)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Holds back the signals that end the bench until the body is through, and for ever from what is started in it: a
    terminal sends Ctrl-C to all processes in the foreground, but the boxes must live until they have cleaned up."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Servers:
    """Servers that run. Use it in a `with` block: at its end, none of them is left."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self.running: List[Server] = []

    def start(self, program: Path, environment: Optional[Mapping[str, str]] = None) -> Server:
        """Starts a server and lets it serve one client. Raises LoadFailed."""
        try:
            with undisturbed():
                self.running.append(Server(self._build.launcher, program, environment, LIMITS))
            self.running[-1].start()
        except BoxFailed as error:
            raise CannotGrade(str(error)) from None
        except CheckFailed as error:
            raise LoadFailed(f"it does not start: {error.seen}") from None
        except Inconclusive as error:
            raise LoadFailed(f"it does not start: {error}") from None
        return self.running[-1]

    def close(self) -> None:
        while self.running:
            self.running.pop().close()

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Generator:
    """Runs load.c."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def play(self, workload: Workload, server: Server) -> List[Answer]:
        """Puts the workload on a server. Raises LoadFailed."""
        script = "".join(f"{visit.arrives * 1e6:.0f} {visit.pause * 1e6:.0f} {visit.n} {fib(visit.n)}\n"
                         for visit in workload.visits)
        lines = self._run(["script", str(server.port)], server, script)
        return [Answer(*(int(number) / 1e9 for number in line.split())) for line in lines]

    def bursts(self, server: Server, clients: int, n: int, seconds: float, times: int) -> List[float]:
        """Returns the turnaround of each of several bursts of clients. Raises LoadFailed."""
        words = ["bursts", str(server.port), str(clients), str(n), str(fib(n)), str(seconds), str(times)]
        return [int(line) / 1e9 for line in self._run(words, server)]

    def loop(self, server: Server, clients: int, n: int, seconds: float) -> "Flow":
        """Lets clients come back again and again. Raises LoadFailed."""
        words = ["loop", str(server.port), str(clients), str(n), str(fib(n)), str(seconds)]
        requests, elapsed, own = (int(word) for word in self._run(words, server)[0].split())
        return Flow(requests / (elapsed / 1e9), own / elapsed)

    def _run(self, words: List[str], server: Server, script: str = "") -> List[str]:
        """Returns what the generator prints. Ends it when the server sleeps while it waits, or has taken too long."""
        began = time.monotonic()
        process = subprocess.Popen([str(self._program), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, universal_newlines=True)
        try:
            given = script
            while True:
                try:
                    printed, errors = process.communicate(given, timeout=LOOK)
                    break
                except subprocess.TimeoutExpired:
                    given = ""
                waited = time.monotonic() - began
                if server.quiet_for(PATIENCE) and waited > PATIENCE:
                    raise LoadFailed("it sleeps while clients wait for a reply")
                if waited > LONGEST:
                    raise LoadFailed(f"it was not done after {LONGEST:g} s")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()  # type: ignore[union-attr]
        if process.returncode:
            raise LoadFailed(errors.strip().partition(": ")[2] or f"the load generator ended with {process.returncode}")
        return printed.splitlines()


class Flow(NamedTuple):
    """What a closed loop achieved."""
    rate: float  # requests per second
    own: float  # the share of one core that the generator itself used
