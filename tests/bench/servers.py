"""Compiles and starts the servers that the bench measures, and sees to it that they end."""
from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Iterator, List, Mapping, Optional

from checks import workload
from checks.server import Server
from checks.verdict import CheckFailed, Inconclusive
from console import CommandFailed, escaped
from grading.build import SERVERS, Build
from sandbox import BoxFailed
from sandbox.launcher import own_environment
from sandbox.sandbox import Sandbox

HERE = Path(__file__).resolve().parent
SYNCHRONOUS = workload.SYNCHRONOUS
ALL = (SYNCHRONOUS, *SERVERS)
STRATEGIES = {SYNCHRONOUS: "one client at a time", "mp_server": "a process per client",
              "mt_server": "a thread per client"}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # that end the bench
# What contains a stranger's program better than tier 1 (system call filters, namespaces) costs time
# in every system call, and its network is none that the load generator could reach. Whoever runs
# the bench runs a program to see how fast it is, not to grade it.
TIER = 1
# 0: no limit, so there is nothing that the box would have to watch while the servers run.
LIMITS = {"cpu": 1 << 20, "memory": 0, "processes": 0, "wall": 0}


class LoadFailed(Exception):
    """A server did not do its work; the text says how that showed to a client."""


@contextlib.contextmanager
def signals_held_back() -> Iterator[None]:
    """Holds back SIGNALS until the body is through, and for ever from what is started in it: a
    terminal sends Ctrl-C to all processes in the foreground, but the boxes must live until they
    have cleaned up."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Programs:
    """The compiled servers of a folder, and how they are run. Use it in a `with` block, or call
    close()."""

    def __init__(self, folder: Path) -> None:
        """Compiles the servers, contained as well as this machine allows. Raises CommandFailed if
        nothing can be compiled."""
        with signals_held_back():
            self._build = Build(folder)
        self.folder = self._build.folder
        self.sandbox: Sandbox = self._build.sandbox.with_tier(TIER)
        # By server: why there is none, in one line.
        self.errors = {name: (escaped(said) or ["make failed"])[0].strip()
                       for name, said in self._build.errors.items()}

    def path(self, name: str) -> Path:
        """Returns the path of one of ALL, or of what compile_own has compiled."""
        return self._build.program(name)

    def calibrated_n(self) -> int:
        """Returns the n whose computing takes about workload.SINGLE_RUN of CPU on this machine.
        Raises CommandFailed if the lab's own server does not serve."""
        try:
            with signals_held_back():
                return workload.calibrated_n(self.sandbox, self.path(SYNCHRONOUS))
        except CheckFailed as error:
            raise CommandFailed(f"the lab's own server: {error.seen}") from None
        except (BoxFailed, Inconclusive) as error:
            raise CommandFailed(f"the lab's own server: {error}") from None

    def compile_own(self, name: str) -> Path:
        """Compiles one of the bench's own servers as one of the lab's: by its Makefile, with the
        given files. Returns the program's path; raises CommandFailed."""
        shutil.copyfile(HERE / f"{name}.c", self.folder / f"{name}.c")
        done = subprocess.run(["make", "-s", f"SERVERS={name}", name], cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=own_environment())
        if done.returncode:
            said = done.stdout.decode(errors="replace").strip()
            raise CommandFailed(f"{name}.c does not compile here: {said}")
        return self.path(name)

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Removes the compiled programs."""
        self._build.close()


class Running:
    """Servers that run. Use it in a `with` block: at its end, none of them is left."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._servers: List[Server] = []

    def start(self, program: Path, environment: Optional[Mapping[str, str]] = None) -> Server:
        """Starts a server and lets it serve one client. Raises LoadFailed if it does not, and
        CommandFailed if the machine cannot run a server at all."""
        try:
            with signals_held_back():
                server = Server(self._sandbox, program, environment, LIMITS)
                self._servers.append(server)
            server.start()
        except BoxFailed as error:
            raise CommandFailed(str(error)) from None
        except CheckFailed as error:
            raise LoadFailed(f"it does not start: {error.seen}") from None
        except Inconclusive as error:
            raise LoadFailed(f"it does not start: {error}") from None
        return server

    def close(self) -> None:
        """Ends them all."""
        while self._servers:
            self._servers.pop().close()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
