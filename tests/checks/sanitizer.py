"""Data races that ThreadSanitizer sees in a submission's own lines.

A second witness beside the forced interleaving of races.py. That one decides alone where this one
does not work: there is no library, the kernel lays out memory in another way, or the submission
does not run under ThreadSanitizer. But this is never silent: the result says what kept the witness
away. C11 threads are POSIX threads here (c11_threads.c): ThreadSanitizer knows no others.
"""
from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple, Protocol, Sequence, Tuple

from checks.asking import answered, stopped
from checks.server import Server
from checks.verdict import CheckFailed, Inconclusive
from checks.workload import SYNCHRONOUS
from sandbox.sandbox import Sandbox

# By these attributes a function would be left out; by other names, too, a program would reach
# ThreadSanitizer (grading/sanitized.mk).
ATTRIBUTES = ("no_sanitize(...)", "__no_sanitize__(...)", "no_sanitize_thread",
              "__no_sanitize_thread__")
FLAGS = " ".join(["-std=gnu17 -O1 -g -fsanitize=thread -U__SANITIZE_THREAD__",
                  *(f"'-D{attribute}=unused'" for attribute in ATTRIBUTES)])
# Rounds, and clients at the same moment in each. More find rarer races, and take longer.
ROUNDS, CLIENTS = 3, 12
# The lab's own sources: what races there is not the submission's.
GIVEN = ("tcp.c", "fibonacci.c")

# What orders accesses to memory and is not seen by ThreadSanitizer. Where a source uses one of
# these, a race of the main thread with another may be none: it may hand over a descriptor so. Races
# of other threads count all the same.
UNSEEN = re.compile(r"\b(atomic_thread_fence|__atomic_thread_fence|__sync_synchronize|sigwait|"
                    r"sigwaitinfo|sigtimedwait|signalfd|sigsuspend|pause|semop|semtimedop|msgrcv|"
                    r"mq_receive|mq_timedreceive|eventfd_read|flock|lockf)\b *\(")

# A report of gcc 10 to 14, or of clang (tests/selftest/unit/test_sanitizer.py has one of each):
#   WARNING: ThreadSanitizer: data race (pid=1234)
#     Write of size 4 at 0x7ffc1b7f2a5c by main thread:
#       #0 run_server /tmp/mt_server.c:24 (mt_server+0x1a3f) (BuildId: ...)
#     Previous read of size 4 at ... by thread T1:
#       #0 serve /tmp/mt_server.c:11:15 (mt_server+0x1a3f)
#   ...
#   ==================
REPORT = re.compile(r"WARNING: ThreadSanitizer: data race.*?\n={18}", re.DOTALL)
ACCESS = re.compile(r"^ +(?:Previous )?(?:[Aa]tomic )?([Rr]ead|[Ww]rite) of size.*?\n"
                    r"((?: +#\d.*\n)+)", re.MULTILINE)
FRAME = re.compile(r"#\d+ (\S+) (.+?):(\d+)")  # a path may hold blanks
GLOBAL = re.compile(r"Location is global '(\w[^']*)'")
BY_CREATOR = re.compile(r" of size \d+ at \S+ by main thread")
ERROR = re.compile(r"error: (.*)")
FATAL = re.compile(r"FATAL: ThreadSanitizer:? ([a-z][a-z ]+)")

# Why a run came to no good end. A race that was reported before that is one nevertheless: each
# report is printed at once, and is about two accesses that were made.
NO_RUN = "it does not run under ThreadSanitizer"
ENDED = "the server ended under it"
BROKEN_OFF = "the machine did not let it run to the end"


class Compiler(Protocol):
    """What is needed of a submission's build (grading/build.py)."""
    sandbox: Sandbox

    def program(self, name: str) -> Path:
        """Returns where a program is; its source is beside it."""

    def sanitized(self, flags: str, name: str) -> Tuple[Path, str]:
        """Compiles a program with a sanitizer's flags. Returns its path, and what went wrong."""


class Finding(NamedTuple):
    """What ThreadSanitizer says: nothing at all if it has watched, and seen no race."""
    race: str = ""  # where the submission's threads race for memory
    missing: str = ""  # why it could not watch
    done: str = ""  # what was done when it saw the race


class Run(NamedTuple):
    """How a server ran under ThreadSanitizer."""
    output: str  # what it printed, reports among it
    problem: str = ""  # why it means nothing if there is no report; "" if it does mean something


