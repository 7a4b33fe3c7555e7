"""What a source file may try while it is compiled fails, and says so, in the best tier of this
machine and in the weakest."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from grading import build as building
from grading.build import Build
from sandbox import tiers

COMPILE_SECONDS = 5  # the macros below take longer than any compiler is given
WHOLE = '#include "server.h"\nvoid run_server(int fd) { for (;;) tcp_accept(fd); }\n'
MACROS = ("#define A(x) x x x x x x x x\n#define B(x) A(A(A(A(A(A(A(A(A(x)))))))))\n"
          "int i = B(B(B(1+)));")
# What is added to a server, and what the compiler then says. {secret} is a file of the grader.
READS = [
    ('#include "{secret}"', "No such file|Permission denied"),
    ('__asm__(".incbin \\"{secret}\\"");', "incbin|file"),
]
EXHAUSTS = [
    ("#include __FILE__\n#include __FILE__", "nested"),
    ("char big[1 << 30] = {1}; char more[1 << 29] = {1};", "File size|limit|error"),
    (MACROS, "stopped|memory|error"),
]


@pytest.fixture(params=["best", tiers.TIERS[0]])
def tier(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The tier that builds have: the best one, or the weakest."""
    limit: str = request.param
    monkeypatch.setattr(building, "COMPILE_SECONDS", COMPILE_SECONDS)
    if limit != "best":
        monkeypatch.setenv(tiers.ENVIRONMENT, limit)
    return limit


def check_failure(folder: Path, text: str, seen: str) -> None:
    """Adds a text to one of two right servers: that one does not compile, and the other does."""
    (folder / "mp_server.c").write_text(WHOLE)
    (folder / "mt_server.c").write_text(WHOLE + text)
    with Build(folder) as build:
        assert list(build.errors) == ["mt_server"]
        assert re.search(seen, build.errors["mt_server"]), build.errors["mt_server"][-500:]


@pytest.mark.parametrize("text, seen", READS, ids=["include", "incbin"])
def test_source_that_reads_a_file(tools: Path, tier: str, tmp_path: Path, text: str,
                                  seen: str) -> None:
    if not tiers.at_least(tiers.establish(tools / "box").containment, "T2"):
        pytest.skip("tier 1 does not keep a compiler from reading")
    secret = tmp_path / "secret.c"
    secret.write_text("void run_server(int listenfd) { (void)listenfd; }\n")
    folder = tmp_path / "submission"
    folder.mkdir()
    check_failure(folder, text.format(secret=secret), seen)


@pytest.mark.parametrize("text, seen", EXHAUSTS, ids=["nested", "large", "macros"])
def test_source_that_exhausts_the_compiler(tier: str, tmp_path: Path, text: str,
                                           seen: str) -> None:
    check_failure(tmp_path, text, seen)


def test_a_compiler_without_time_is_the_machine_s_fault(tmp_path: Path,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    """On the clock; what the compiler uses of the CPU is the source's."""
    monkeypatch.setattr(building, "COMPILE_PATIENCE", 1)
    monkeypatch.setattr(building, "COMPILE_LIMITS", {})  # so that nothing else stops it before
    (tmp_path / "mt_server.c").write_text(WHOLE + MACROS)
    with Build(tmp_path) as build:
        assert "mt_server" in build.starved and "mp_server" not in build.starved
        assert "took longer" in build.errors["mt_server"]
