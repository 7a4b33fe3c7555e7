"""Data races that ThreadSanitizer sees in a submission's own lines.

A second witness beside the forced interleaving of races.py. That one decides alone where this one
does not work: there is no library, the kernel lays out memory in another way, the submission uses
C11 threads, or it does not run under ThreadSanitizer. But this is never silent: the result says
what kept the witness away.
"""
from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, NamedTuple, Optional, Protocol, Sequence

from checks.asking import AT_ONCE, answered
from checks.server import Server
from checks.verdict import CheckFailed, Inconclusive
from checks.workload import SYNCHRONOUS
from sandbox.sandbox import Sandbox

# By these names a program would tell ThreadSanitizer to keep silent: functions that it calls if the
# program defines them, a function to call, and attributes of functions.
NAMES = ("__tsan_default_options", "__tsan_default_suppressions", "__tsan_on_report",
         "__tsan_ignore_thread_begin", "_ZN6__tsan8OnReportEPKNS_10ReportDescEb")
ATTRIBUTES = ("no_sanitize(...)", "__no_sanitize__(...)", "no_sanitize_thread",
              "__no_sanitize_thread__")
FLAGS = " ".join(["-std=gnu17 -O1 -g -fsanitize=thread -U__SANITIZE_THREAD__",
                  *(f"-D{name}=own_{name}" for name in NAMES),
                  *(f"'-D{attribute}=unused'" for attribute in ATTRIBUTES)])
# Set from outside, these win over what the program itself sets by __tsan_default_options.
OPTIONS = {"TSAN_OPTIONS": ":".join([
    "halt_on_error=0", "exitcode=0", "report_thread_leaks=0", "report_signal_unsafe=0",
    "report_mutex_bugs=0", "report_destroy_locked=0", "detect_deadlocks=0", "atexit_sleep_ms=0",
    "suppressions=", "log_path=stderr", "enable_annotations=0"])}
# Each serves AT_ONCE clients at the same time. More find rarer races, and take longer.
ROUNDS = 3
GIVEN = ("tcp.c", "fibonacci.c")  # the lab's own sources: what races there is not the submission's
# gcc's ThreadSanitizer does not know C11 threads, and crashes when one begins.
C11_THREADS = b"\0thrd_create\0"

# A report of gcc 10 to 14, or of clang (tests/selftest/unit/test_sanitizer.py has one of each):
#   WARNING: ThreadSanitizer: data race (pid=1234)
#     Write of size 4 at 0x7ffc1b7f2a5c by main thread:
#       #0 run_server /tmp/mt_server.c:24 (mt_server+0x1a3f) (BuildId: ...)
#     Previous read of size 4 at ... by thread T1:
#       #0 serve /tmp/mt_server.c:11:15 (mt_server+0x1a3f)
#   ...
#   ==================
REPORT = re.compile(r"WARNING: ThreadSanitizer: data race.*?\n={18}", re.DOTALL)
ACCESS = re.compile(r"^ +(?:(?:Previous )?(?:atomic )?(?:[Rr]ead|[Ww]rite)) of size.*?\n"
                    r"((?: +#\d.*\n)+)", re.MULTILINE)
FRAME = re.compile(r"#\d+ \S+ (.+?):(\d+)")  # a path may hold blanks
FATAL = re.compile(r"FATAL: ThreadSanitizer:? ([a-z][a-z ]+)")

# Why a run came to no good end. What it reported before that is not looked at: a race among it
# would fail the check, where now the other witness decides alone.
NO_RUN = "it does not run under ThreadSanitizer"
ENDED = "the server ended under it"
BROKEN_OFF = "the machine did not let it run to the end"


class Compiler(Protocol):
    """What is needed of a submission's build (grading/build.py)."""
    sandbox: Sandbox

    def program(self, name: str) -> Path:
        """Returns where a server's program is."""

    def variant(self, name: str, flags: str, programs: Sequence[str]) -> Optional[Dict[str, Path]]:
        """Compiles servers with other flags; returns their paths, or None if they do not."""


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
    if C11_THREADS in build.program(name).read_bytes():
        return Finding(missing="it does not know C11 threads")
    programs = build.variant("tsan", FLAGS, (SYNCHRONOUS, name))
    if programs is None:
        return Finding(missing="nothing compiles with -fsanitize=thread (is libtsan installed?)")
    # The lab's own server, which has no threads: does ThreadSanitizer work on this machine?
    own = _watched(build.sandbox, programs[SYNCHRONOUS], rounds=1, clients=1)
    if own.problem:
        return Finding(missing="it does not work on this machine" + _reason(own.output))
    run = _watched(build.sandbox, programs[name], ROUNDS, AT_ONCE)
    return finding_in(run, f"{name}.c")


def finding_in(run: Run, source: str) -> Finding:
    """Returns what a run says about the file of that name. Pure."""
    if run.problem in (NO_RUN, ENDED, BROKEN_OFF):
        return Finding(missing=run.problem)
    race = first_race(run.output, source)
    done = f"{AT_ONCE} clients connected at the same moment, {ROUNDS} times, under ThreadSanitizer"
    return Finding(race=race, done=done) if race else Finding(missing=run.problem)


def first_race(output: str, source: str) -> str:
    """Returns the lines of the first report in which both sides are the submission's own code, in
    words; "" if there is none."""
    for report in REPORT.findall(output):
        lines = [_own_line(stack, source) for stack in ACCESS.findall(report)]
        own = [line for line in lines if line]
        if len(own) >= 2 and own[0] == own[1]:
            return f"{source}, line {own[0]}, by two threads"
        if len(own) >= 2:
            return f"{source}, line {own[0]} and line {own[1]}"
    return ""


def _own_line(stack: str, source: str) -> str:
    """Returns the line of the innermost frame of a stack that is in the file; "" if there is none,
    or the access is made in a file of the lab's."""
    frames = [(Path(file).name, line) for file, line in FRAME.findall(stack)]
    if any(name in GIVEN for name, _ in frames):
        return ""
    return next((line for name, line in frames if name == source), "")


def _watched(sandbox: Sandbox, program: Path, rounds: int, clients: int) -> Run:
    """Runs a server under ThreadSanitizer, and has it serve `clients` clients at once, `rounds`
    times."""
    server = Server(sandbox, program, OPTIONS)
    started = False
    problem = ""
    try:
        server.start()
        started = True
        for _ in range(rounds):
            if not _served(server, clients):
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


def _served(server: Server, number: int) -> bool:
    """Lets `number` clients send a request at once; returns whether each got a reply."""
    clients = [server.ask(n) for n in range(number)]
    served = answered(server, *clients)
    for client in clients:
        client.close()
    return served


def _reason(output: str) -> str:
    """Returns ThreadSanitizer's own complaint, to follow a sentence; "" if there is none."""
    found = FATAL.search(output)
    return f" ({found[1].strip()})" if found else ""
