"""Do ended threads leave memory behind? The probe (probe.c, PROBE=pages) gives each block of
malloc() pages of its own, so that what is never freed shows in the size of the address space."""
from __future__ import annotations

import os
from typing import Callable

from checks.asking import AT_ONCE, CLEANUP_QUIET, served
from checks.check import Check
from checks.client import Client
from checks.server import Server
from checks.verdict import CheckFailed

STACKS = ("grep VmSize /proc/PID/status; ./client_bench.sh 2999 50 1; grep VmSize /proc/PID/status"
          "  # a stack is 8192 kB")
BLOCKS = ("grep heap /proc/PID/maps; for i in $(seq 10000); do exec 3<>/dev/tcp/localhost/2999; "
          "echo 1 >&3; read -r <&3; done; grep heap /proc/PID/maps"
          "  # the server started by MALLOC_ARENA_MAX=1 ./mt_server 2999")
MT_MEMORY = Check(
    "mt-memory", 4, "ended threads leave no memory behind", "TODO 1 and 2 of mt_server.c",
    "What remains of a thread that has ended, and until when? Who frees what malloc() gave?",
    STACKS)

PAGE = os.sysconf("SC_PAGE_SIZE")
# What is never freed, for each client: at least a page, if anything (probe.c). More than this is no
# block of a sensible program, but a stack (8 MiB by default). Smaller, and a large block is called
# a stack; larger, and a small stack is called a block. The check fails in any case.
LARGEST_BLOCK = 8 * PAGE
# The size is taken this many times, after CLIENTS clients each. Fewer, and stacks that are kept for
# the next threads look like a leak; more take longer.
ROUNDS = 10
CLIENTS = 20
# The memory may grow for good in this many of the rounds: by the stack of one more thread that was
# alive at the same time. Fewer, and such a right server fails; more, and a leak that is not in each
# round passes.
GROWTHS = 1
# Seconds asleep until a server has dealt with what it was sent, where that is one client. Shorter,
# and a size is taken too early, with a thread still there; longer, and every round takes longer.
BRIEF = 0.015
# Seconds asleep until it is not going to free anything soon. Shorter, and a server that cleans up a
# little later is waited for at the end of all rounds instead; longer, and every round takes longer.
FREED_QUIET = 0.1
# Seconds asleep until a connection is not going to end. Shorter, and the clients after it come too
# early; longer, and a server that closes none takes longer.
END_QUIET = 0.5


def stays(server: Server) -> None:
    """The address space does not grow with the number of clients that were served. Raises
    CheckFailed."""
    clients = server.connect_in_turn(2 * AT_ONCE)
    for client in clients:
        served(server, client.send(b"0\n"),
               f"{2 * AT_ONCE} clients connected, then each sent '0'")
        client.close()
    all_end = True

    def serve(client: Client) -> None:
        nonlocal all_end
        served(server, client.send(b"0\n"), "clients, one after another, each sent '0'")
        # A server that does not close connections loses another check: it is waited for only once.
        if all_end:
            all_end = server.wait(lambda: bool(client.ended), client, quiet=END_QUIET)
        client.close()

    def some_clients() -> None:
        for _ in range(CLIENTS - 2):
            serve(server.connect())
        # Who reaps when a client comes must not forget one of two.
        for client in server.connect_in_turn(2):
            serve(client)

    does_not_grow(server, some_clients, CLIENTS, "served {} clients, one after another")


def does_not_grow(server: Server, act: Callable[[], None], clients: int, done: str) -> None:
    """Raises CheckFailed if the address space grows (nearly) each time that something is done:
    memory is leaked. `clients` is how many each time concerns; `done` says what was done, with {}
    for how many in all."""
    def size() -> int:
        server.settle(quiet=BRIEF)
        return server.address_space()

    sizes = [size()]
    for _ in range(ROUNDS):
        act()
        before = sizes[-1]
        server.wait(lambda: size() <= before, quiet=FREED_QUIET)
        sizes.append(size())
    growth = sorted(after - before for before, after in zip(sizes, sizes[1:]))
    least = growth[GROWTHS]
    if least < PAGE:
        return
    if server.wait(lambda: size() < sizes[0] + least, quiet=CLEANUP_QUIET):
        return  # all was freed in the end, by a timer
    leak = growth[ROUNDS // 2] / clients
    kind, commands = "blocks from malloc() are", BLOCKS
    if leak > LARGEST_BLOCK:
        kind, commands = "the stacks of ended threads are", STACKS
    raise CheckFailed(done.format(clients * ROUNDS), "about as much memory as before",
                      f"{leak / 1024:.0f} KiB more for each client: {kind} never freed",
                      by_hand=commands)
