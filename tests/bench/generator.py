"""Runs generator.c, the client side: one process with one thread, so that the clients do not
compete with the servers for the cores. Times are seconds."""
from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import List, NamedTuple

from bench.figures import Answer
from bench.servers import LoadFailed
from bench.workloads import SLOW_PAUSE, ClientPlan, Workload
from checks.asking import fib
from checks.server import Server
from console import CommandFailed
from sandbox import BoxFailed
from sandbox.launcher import compile_tool
from watching.quiet import Quiet

HERE = Path(__file__).resolve().parent
SOURCES = [HERE / "generator.c", HERE / "generator_client.c"]
NANOSECONDS = 1e9
MICROSECONDS = 1e6
STEP = 0.5  # between two looks whether the server still does something
# How long a server may be idle while clients wait for it. Not shorter than a slow client's pause.
PATIENCE = SLOW_PAUSE + 1.0
LONGEST = 300.0  # of one run of the generator


class Throughput(NamedTuple):
    """What clients achieved that came back again and again."""
    rate: float  # requests per second
    generator_share: float  # of one core, that the generator itself used


class Generator:
    """The compiled load generator."""

    def __init__(self, folder: Path) -> None:
        """Compiles it into a folder. Raises CommandFailed."""
        try:
            self._program = compile_tool(folder / "generator", SOURCES, "-O2")
        except BoxFailed as error:
            raise CommandFailed(str(error)) from None

    def play(self, workload: Workload, server: Server) -> List[Answer]:
        """Puts a workload on a server once. Raises LoadFailed."""
        lines = self._run(["script", str(server.port)], server, script(workload.clients))
        return [answer(line) for line in lines]

    def bursts(self, server: Server, clients: int, n: int, seconds: float,
               times: int) -> List[float]:
        """Lets clients connect all at once and ask for fib(n), for so many seconds and at least so
        many times. Returns the turnaround of each burst. Raises LoadFailed."""
        words = [*_common("bursts", server, clients, n), str(seconds), str(times)]
        return [int(line) / NANOSECONDS for line in self._run(words, server)]

    def loop(self, server: Server, clients: int, n: int, seconds: float) -> Throughput:
        """Lets each client connect again as soon as it has been served, for so many seconds. Raises
        LoadFailed."""
        words = [*_common("loop", server, clients, n), str(seconds)]
        requests, elapsed, own = (int(word) for word in self._run(words, server)[0].split())
        return Throughput(requests * NANOSECONDS / elapsed, own / elapsed)

    def _run(self, words: List[str], server: Server, given: str = "") -> List[str]:
        """Returns the lines that the generator prints."""
        process = subprocess.Popen([str(self._program), *words], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   universal_newlines=True)
        with process:
            try:
                printed, errors = _communicate(process, given, server)
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            said = errors.strip().partition(": ")[2]
            raise LoadFailed(said or f"the load generator ended with {process.returncode}")
        return printed.splitlines()


def _communicate(process: subprocess.Popen[str], given: str, server: Server) -> List[str]:
    """Gives the generator its input, and returns its output and its errors when it has ended.
    Raises LoadFailed if the server keeps it waiting for too long."""
    began = time.monotonic()
    quiet = Quiet(began, server.activity())
    while True:
        try:
            return list(process.communicate(given, timeout=STEP))
        except subprocess.TimeoutExpired:
            given = ""
        now = time.monotonic()
        quiet.note(now, server.activity())
        if quiet.asleep > PATIENCE:
            raise LoadFailed("it is idle while clients wait for a reply")
        if now - began > LONGEST:
            raise LoadFailed(f"it was not done after {LONGEST:g} s")


def _common(mode: str, server: Server, clients: int, n: int) -> List[str]:
    return [mode, str(server.port), str(clients), str(n), str(fib(n))]


def script(clients: List[ClientPlan]) -> str:
    """Returns what the generator reads: a line for each client."""
    return "".join(f"{plan.arrives * MICROSECONDS:.0f} {plan.pause * MICROSECONDS:.0f} "
                   f"{plan.n} {fib(plan.n)}\n" for plan in clients)


def answer(line: str) -> Answer:
    """Returns what a line of the generator says of one client."""
    connected, sent, answered = (int(word) / NANOSECONDS for word in line.split())
    return Answer(connected, sent, answered)
