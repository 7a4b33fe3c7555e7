"""Starts the servers of a submission for its checks, and keeps what several checks need to know of
them. conftest.py hands all this to the checks."""
from __future__ import annotations

import contextlib
import random
from typing import Callable, Mapping, Optional, Sequence, TypeVar

from checks.probing import Probe
from checks.robustness import Patient
from checks.server import Server
from checks.verdict import CheckFailed, Inconclusive
from grading.build import Build
from grading.grader import Grading
from sandbox import BoxFailed

T = TypeVar("T")
Raised = Optional[Exception]  # what a check has raised, if it has


class Starter:
    """Starts servers of one program for one check, and ends them all when it is closed."""

    def __init__(self, grading: Grading, build: Build, program: str, draw: random.Random) -> None:
        self._grading, self._build, self._program, self._draw = grading, build, program, draw
        self._stack = contextlib.ExitStack()

    def __call__(self, probe: str = "", faults: bool = False,
                 limits: Optional[Mapping[str, int]] = None, draw: str = "") -> Server:
        """Starts a server, and waits until it has served a first client. `probe` is what the probe
        is to do in it (checks/probing.py); "" leaves it out. `faults`: calls can be made to fail in
        it. `limits`: changes to the box's (sandbox/box.py). `draw`: what it is for, if that is not
        this check alone: whichever asks for it, the same is drawn. Raises CheckFailed if the server
        does not start."""
        made = self._probe(probe) if probe else None
        server = Server(self._build.sandbox, self._build.copied(self._program), limits=limits,
                        draw=self._drawing(draw) if draw else self._draw, faults=faults, probe=made,
                        allowance=self._grading.allowance)
        self._stack.callback(server.close)
        self._grading.started(server)
        server.start()
        if made:
            made.require(server.idle, server.box.user, self._program)
        return server

    def _drawing(self, what: str) -> random.Random:
        return random.Random(f"{self._grading.seed} {what} {self._program}")

    def _probe(self, mode: str) -> Probe:
        newest_first = self._draw.random() < 0.5
        return self._stack.enter_context(Probe(self._build.probe, mode, newest_first))

    def close(self) -> None:
        """Ends all servers, also if ending one of them fails."""
        self._stack.close()


def in_passing(start: Starter, find: Callable[[Server], T]) -> T:
    """Returns what is found out with a server of its own, which does not live on beside those of
    the check."""
    with contextlib.closing(start(draw=find.__name__)) as server:
        return find(server)


class Early:
    """The server with the patient clients, which wait beside the checks: it is started before all
    of them, where the check that asks these clients in the end is among them."""

    def __init__(self, grading: Grading, ids: Sequence[str]) -> None:
        """Lets the clients begin to wait. What goes wrong is told when they are asked. `ids`: the
        checks that this process runs."""
        program, build = grading.server, grading.build
        id = program.replace("_server", "-robustness")
        self._starter = Starter(grading, build.keeping(id + "-patience"), program,
                                random.Random(f"{grading.seed} {id} patience"))
        self._patient: Optional[Patient] = None
        if id in ids and program not in build.errors:
            with contextlib.suppress(CheckFailed, Inconclusive, BoxFailed):
                self._patient = Patient(self._starter())

    def patient(self) -> Patient:
        """Returns the server with its clients; raises what went wrong."""
        return self._patient or Patient(self._starter())

    def close(self) -> None:
        """Ends the server."""
        self._starter.close()
