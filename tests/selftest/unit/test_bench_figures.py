"""The bench's arithmetic: tables, sizes of the work, scaling, floor; and the generator's words."""
from __future__ import annotations

import csv
import io
import json

import pytest

from bench import export, generator, text, workloads
from bench.figures import Answer, Figure, Row, speedups, turnaround, with_answers
from bench.floor import Floor, Quartiles
from bench.host import Host
from bench.rounds import BEST, Contender
from bench.scaling import Curves, Point
from bench.servers import SYNCHRONOUS
from bench.session import best_possible
from checks.workload import LARGEST
from selftest.unit.bench_data import bundle

SLOW = [[Answer(0.0, 0.0, 1.0), Answer(0.0, 0.0, 2.0)],
        [Answer(0.5, 0.5, 1.5), Answer(0.5, 0.5, 3.5)]]
FAST = [[Answer(0.0, 0.0, 1.0), Answer(0.0, 0.0, 1.0)],
        [Answer(0.0, 0.0, 1.0), Answer(0.0, 0.0, 1.5)]]


def test_figures_of_a_row() -> None:
    reference = [turnaround(answers) for answers in SLOW]
    row = with_answers(Row("mp_server", 2, 30), FAST, [0, 1], reference)
    assert row.turnaround == Figure(1.25, 1.0, 1.5) and row.speedup == Figure(2.0, 2.0, 2.0)
    assert (row.p50, row.worst, row.rate) == (1.0, 1.5, 1.6)


def test_latencies_are_of_the_measured_clients_only() -> None:
    row = with_answers(Row("mp_server", 2, 30), SLOW, [1])
    assert (row.p50, row.worst, row.speedup) == (2.5, 3.0, None)


def test_nothing_measured_nothing_filled_in() -> None:
    row = Row("mp_server", 2, 30, "it is idle")
    assert with_answers(row, [], [0]) == row
    assert speedups([1.0, 2.0], []) == []


def test_a_contender_takes_cpu_time_and_memory_from_the_trace() -> None:
    contender, reference = Contender("mp_server"), Contender(SYNCHRONOUS)
    contender.rounds, reference.rounds, contender.trace = FAST, SLOW, bundle("mp_server")
    row = contender.row(workloads.cpu_bound(2, 30), reference)
    assert (row.clients, row.n, row.memory) == (2, 30, 1 << 20)
    assert row.cpu == pytest.approx(0.3) and row.speedup == Figure(2.0, 2.0, 2.0)


@pytest.mark.parametrize("n, cost, clients, wanted", [
    (31, 0.05, 16, 31), (31, 0.05, 8, 33), (31, 0.05, 1, 37), (31, 0.05, 256, 26),
    (39, 1e-9, 1, LARGEST), (1, 100.0, 1, 0)])
def test_the_default_work_takes_about_a_second(n: int, cost: float, clients: int,
                                               wanted: int) -> None:
    assert workloads.n_for_clients(n, cost, clients) == wanted


@pytest.mark.parametrize("n, factor, wanted", [
    (30, 1.0, 30), (30, 0.25, 27), (30, 1.6, 31), (2, 0.01, 0), (39, 100.0, LARGEST)])
def test_scaled_work(n: int, factor: float, wanted: int) -> None:
    assert workloads.scaled_n(n, factor) == wanted


def test_workloads() -> None:
    slow = workloads.slow_client(8, 20)
    assert [plan.pause for plan in slow.clients] == [workloads.SLOW_PAUSE] + [0.0] * 7
    assert slow.measured == list(range(1, 8))
    assert workloads.slow_client(1, 20).measured == [0]
    assert workloads.cpu_bound(1, 20).details.startswith("1 client at once")
    assert len(workloads.cpu_bound(8, 20).clients) == 8


def test_what_the_generator_reads_and_prints() -> None:
    assert generator.script(workloads.slow_client(2, 5).clients) == "0 1000000 5 8\n100000 0 5 8\n"
    assert generator.answer("1000000000 1500000000 3000000000\n") == Answer(1.0, 1.5, 3.0)


