"""./checker.sh --class that is interrupted: nothing goes on, what there is is written, and the same
command does the rest."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest

from selftest.process import LAB, LONGEST, eventually
from selftest.unit.made_up_class import command

RUN = """
import sys
from functools import partial
sys.path.insert(0, %r)
from classroom import cli, run
from classroom.attempt import Checker
from console import run_command
run.Checker = partial(Checker, command=%r)
sys.exit(run_command("checker.sh", partial(cli.main, sys.argv[1:])))
"""


@pytest.fixture
def words(tmp_path: Path) -> List[str]:
    """What grades a class of two, one of which hangs."""
    for name, source in (("Ana", "pass"), ("Dan", "hang")):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "mp_server.c").write_text(source)
    run = RUN % (str(LAB / "tests"), command(tmp_path))
    return ["env", "--default-signal=INT", f"TMPDIR={tmp_path}", sys.executable, "-B", "-c", run,
            str(tmp_path / "class"), "--out", str(tmp_path / "out"), "--jobs", "2"]


def children(pid: int) -> str:
    """Returns the processes that a thread of one has started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return "".join((task / "children").read_text() for task in tasks)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_there_is_is_written(words: List[str], tmp_path: Path, number: signal.Signals) -> None:
    done = tmp_path / "out" / "results" / "Ana" / "graded.json"
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True) as process:
        assert eventually(done.exists, LONGEST)
        started = children(process.pid).split()
        process.send_signal(number)
        out, errors = process.communicate(timeout=LONGEST)
    assert (process.returncode, out) == (128 + number, "")
    assert "interrupted; the same command goes on: 1 graded, 1 not graded" in errors
    assert started and not any(os.path.exists(f"/proc/{pid}") for pid in started)
    assert not list(tmp_path.glob("class-*"))
    assert "Ana,Ana,100,graded" in (tmp_path / "out" / "gradebook.csv").read_text()
    assert "interrupted" in (tmp_path / "out" / "look-at.txt").read_text()
    before = done.stat().st_mtime_ns
    (tmp_path / "class" / "Dan" / "mp_server.c").write_text("pass; once more")
    again = subprocess.run(words, stdout=subprocess.PIPE, timeout=LONGEST)
    assert again.returncode == 0 and b"Graded now: 1" in again.stdout
    assert done.stat().st_mtime_ns == before
    assert "interrupted" not in (tmp_path / "out" / "look-at.txt").read_text()
