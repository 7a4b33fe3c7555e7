"""The bench: its arguments, its figures and pictures of a recording that is made up, and short real runs."""
import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import List

import pytest

TESTS = Path(__file__).resolve().parent.parent
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))

from checker import machine, proc  # noqa: E402

from bench import draw, svg  # noqa: E402
from bench.load import Answer, cpu_bound, slow_clients  # noqa: E402
from bench.measure import SYNCHRONOUS, Entrant, Figure, row  # noqa: E402
from bench.record import ASLEEP, HELD, QUEUED, UNKNOWN, Lane, Recording, Span, carried_back  # noqa: E402
from bench.scaling import Curves, Point  # noqa: E402

BENCH = [sys.executable, str(TESTS / "bench/__main__.py")]
SOLUTION = TESTS.parent / "solution"
TABLE = re.compile(r"^(server|mp_server|mt_server|\d servers) +\d+ +\d+ +[\d.]+ \([\d.]+\.\.[\d.]+\)", re.MULTILINE)


def bench(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*BENCH, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=60,
                          env={**os.environ, **environment})


def recording(server: str) -> Recording:
    """Returns three clients of 0.1 s of work each: in turns, or all together on one core."""
    if server == SYNCHRONOUS:
        lanes = [Lane(0.0, 0.0, 0.1 * (i + 1), [Span(0.0, 0.1 * i, QUEUED), Span(0.1 * i, 0.1 * (i + 1), HELD, 1.0)][not i:])
                 for i in range(3)]
    else:
        lanes = [Lane(0.0, 0.0, 0.3, [Span(0.0, 0.3, HELD, 1 / 3)]) for _ in range(3)]
    return Recording(server, lanes, 0.3, 0.3, 1 << 20)


@pytest.mark.parametrize("words, complaint", [
    (["--servers", "mp,qp"], "'qp'"), (["--clients", "0"], "1 to 256"), (["--n", "41"], "0 to 40"),
    (["--n", "1,2"], "--scaling"), (["--rounds", "many"], "'many'"), (["--svg", "/no/such/folder/x.svg"], "cannot be written"),
    (["--floor", "--scaling"], "not allowed"), (["--floor", "--n", "3"], "--floor"), (["--workload", ""], "cpu, slow"),
    (["/no/such/folder"], "no such folder")])
def test_bad_arguments_get_one_line(words: List[str], complaint: str) -> None:
    done = bench(*words)
    assert done.returncode == 2 and complaint in done.stderr
    assert done.stderr.startswith("bench: ") and done.stderr.count("\n") == 1


def test_staircase_and_bundle() -> None:
    lines = draw.timeline([recording("server"), recording("mp_server")], 52)
    assert [line.split()[2] for line in lines[1:4]] == ["#" * 10, "." * 10 + "#" * 10, "." * 20 + "#" * 10]
    assert [line.split()[2] for line in lines[5:8]] == ["=" * 30] * 3
    assert all("300 ms" in line for line in lines[5:8]) and max(map(len, lines)) <= 100
    assert "\x1b" not in "".join(lines)


def test_marks() -> None:
    lane = Lane(0.1, 0.3, 0.6, [Span(0.1, 0.2, QUEUED), Span(0.2, 0.3, ASLEEP, 0.0), Span(0.3, 0.4, HELD),
                                Span(0.4, 0.5, HELD, 0.1), Span(0.5, 0.6, HELD, 0.9), Span(0.6, 0.7, UNKNOWN)])
    assert "".join(draw.mark(lane, i / 10, (i + 1) / 10) for i in range(8)) == " .-+=#? "


def test_late_counters_are_carried_back() -> None:
    late = [Span(0.0, 1.0, HELD), Span(1.0, 2.0, ASLEEP, 0.0), Span(2.0, 3.0, HELD, 0.0), Span(3.0, 4.0, HELD, 1.5)]
    assert [(span.state, span.run) for span in carried_back(late)] == [(HELD, None), (ASLEEP, 0.0), (HELD, 0.5), (HELD, 1.0)]


def test_colour_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert draw.coloured(Terminal())  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not draw.coloured(Terminal())  # type: ignore[arg-type]
    assert re.sub(r"\x1b\[[\d;]*m", "", draw.paint("..=##")) == "..=##"


def test_figures_of_a_table() -> None:
    slow, fast = Entrant(SYNCHRONOUS), Entrant("mp_server")
    workload = cpu_bound(2, 30)
    slow.rounds = [[Answer(0.0, 0.0, 1.0), Answer(0.0, 0.0, 2.0)], [Answer(0.5, 0.5, 1.5), Answer(0.5, 0.5, 3.5)]]
    fast.rounds = [[Answer(0.0, 0.0, 1.0), Answer(0.0, 0.0, 1.0)], [Answer(0.0, 0.0, 1.0), Answer(0.0, 0.0, 1.5)]]
    found = row(fast, slow, workload)
    assert found.turnaround == Figure(1.25, 1.0, 1.5) and found.speedup == Figure(2.0, 2.0, 2.0) and found.rate == 1.6
    assert (found.p50, found.worst) == (1.0, 1.5)
    assert slow_clients(8, 20).judged == list(range(1, 8)) and slow_clients(1, 20).judged == [0]


