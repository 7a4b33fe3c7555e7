"""The bench, run for real, but shortly. Its arithmetic and its pictures have tests in unit/."""
from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from bench import speedup
from bench.timeline import State
from grading.build import Build
from selftest.process import LAB, PATIENCE, eventually, interruptible, one_line, run
from watching import procfs

BENCH = (sys.executable, "-E", "-B", LAB / "tests", "bench")
SOLUTION = LAB / "solution"
ROW = re.compile(r"^(server|mp_server|mt_server|\d servers) +\d+ +\d+ +[\d.]+ \([\d.]+\.\.[\d.]+\)",
                 re.MULTILINE)
SHORT = ("--rounds", "1", "--workload", "cpu")


def bench(*words: object) -> subprocess.CompletedProcess[str]:
    return run(*BENCH, *words)


@pytest.mark.parametrize("words, complaint", [(("--clients", "0"), "1 to 256"),
                                              (("/no/such/folder",), "no such folder")])
def test_what_cannot_be_done_is_said_in_one_line(words: Tuple[str, ...], complaint: str) -> None:
    done = bench(*words)
    assert done.returncode == 2 and complaint in done.stderr
    assert done.stderr.startswith("bench: ") and one_line(done.stderr)


def test_a_short_run(tmp_path: Path) -> None:
    files = {kind: tmp_path / f"b.{kind}" for kind in ("svg", "csv", "json")}
    options = [word for kind, path in files.items() for word in (f"--{kind}", path)]
    done = bench(SOLUTION, "--clients", "4", "--n", "30", *SHORT, *options)
    assert (done.returncode, done.stderr) == (0, "")
    names = [found[1] for found in ROW.finditer(done.stdout)]
    assert names == ["server", "mp_server", "mt_server", "4 servers"]
    assert done.stdout.count("  client ") == 12  # lanes
    wide = [line for line in done.stdout.splitlines() if len(line) > 100]
    assert all(line.endswith(" written") for line in wide)
    assert "may be used" in done.stdout and "best possible" in done.stdout
    xml.fromstring(files["svg"].read_text())
    lines = list(csv.DictReader(files["csv"].open()))
    assert [line["server"] for line in lines] == ["server", "mp_server", "mt_server", "best"]
    assert all(float(line["turnaround_s"]) > 0 for line in lines)
    judge_document(json.loads(files["json"].read_text()))


def judge_document(document: Dict[str, Any]) -> None:
    """Holds the JSON file of a short run to what it must have."""
    assert document["complete"] and document["machine"]["allowed"] >= 1
    for name, measured in document["workloads"][0]["servers"].items():
        assert len(measured["rounds"]) == 1 and len(measured["rounds"][0]) == 4
        if name == "best":
            continue
        states = {span[2] for lane in measured["trace"]["lanes"] for span in lane["spans"]}
        assert State.SERVED.value in states
        assert State.QUEUED.value in states or name != "server"


def test_a_server_that_answers_nobody_is_named(tmp_path: Path) -> None:
    shutil.copy(LAB / "support/mp_server.c", tmp_path)
    (tmp_path / "mt_server.c").write_text("no C\n")
    done = bench(tmp_path, "--clients", "2", "--n", "20", *SHORT)
    assert done.returncode == 0
    assert re.search(r"^mp_server .*not measured: .*without a reply", done.stdout, re.MULTILINE)
    assert re.search(r"^mt_server .*not measured: it does not compile", done.stdout, re.MULTILINE)
    assert re.search(r"^server +2 +20 +[\d.]+ ", done.stdout, re.MULTILINE)


def test_scaling(tmp_path: Path) -> None:
    table, picture = tmp_path / "s.csv", tmp_path / "s.svg"
    done = bench(SOLUTION, "--scaling", "--clients", "4", "--n", "0,20", "--rounds", "1",
                 "--csv", table, "--svg", picture)
    assert done.returncode == 0 and "ideal req/s" in done.stdout
    lines = list(csv.DictReader(table.open()))
    assert len(lines) == 18 and {line["clients"] for line in lines} == {"1", "2", "4"}
    assert "requests/s" in picture.read_text()


def test_floor(tmp_path: Path) -> None:
    done = bench(SOLUTION, "--floor", "--rounds", "2", "--json", tmp_path / "f.json")
    # Whether they are fast enough is not the question here: the machine may be busy.
    assert done.returncode in (0, 1) and done.stderr == ""
    floors = json.loads((tmp_path / "f.json").read_text())["floor"]
    assert [(floor["server"], floor["problem"]) for floor in floors] == \
        [("mp_server", ""), ("mt_server", "")]
    assert all(len(floor["ratios"]) == 2 for floor in floors)
    assert (done.returncode == 1) == ("BELOW" in done.stdout)


# --- the end of a run ---

def started(*words: object) -> Tuple[subprocess.Popen[str], List[int]]:
    """Starts the bench, waits until it puts load on servers, and returns all its processes."""
    process = subprocess.Popen(interruptible(*BENCH, SOLUTION, *words), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, universal_newlines=True,
                               start_new_session=True)
    assert eventually(lambda: "generator" in [seen.name for seen in
                                              procfs.tree(process.pid).values()])
    return process, list(procfs.tree(process.pid))


def all_ended(pids: List[int]) -> bool:
    found = [procfs.process(pid) for pid in pids]
    return all(process is None or process.zombie for process in found)


def test_an_interrupt_shows_what_was_measured_so_far(tmp_path: Path) -> None:
    process, pids = started("--rounds", "1000", "--n", "30", "--workload", "cpu",
                            "--json", tmp_path / "b.json")
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    printed, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (128 + signal.SIGINT, "")
    assert "measured so far" in printed and "turnaround" in printed
    assert json.loads((tmp_path / "b.json").read_text())["complete"] is False
    assert all_ended(pids)


def test_a_killed_bench_leaves_nothing_behind() -> None:
    process, pids = started("--floor", "--rounds", "1000")
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert eventually(lambda: all_ended(pids))


# --- what the checker shows of it ---

def test_measured_speedups_are_a_line_for_each_server_that_serves(tmp_path: Path) -> None:
    shutil.copy(SOLUTION / "mt_server.c", tmp_path)
    shutil.copy(LAB / "support/mp_server.c", tmp_path)
    with Build(tmp_path) as build:
        programs = {name: build.program(name) for name in ("mp_server", "mt_server")}
        found = speedup.measured_speedups(build.sandbox, build.program("server"), programs)
    assert found["mp_server"] == []  # the skeleton answers nobody
    assert len(found["mt_server"]) == 1 and found["mt_server"][0].startswith("measured: 8 clients")
