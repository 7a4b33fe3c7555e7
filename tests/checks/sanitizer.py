"""Data races that ThreadSanitizer sees in a submission's own lines. A second witness beside the forced interleaving of
behaviour.own_replies: where ThreadSanitizer does not work (no library, a kernel that lays out memory in another way, a
submission that uses C11 threads, which gcc's crashes on, or that blinds it), it says nothing and that one decides
alone."""
import re
from pathlib import Path
from typing import List, Optional

from checker.behaviour import AT_ONCE, answered
from checker.build import Build
from checker.outcome import CheckFailed, Inconclusive
from checker.server import Server

# By these names a program would tell ThreadSanitizer to keep silent: hooks that it defines, a call, attributes.
NAMES = ("__tsan_default_options", "__tsan_default_suppressions", "__tsan_on_report", "__tsan_ignore_thread_begin",
         "_ZN6__tsan8OnReportEPKNS_10ReportDescEb")
ATTRIBUTES = ("no_sanitize(...)", "__no_sanitize__(...)", "no_sanitize_thread", "__no_sanitize_thread__")
FLAGS = " ".join(["-std=gnu17 -O1 -g -fsanitize=thread -U__SANITIZE_THREAD__",
                  *(f"-D{name}=own_{name}" for name in NAMES), *(f"'-D{attribute}=unused'" for attribute in ATTRIBUTES)])
ROUNDS = 3
# Set from outside, these win over what the program itself sets by __tsan_default_options (sanitizer_flags).
OPTIONS = {"TSAN_OPTIONS": "halt_on_error=0:exitcode=0:report_thread_leaks=0:report_signal_unsafe=0:report_mutex_bugs=0:"
           "report_destroy_locked=0:detect_deadlocks=0:atexit_sleep_ms=0:suppressions=:log_path=stderr:"
           "enable_annotations=0"}
REPORT = re.compile(r"WARNING: ThreadSanitizer: data race.*?\n={18}", re.DOTALL)
ACCESS = re.compile(r"^ +(?:(?:Previous )?(?:atomic )?(?:[Rr]ead|[Ww]rite)) of size.*?\n((?: +#\d.*\n)+)", re.MULTILINE)
FRAME = re.compile(r"#\d+ \S+ (\S+?):(\d+)")


def races(build: Build, name: str) -> Optional[str]:
    """Returns where the submission's threads race for memory, in words; None if no race is seen, or nothing can be."""
    if b"\0thrd_create\0" in build.program(name).read_bytes():
        return None
    programs = build.variant("tsan", FLAGS, ("server", name))
    if programs is None or not _works(build, programs["server"]):
        return None
    return _first_race(_output(build, programs[name]), f"{name}.c")


def _works(build: Build, program: Path) -> bool:
    """Does a server without threads run under ThreadSanitizer here?"""
    try:
        with Server(build.launcher, program, OPTIONS) as server:
            return answered(server, server.ask(3))
    except (CheckFailed, Inconclusive):
        return False


def _output(build: Build, program: Path) -> str:
    """Returns what a server printed while several clients at once were served several times."""
    try:
        with Server(build.launcher, program, OPTIONS) as server:
            for _ in range(ROUNDS):
                clients = [server.ask(n) for n in range(AT_ONCE)]
                answered(server, *clients)
                for client in clients:
                    client.close()
            server.settle()
    except (CheckFailed, Inconclusive):
        return ""
    return (server.box.output.head + server.box.output.tail).decode(errors="replace")


def _first_race(output: str, source: str) -> Optional[str]:
    """Returns the lines of the first report in which both sides are the submission's own code."""
    for report in REPORT.findall(output):
        sides: List[str] = []
        for stack in ACCESS.findall(report):
            own = [line for file, line in FRAME.findall(stack) if Path(file).name == source]
            others = [file for file, _ in FRAME.findall(stack) if Path(file).name in ("tcp.c", "fibonacci.c")]
            if own and not others:
                sides.append(own[0])
        if len(sides) >= 2:
            return f"{source}, line {sides[0]} and line {sides[1]}"
    return None
