"""Starts the servers of a submission for its checks, and keeps what several checks need to know of
them. conftest.py hands all this to the checks."""
from __future__ import annotations

import contextlib
import random
from typing import Callable, Generic, List, Mapping, Optional, Sequence, TypeVar

from checks.probing import Probe
from checks.robustness import Patient
from checks.server import Server
from checks.verdict import CheckFailed, Inconclusive
from grading.build import Build
from grading.grader import Grading

T = TypeVar("T")
Raised = Optional[Exception]  # what a check has raised, if it has


class Starter:
    """Starts servers of one program for one check, and ends them all when it is closed."""

    def __init__(self, grading: Grading, build: Build, program: str, draw: random.Random) -> None:
        self._grading, self._build, self._program, self._draw = grading, build, program, draw
        self._stack = contextlib.ExitStack()

    def __call__(self, probe: str = "", faults: bool = False,
                 limits: Optional[Mapping[str, int]] = None) -> Server:
        """Starts a server, and waits until it has served a first client. `probe` is what the probe
        is to do in it (checks/probing.py); "" leaves it out. `faults`: calls can be made to fail in
        it. `limits`: changes to the box's (sandbox/box.py). Raises CheckFailed if the server does
        not start."""
        made = self._probe(probe) if probe else None
        server = Server(self._build.sandbox, self._build.copied(self._program), limits=limits,
                        draw=self._draw, faults=faults, probe=made,
                        allowance=self._grading.allowance)
        self._stack.callback(server.close)
        self._grading.started(server)
        server.start()
        if made:
            made.require(server.idle, server.box.user, self._program)
        return server

    def _probe(self, mode: str) -> Probe:
        newest_first = self._draw.random() < 0.5
        return self._stack.enter_context(Probe(self._build.probe, mode, newest_first))

    def close(self) -> None:
        """Ends all servers, also if ending one of them fails."""
        self._stack.close()


class Known(Generic[T]):
    """What several checks need to know of a server: found out once, by the first one that asks."""

    def __init__(self) -> None:
        self._raised: Raised = None
        self._found: List[T] = []

    def __call__(self, find: Callable[[], T]) -> T:
        """Returns what `find` returns, or raises what it raises, each time the same."""
        if not self._found and self._raised is None:
            try:
                self._found.append(find())
            except (CheckFailed, Inconclusive) as error:
                self._raised = error
        if self._raised is not None:
            raise self._raised
        return self._found[0]


def in_passing(start: Starter, find: Callable[[Server], T]) -> T:
    """Returns what is found out with a server of its own, which does not live on beside those of
    the check."""
    with contextlib.closing(start()) as server:
        return find(server)


class Early:
    """The server with the patient clients, which wait beside the checks: it is started as soon as
    it may be, where the check that asks them in the end has been selected."""

    def __init__(self, grading: Grading, selected: Sequence[str]) -> None:
        """`selected`: the ids of the checks that are run."""
        self._grading, self._selected = grading, selected
        self._starter: Optional[Starter] = None
        self._patient: Optional[Patient] = None

    def begin(self, program: str) -> None:
        """Lets the clients begin to wait. What goes wrong is told when they are asked."""
        id = program.replace("_server", "-robustness")
        if self._starter is None and id in self._selected:
            self._starter = Starter(self._grading, self._grading.build.keeping(id + "-patience"),
                                    program, random.Random(f"{self._grading.seed} {id} patience"))
            with contextlib.suppress(CheckFailed, Inconclusive):
                self._patient = Patient(self._starter())

    def patient(self) -> Patient:
        """Returns the server with its clients; raises what went wrong."""
        assert self._starter is not None
        return self._patient or Patient(self._starter())

    def close(self) -> None:
        """Ends the server."""
        if self._starter is not None:
            self._starter.close()
