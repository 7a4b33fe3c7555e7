"""What was measured, as CSV (a line for each line of a table) and as JSON (everything). Times are
seconds, memory is bytes."""
from __future__ import annotations

import csv
import io
import json
from typing import Any, Dict, List, Mapping, Optional, Sequence

from bench.figures import Figure, Row
from bench.floor import Floor
from bench.host import Host
from bench.rounds import Contender, Contest
from bench.scaling import Point
from bench.timeline import Span, Trace
from bench.workloads import Workload

COLUMNS = ("workload", "server", "clients", "n",
           "turnaround_s", "turnaround_low_s", "turnaround_high_s",
           "latency_p50_s", "latency_worst_s", "speedup", "speedup_low", "speedup_high",
           "requests_per_s", "cpu_s", "memory_bytes", "problem")

Record = Dict[str, Any]


def row_record(workload: str, row: Row) -> Record:
    """Returns a line of the table, by COLUMNS."""
    def three(figure: Optional[Figure]) -> Sequence[Optional[float]]:
        return (None, None, None) if figure is None else figure

    cells = [workload, row.server, row.clients, row.n, *three(row.turnaround), row.p50, row.worst,
             *three(row.speedup), row.rate, row.cpu, row.memory, row.problem]
    return dict(zip(COLUMNS, cells))


def point_record(point: Point) -> Record:
    """Returns a point of a curve, by COLUMNS."""
    return row_record("scaling", Row(point.server, point.clients, point.n,
                                     turnaround=point.turnaround, rate=point.rate))


def floor_record(floor: Floor) -> Record:
    """Returns what was measured of a server against its bare loop."""
    return {"server": floor.server, "ratios": floor.ratios(), "quartiles": floor.quartiles(),
            "requests_per_s": floor.rates, "bare_requests_per_s": floor.bare_rates,
            "generator_share": floor.generator_shares, "problem": floor.problem}


def workload_record(workload: Workload, contest: Contest) -> Record:
    """Returns a workload with its table, the answers of every round, and the traces."""
    return {"workload": workload.name, "title": f"{workload.title}: {workload.details}",
            "clients": [plan._asdict() for plan in workload.clients],
            "measured": workload.measured,
            "table": [row_record(workload.name, row) for row in contest.rows(workload)],
            "servers": {one.name: _contender_record(one) for one in contest.contenders}}


def _contender_record(contender: Contender) -> Record:
    rounds = [[answer._asdict() for answer in answers] for answers in contender.rounds]
    trace = contender.trace
    return {"rounds": rounds, "trace": None if trace is None else _trace_record(trace)}


def _trace_record(trace: Trace) -> Record:
    lanes = [{**lane._asdict(), "spans": [_span_record(span) for span in lane.spans]}
             for lane in trace.lanes]
    return {**trace._asdict(), "lanes": lanes}


def _span_record(span: Span) -> Sequence[Any]:
    return [span.begin, span.end, span.state.value, span.run]


def as_csv(records: Sequence[Mapping[str, Any]]) -> str:
    """Returns a file of the given lines, which have the keys of COLUMNS."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def as_json(host: Host, complete: bool, workloads: List[Record], points: List[Record],
            floors: List[Record]) -> str:
    """Returns a file of everything. `complete` is false if the bench was interrupted."""
    document = {"machine": host._asdict(), "complete": complete, "workloads": workloads,
                "scaling": points, "floor": floors}
    return json.dumps(document, indent=1) + "\n"