def test_the_ideal_is_shared_out_to_the_cores() -> None:
    alone = Figure(0.01, 0.01, 0.01)
    points = [Point("server", clients, 30, alone, 1.0) for clients in (1, 2, 4)]
    curves = Curves(2.0, points)
    assert curves.ideal(30) == pytest.approx([(1, 0.01), (2, 0.01), (4, 0.02)])
    assert curves.numbers() == [30] and curves.servers() == ["server"]
    assert Curves(2.0, points[1:]).ideal(30) == []  # nobody knows what one client takes


def test_quartiles_of_the_floor() -> None:
    floor = Floor("mp_server")
    assert floor.quartiles() is None and not floor.reached()
    floor.rates, floor.bare_rates = [96.0], [100.0]
    assert floor.quartiles() == Quartiles(0.96, 0.96, 0.96) and floor.reached()
    floor.rates, floor.bare_rates = [90.0, 100.0, 80.0], [100.0] * 3
    assert floor.quartiles() == pytest.approx((0.85, 0.9, 0.95)) and not floor.reached()
    floor.problem = "it is idle while clients wait for a reply"
    assert not floor.reached()


def test_a_table_names_what_is_wrong() -> None:
    measured = with_answers(Row("server", 2, 30), SLOW, [0, 1], [2.0, 3.0])
    stopped = measured._replace(server="mp_server", problem="it is idle")
    lines = text.table([measured, stopped, Row("mt_server", 2, 30, "it does not compile"),
                        measured._replace(server=BEST)])
    assert lines[1].split()[:6] == ["server", "2", "30", "2500", "(2000..3000)", "1500"]
    assert lines[2].endswith("  stopped: it is idle")
    assert lines[3].endswith("  not measured: it does not compile")
    assert lines[4].startswith("2 servers")


def test_the_best_possible_is_explained_where_it_was_measured() -> None:
    row = Row(BEST, 8, 30)
    assert best_possible([row]) == ""
    assert "1.90 (1.80..2.00)" in best_possible([row._replace(speedup=Figure(1.9, 1.8, 2.0))])


@pytest.mark.parametrize("seconds, shown", [
    (0.0, "0.00"), (0.001234, "1.23"), (0.01234, "12.3"), (0.1234, "123"), (12.34, "12340")])
def test_milliseconds_have_three_digits(seconds: float, shown: str) -> None:
    assert text.milliseconds(seconds) == shown


def test_tables_of_scaling_and_floor() -> None:
    curves = Curves(2.0, [Point("server", 1, 30, Figure(0.01, 0.01, 0.02), 100.0)])
    curves.problems["mt_server"] = "it is idle"
    lines = text.curves(curves)
    assert lines[1].split() == ["30", "1", "10.0", "100", "100"]
    assert lines[2] == "mt_server: it is idle"
    floor = Floor("mp_server")
    floor.rates, floor.bare_rates, floor.generator_shares = [90.0], [100.0], [0.5]
    printed = text.floors([floor])
    assert printed[1].split()[:6] == ["mp_server", "8", "0", "90.0", "100", "0.900"]
    assert printed[2].startswith("mp_server: BELOW 0.95 of a bare loop") and "50 %" in printed[2]
    assert text.floors([Floor("mt_server")]) == ["mt_server: not measured"]


def test_files_hold_what_was_measured() -> None:
    row = with_answers(Row("mp_server", 2, 30), FAST, [0, 1])
    lines = list(csv.DictReader(io.StringIO(export.as_csv([export.row_record("cpu", row)]))))
    assert (lines[0]["turnaround_s"], lines[0]["speedup"], lines[0]["problem"]) == ("1.25", "", "")
    point = Point("server", 1, 30, Figure(0.01, 0.01, 0.02), 100.0)
    document = json.loads(export.as_json(Host("A", "L", 1, 1, None), False, [],
                                         [export.point_record(point)],
                                         [export.floor_record(Floor("mp_server"))]))
    assert document["complete"] is False and document["machine"]["allowed"] == 1
    assert document["scaling"][0]["requests_per_s"] == 100.0
    assert document["floor"][0]["quartiles"] is None
