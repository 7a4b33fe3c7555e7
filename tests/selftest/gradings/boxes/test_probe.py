"""The library that checks preload: blocks of whole pages, of whatever size those are; what it
reports, and that it leaves no trace."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Dict, Iterator, Optional

import pytest

from checks.probing import Probe
from checks.verdict import CheckFailed
from grading.tools import PROBE, PROBE_SOURCES
from sandbox.launcher import compile_tool

PAGE = os.sysconf("SC_PAGESIZE")
LARGE_PAGE = 4 * PAGE  # as of another machine
# sysconf(3) of a machine with large pages.
SYSCONF = f"""
#include <unistd.h>
long sysconf(int name);
long sysconf(int name)
{{
    return name == _SC_PAGESIZE ? {LARGE_PAGE} : name == _SC_NPROCESSORS_ONLN ? 1 : -1;
}}
"""
GROWTH = """
import ctypes
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
size = lambda: int(open("/proc/self/statm").read().split()[0])
before = size()
blocks = [libc.malloc(1) for _ in range(1000)]
print((size() - before) // 1000)
"""
# A block that is not malloc's, and where malloc's header would be, numbers that are no header.
FOREIGN = f"""
import ctypes, mmap
pages = mmap.mmap(-1, 2 * {PAGE})
pages.write(b"x" * 2 * {PAGE})
block = ctypes.addressof(ctypes.c_char.from_buffer(pages)) + {PAGE}
libc = ctypes.CDLL(None)
libc.malloc_usable_size.restype = ctypes.c_size_t
print(libc.malloc_usable_size(ctypes.c_void_p(block)), flush=True)
libc.realloc(ctypes.c_void_p(block), ctypes.c_size_t(1))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the library, and another sysconf()."""
    made = tmp_path_factory.mktemp("probe")
    (made / "sysconf.c").write_text(SYSCONF)
    for name, sources in ((PROBE, PROBE_SOURCES), ("sysconf.so", [made / "sysconf.c"])):
        compile_tool(made / name, sources, "-fPIC", "-shared", "-pthread", "-ldl")
    return made


def python(code: str, *libraries: Path,
           probe: Optional[Probe] = None) -> subprocess.CompletedProcess[str]:
    """Runs Python code with libraries preloaded, which may be told what to do."""
    stdin = probe.preload.descriptor if probe else subprocess.DEVNULL
    return subprocess.run([sys.executable, "-c", textwrap.dedent(code)], stdin=stdin,
                          stdout=subprocess.PIPE, timeout=60, universal_newlines=True,
                          env={"LD_PRELOAD": " ".join(map(str, libraries)), "LAST": "1"})


def test_block_has_two_pages(folder: Path) -> None:
    assert int(python(GROWTH, folder / PROBE).stdout) == 2


def test_page_size_is_asked_for(folder: Path) -> None:
    grown = python(GROWTH, folder / "sysconf.so", folder / PROBE).stdout
    assert int(grown) == 2 * LARGE_PAGE // PAGE


def test_foreign_block_is_seen(folder: Path) -> None:
    done = python(FOREIGN, folder / PROBE)
    assert (done.stdout, done.returncode) == ("0\n", -signal.SIGABRT)


# --- what it reports, and its traces ---

# What a program sees of itself.
TRACES = """
import json, os
print(json.dumps({
    "variables": sorted(os.environ),
    "environ": open("/proc/self/environ").read().strip("\\0").split("\\0"),
    "descriptors": sorted(map(int, os.listdir("/proc/self/fd"))),
    "stdin": os.readlink("/proc/self/fd/0")}))
"""


@pytest.fixture
def probe(folder: Path) -> Iterator[Probe]:
    """A probe that gives blocks pages of their own."""
    with Probe(folder / PROBE, "pages") as made:
        yield made


def traces(*libraries: Path, probe: Optional[Probe] = None) -> Dict[str, Any]:
    """Returns what a program sees of itself."""
    found: Dict[str, Any] = json.loads(python(TRACES, *libraries, probe=probe).stdout)
    found["variables"] = [name for name in found["variables"] if name != "LC_CTYPE"]  # Python's
    return found


def test_it_reports_that_it_is_loaded(folder: Path, probe: Probe) -> None:
    assert probe.blocks == 0
    assert python("pass", folder / PROBE, probe=probe).returncode == 0
    assert probe.blocks > 100


def test_it_leaves_no_trace(folder: Path, probe: Probe) -> None:
    without = python(TRACES.replace('"environ":', '"any":'))
    seen = traces(folder / PROBE, probe=probe)
    assert seen["variables"] == ["LAST"]
    assert seen["environ"] == ["LAST=1"]
    assert seen["stdin"] == "/dev/null"
    assert seen["descriptors"] == json.loads(without.stdout)["descriptors"]


def waiting(folder: Path, probe: Probe, code: str) -> subprocess.Popen[bytes]:
    """Starts Python code that says so when it has come to its end, and then waits."""
    code += "\nprint(flush=True)\nsys.stdin.readline()\ntime.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", "import os, sys, time\n" + code],
                               stdin=probe.preload.descriptor, stdout=subprocess.PIPE,
                               env={"LD_PRELOAD": str(folder / PROBE)})
    assert process.stdout and process.stdout.readline() == b"\n"
    return process


def test_a_child_has_it_too(folder: Path, probe: Probe) -> None:
    with waiting(folder, probe, "if os.fork(): time.sleep(60)") as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        probe.require([process.pid, *map(int, children)], -1, "mt_server")
        assert len(children) == 1
        os.kill(int(children[0]), signal.SIGKILL)
        process.kill()


def test_who_executes_another_program_has_lost_it(folder: Path, probe: Probe) -> None:
    again = "if len(sys.argv) == 1: os.execv(sys.executable, [sys.executable, '-c', CODE, 'again'])"
    rest = "print(flush=True)\nimport time; time.sleep(60)"
    with waiting(folder, probe, again.replace("CODE", repr(rest))) as process:
        with pytest.raises(CheckFailed) as failure:
            probe.require([process.pid], -1, "mt_server")
        assert failure.value.symptom == "reexecutes"
        process.kill()


def test_a_program_that_never_had_it_has_not_reported(probe: Probe) -> None:
    with pytest.raises(CheckFailed):
        probe.require([], -1, "mt_server")
