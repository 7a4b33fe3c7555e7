"""The library that checks preload: blocks of whole pages, of whatever size those are."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import checks
from sandbox.launcher import compile_tool

PROBE = Path(checks.__file__).with_name("probe.c")
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
    for name, source in (("probe.so", PROBE), ("sysconf.so", made / "sysconf.c")):
        compile_tool(made / name, [source], "-fPIC", "-shared", "-pthread", "-ldl")
    return made


def python(code: str, *libraries: Path) -> subprocess.CompletedProcess[str]:
    """Runs Python code with libraries preloaded."""
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, timeout=60,
                          env={"LD_PRELOAD": " ".join(map(str, libraries)), "PROBE": "pages"},
                          universal_newlines=True)


def test_block_has_two_pages(folder: Path) -> None:
    assert int(python(GROWTH, folder / "probe.so").stdout) == 2


def test_page_size_is_asked_for(folder: Path) -> None:
    grown = python(GROWTH, folder / "sysconf.so", folder / "probe.so").stdout
    assert int(grown) == 2 * LARGE_PAGE // PAGE


def test_foreign_block_is_seen(folder: Path) -> None:
    done = python(FOREIGN, folder / "probe.so")
    assert (done.stdout, done.returncode) == ("0\n", -signal.SIGABRT)
