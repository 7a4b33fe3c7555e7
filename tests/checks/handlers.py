"""Does the handler for SIGCHLD keep to functions that a handler may call (signal-safety(7))?

The signal is made to come at the worst moment: the probe (probe_signals.c) raises it inside
malloc() and printf() and when a lock was taken, wherever it could come by itself; and some children
end just then. What counts is what the handler then calls, not whether it ends badly this time.
"""
from __future__ import annotations

import errno
from typing import Dict, List, Mapping

from checks import diagnosis
from checks.asking import (AT_ONCE, all_served, bystanders, closer_look, failing_creations, stopped,
                           words)
from checks.client import Client
from checks.probing import Probe
from checks.server import Server, Start
from checks.verdict import CheckFailed

# Clients, one after another, and failing forks. Fewer, and a server that allocates or prints for
# every tenth client only is not seen to; more, and it takes longer.
CLIENTS = 12
FAILURES = 2
# Clients that stay silent until their child is to end. Fewer, and a server that calls many
# different functions is not interrupted in all of them; more take longer.
ENDING = 12
# What a compiler makes of printf(3) and fprintf(3) when it can.
SIMPLER = {"puts": "puts() or printf()", "putchar": "putchar() or printf()",
           "fputc": "fputc() or fprintf()", "fputs": "fputs() or fprintf()",
           "fwrite": "fwrite(), fputs() or fprintf()"}


def safe(start: Start) -> None:
    """A signal that comes while the server allocates, prints or holds a lock does no harm. Raises
    CheckFailed. What else goes wrong meanwhile is the business of other checks."""
    server = start(probe="signals", faults=True)
    probe = server.probe
    assert probe is not None
    try:
        with bystanders(server):
            _Scenario(server, probe).act()
    except CheckFailed as error:
        if probe.fault:
            raise _failure(server, probe) from None
        if probe.in_handler:
            raise CheckFailed(error.done, "the handler for SIGCHLD to return, whenever it runs",
                              words("the handler for SIGCHLD does not return", error.seen),
                              "handler-hangs") from None
    if probe.fault:
        raise _failure(server, probe)


class _Scenario:
    """All that makes a server allocate, print and lock while it has children."""

    def __init__(self, server: Server, probe: Probe) -> None:
        self._server, self._probe = server, probe
        self._silent: List[Client] = []
        self._ended: List[Client] = []

    def act(self) -> None:
        """Raises CheckFailed if clients are not served."""
        try:
            self._act()
        finally:
            self._probe.can_end(0)

    def _act(self) -> None:
        server = self._server
        while len(self._silent) < ENDING:
            self._silent += server.connect_in_turn(1)
            if not server.wait(lambda: not self._probe.in_handler):
                raise CheckFailed("clients connected, one after another, and stayed silent", "",
                                  closer_look(lambda: diagnosis.doing(server)))
        self._probe.can_end(ENDING)
        for number in range(CLIENTS):
            server.lately = f"{number} clients were served; then "
            self._serve(1)
        self._serve(AT_ONCE)
        with stopped(server, server.idle):
            for request in (b"", b"1\n"):
                server.connect().send(request).reset()
        server.connect().close()
        self._serve(1)
        for _ in range(FAILURES):
            with failing_creations(server, errno.EAGAIN):
                client = server.ask(1)
                self._wait({client: 1})
        self._serve(1)

    def _serve(self, number: int) -> None:
        server = self._server
        asked: Dict[Client, int] = {}
        with stopped(server, server.idle if number > 1 else ()):
            for _ in range(number):
                n = server.draw.randrange(10)
                asked[server.ask(n)] = n
        self._wait(asked)
        came = f"{number} clients connected at the same moment" if number > 1 else "a client came"
        all_served(server, asked, f"{came}, while others stayed silent")
        for client in asked:
            client.close()

    def _wait(self, asked: Mapping[Client, int]) -> None:
        """Waits for replies and the ends of connections; meanwhile, lets children end when the
        probe waits for that. Raises CheckFailed when it has seen enough."""
        def over() -> bool:
            while self._silent and len(self._ended) < self._probe.to_end:
                self._ended.append(self._silent.pop().send(b"0\n"))
            ended = all(client.ended or client.line and self._server.keeps_open for client in asked)
            return ended or bool(self._probe.fault)

        self._server.wait(over, *asked)
        if self._probe.fault == "lock":  # the server waits for ever
            self._server.settle()
        if self._probe.fault:
            raise _failure(self._server, self._probe)


def _failure(server: Server, probe: Probe) -> CheckFailed:
    called, interrupted = _function(probe.called), _function(probe.interrupted)
    if probe.fault == "lock":
        return CheckFailed(
            f"let SIGCHLD come when the server had just got a lock by {interrupted}",
            "a handler that does not wait for that lock",
            words(f"the handler waits for ever in {called}: the code that it has interrupted "
                  "holds the lock", _waiting(server)), "handler-locks")
    return CheckFailed(
        f"let SIGCHLD come while the server was inside {interrupted}, as it may at any time",
        "a handler that calls only functions that are safe there (signal-safety(7))",
        f"the handler called {called}",
        "handler-allocates" if probe.fault == "allocation" else "handler-prints")


def _function(name: str) -> str:
    """Returns what the source may call the function of that name."""
    return SIMPLER.get(name, f"{name}()")


def _waiting(server: Server) -> List[str]:
    return closer_look(lambda: diagnosis.doing(server))