def races(build: Compiler, name: str) -> Finding:
    """Lets ThreadSanitizer watch a server of a submission while clients are served. What goes wrong
    is in the result; raises BoxFailed only."""
    program, problem = build.sanitized(FLAGS, name)
    if problem:
        if build.sanitized(FLAGS, SYNCHRONOUS)[1]:
            return Finding(missing="nothing compiles with -fsanitize=thread (is libtsan "
                           "installed?)")
        return Finding(missing=f"{name}.c does not compile with -fsanitize=thread"
                       + _first_error(problem))
    run = _watched(build.sandbox, program, ROUNDS, CLIENTS)
    source = build.program(name).with_suffix(".c").read_text(errors="replace")
    unseen = UNSEEN.search(source)
    found = finding_in(run, f"{name}.c", unseen[1] if unseen else "")
    if found.race or run.problem not in (NO_RUN, ENDED):
        return found
    # The lab's own server, which has no threads: does ThreadSanitizer work on this machine?
    own, problem = build.sanitized(FLAGS, SYNCHRONOUS)
    tried = _watched(build.sandbox, own, rounds=1, clients=1) if not problem else run
    if tried.problem:
        return Finding(missing="it does not work on this machine" + _reason(tried.output))
    return found


def finding_in(run: Run, source: str, unseen: str = "") -> Finding:
    """Returns what a run says about the file of that name. `unseen`: a function that it calls, and
    that orders accesses unseen. Pure."""
    done = (f"{CLIENTS} clients connected at the same moment, {ROUNDS} times, under "
            "ThreadSanitizer; some of them reset their connection")
    reports = REPORT.findall(run.output)
    certain = [report for report in reports if not (unseen and BY_CREATOR.search(report))]
    race = first_race(certain, source)
    if race:
        return Finding(race=race, done=done)
    if first_race(reports, source):
        return Finding(missing=f"it does not see what {unseen}() orders")
    return Finding(missing=run.problem)


def first_race(reports: Sequence[str], source: str) -> str:
    """Returns the lines of the first report in which both sides are the submission's own code, in
    words; "" if there is none."""
    for report in reports:
        found = [_own_line(kind.lower(), stack, source) for kind, stack in ACCESS.findall(report)]
        own = [line for line in found if line]
        if len(own) < 2:
            continue
        variable = GLOBAL.search(report)
        what = f"; the variable is '{variable[1]}'" if variable else ""
        line, first = own[0].split(" (")
        if own[1].startswith(line + " ("):
            return f"{source}, {line}, by two threads ({first[:-1]}; {own[1].split(' (')[1]}{what}"
        return f"{source}, {own[0]} and {own[1]}{what}"
    return ""


def _own_line(kind: str, stack: str, source: str) -> str:
    """Returns the line of the innermost frame of a stack that is in the file, with its function and
    the kind of access; "" if there is none, or the access is made in a file of the lab's."""
    frames = [(function, Path(file).name, line) for function, file, line in FRAME.findall(stack)]
    if any(name in GIVEN for _, name, _ in frames):
        return ""
    return next((f"line {line} ({kind} in {function}())" for function, name, line in frames
                 if name == source), "")


def _watched(sandbox: Sandbox, program: Path, rounds: int, clients: int) -> Run:
    """Runs a server under ThreadSanitizer, and has it serve `clients` clients at once, `rounds`
    times."""
    server = Server(sandbox, program)
    started = False
    problem = ""
    try:
        server.start()
        started = True
        for number in range(rounds):
            if not _served(server, clients, at_once=number % 2 == 0):
                problem = "under it, some clients got no reply"
        server.settle()
    except CheckFailed:
        problem = ENDED if started else NO_RUN
    except Inconclusive:
        problem = BROKEN_OFF if started else NO_RUN
    finally:
        server.close()
    output = server.box.output
    if not problem and output.total > len(output.head) + len(output.tail):
        problem = "the server printed so much that a report may be lost"
    return Run(output.kept().decode(errors="replace"), problem)


def _served(server: Server, number: int, at_once: bool) -> bool:
    """Lets `number` clients send a request; every third one then resets its connection, if there
    are so many. `at_once`: the server sees nothing of them before all that is done. Returns whether
    each other one got a reply."""
    with stopped(server, server.idle if at_once else ()):
        clients = [server.ask(n) for n in range(number)]
        waiting = [client for n, client in enumerate(clients) if n % 3 != 2]
        for client in clients[2::3]:
            client.reset()
    served = answered(server, *waiting)
    for client in waiting:
        client.close()
    return served


def _reason(output: str) -> str:
    """Returns ThreadSanitizer's own complaint, to follow a sentence; "" if there is none."""
    found = FATAL.search(output)
    return f" ({found[1].strip()})" if found else ""


def _first_error(said: str) -> str:
    """Returns the compiler's first error, to follow a sentence; "" if it has named none."""
    found = ERROR.search(said)
    return f" ({found[1].strip()})" if found else ""