@pytest.mark.parametrize("picture", ["timelines", "curves", "no timelines", "no curves"])
def test_svg_stands_alone(picture: str) -> None:
    points = [Point(server, clients, n, Figure(clients * 0.001, 0.0, 1.0), 1000.0)
              for server in ("server", "mp_server") for clients in (1, 2, 4) for n in (0, 30)]
    section = svg.Section("A <b> & c", "words", [recording("server"), recording("mt_server")])
    text = {"timelines": lambda: svg.timelines([section], "M & m"), "curves": lambda: svg.scaling(Curves(points, 2.0), "M"),
            "no timelines": lambda: svg.timelines([], "M"), "no curves": lambda: svg.scaling(Curves([], 2.0), "M")}[picture]()
    root = xml.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    kinds = {element.tag.partition("}")[2] for element in root.iter()}
    assert kinds <= {"svg", "title", "desc", "rect", "text", "tspan", "line", "path", "polyline", "circle"}
    assert not re.search(r"href|url\(|@import|javascript|NaN|inf[^o]", text)
    for element in root.iter():
        assert float(element.get("width", "1").rstrip("px")) >= 0


def test_quotas(tmp_path: Path) -> None:
    group = tmp_path / "cg/a/b"
    group.mkdir(parents=True)
    mounts, member = tmp_path / "mountinfo", tmp_path / "cgroup"
    mounts.write_text(f"30 1 0:1 / {tmp_path / 'cg'} rw - cgroup2 cgroup2 rw\n")
    member.write_text("0::/a/b\n")
    assert machine.quota(mounts, member) is None
    (group / "cpu.max").write_text("max 100000\n")
    (group.parent / "cpu.max").write_text("150000 100000\n")
    assert machine.quota(mounts, member) == 1.5
    mounts.write_text(f"30 1 0:1 /a {tmp_path / 'cg/a'} rw - cgroup cgroup rw,cpu,cpuacct\n")
    member.write_text("4:cpu,cpuacct:/a/b\n")
    (group / "cpu.max").unlink()
    (group / "cpu.cfs_quota_us").write_text("50000\n")
    (group / "cpu.cfs_period_us").write_text("100000\n")
    assert machine.quota(mounts, member) == 0.5


def test_a_short_run(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("b.svg", "b.csv", "b.json")]
    done = bench(str(SOLUTION), "--clients", "4", "--n", "30", "--rounds", "1", "--workload", "cpu", "--svg", str(files[0]),
                 "--csv", str(files[1]), "--json", str(files[2]))
    assert done.returncode == 0 and done.stderr == ""
    assert [found[1] for found in TABLE.finditer(done.stdout)] == ["server", "mp_server", "mt_server", "4 servers"]
    assert done.stdout.count("  client ") == 12
    assert max(len(line) for line in done.stdout.splitlines() if not line.endswith(" written")) <= 100
    assert "may be used" in done.stdout and "best possible" in done.stdout
    xml.fromstring(files[0].read_text())
    lines = list(csv.DictReader(files[1].open()))
    assert [line["server"] for line in lines] == ["server", "mp_server", "mt_server", "best"]
    assert all(float(line["turnaround_s"]) > 0 for line in lines)
    document = json.loads(files[2].read_text())
    assert document["complete"] and document["machine"]["allowed"] >= 1
    for name, entrant in document["workloads"][0]["entrants"].items():
        assert len(entrant["rounds"]) == 1 and len(entrant["rounds"][0]) == 4
        if name != "best":
            states = {span[2] for lane in entrant["recording"]["lanes"] for span in lane["spans"]}
            assert HELD in states and (QUEUED in states or name != "server")


def test_a_server_that_answers_nobody_is_named(tmp_path: Path) -> None:
    (tmp_path / "mp_server.c").write_text((TESTS.parent / "support/mp_server.c").read_text())
    (tmp_path / "mt_server.c").write_text("no C\n")
    done = bench(str(tmp_path), "--clients", "2", "--n", "20", "--rounds", "1", "--workload", "cpu")
    assert done.returncode == 0
    assert re.search(r"^mp_server .*no figures: .*without a reply", done.stdout, re.MULTILINE)
    assert re.search(r"^mt_server .*no figures: it does not compile", done.stdout, re.MULTILINE)
    assert re.search(r"^server +2 +20 +[\d.]+ ", done.stdout, re.MULTILINE)


def descendants(pid: int) -> List[str]:
    return sorted(seen.name for seen in proc.tree(pid).values())


def ended(pids: List[int]) -> bool:
    return all(proc.process(pid) is None or proc.process(pid).zombie for pid in pids)  # type: ignore[union-attr]


def test_interrupted(tmp_path: Path) -> None:
    process = subprocess.Popen([*BENCH, str(SOLUTION), "--rounds", "1000", "--n", "30", "--workload", "cpu", "--json",
                                str(tmp_path / "b.json")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               universal_newlines=True, start_new_session=True)
    deadline = time.monotonic() + 30
    while "load" not in descendants(process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    started = list(proc.tree(process.pid))
    assert started
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    printed, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGINT and errors == ""
    assert "measured so far" in printed and "turnaround" in printed
    assert json.loads((tmp_path / "b.json").read_text())["complete"] is False
    assert ended(started)


def test_killed_leaves_nothing() -> None:
    process = subprocess.Popen([*BENCH, str(SOLUTION), "--floor", "--rounds", "1000"], stdout=subprocess.PIPE,
                               start_new_session=True)
    deadline = time.monotonic() + 30
    while "load" not in descendants(process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    started = list(proc.tree(process.pid))
    process.kill()
    process.communicate(timeout=30)
    while not ended(started) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert started and ended(started)


def test_scaling(tmp_path: Path) -> None:
    done = bench(str(SOLUTION), "--scaling", "--clients", "4", "--n", "0,20", "--rounds", "1", "--csv", str(tmp_path / "s.csv"),
                 "--svg", str(tmp_path / "s.svg"))
    assert done.returncode == 0 and "ideal req/s" in done.stdout
    lines = list(csv.DictReader((tmp_path / "s.csv").open()))
    assert len(lines) == 18 and {line["clients"] for line in lines} == {"1", "2", "4"}
    assert "requests/s" in (tmp_path / "s.svg").read_text()
