"""What was measured, as CSV (a line for each line of a table) and as JSON (everything). Times are seconds, memory bytes."""
import csv
import io
import json
from pathlib import Path
from typing import Any, Dict, List, Sequence

from checker.machine import Machine

from bench.floor import Floor
from bench.load import Workload
from bench.measure import Field, Row, rows
from bench.scaling import Point

COLUMNS = ("workload", "server", "clients", "n", "turnaround_s", "turnaround_low_s", "turnaround_high_s", "latency_p50_s",
           "latency_worst_s", "speedup", "speedup_low", "speedup_high", "requests_per_s", "cpu_s", "memory_bytes", "problem")


def row_record(workload: str, row: Row) -> Dict[str, Any]:
    nothing = (None,) * 3
    figures = [*(row.turnaround or nothing), row.p50, row.worst, *(row.speedup or nothing), row.rate, row.cpu, row.memory]
    return dict(zip(COLUMNS, [workload, row.server, row.clients, row.n, *figures, row.problem]))


def point_record(point: Point) -> Dict[str, Any]:
    return row_record("scaling", Row(point.server, point.clients, point.n, turnaround=point.turnaround, rate=point.rate))


def floor_record(floor: Floor) -> Dict[str, Any]:
    return {"server": floor.server, "ratios": floor.ratios(), "quartiles": floor.quartiles() if floor.ratios() else None,
            "requests_per_s": floor.rates, "bare_requests_per_s": floor.bare, "generator_share": floor.own,
            "problem": "".join(floor.problem)}


def workload_record(workload: Workload, field: Field) -> Dict[str, Any]:
    """Returns a workload with its table, the answers of every round, and the recordings."""
    entrants = {entrant.name: {
        "rounds": [[answer._asdict() for answer in answers] for answers in entrant.rounds],
        "recording": entrant.recording and {
            **entrant.recording._asdict(),
            "lanes": [{**lane._asdict(), "spans": [list(span) for span in lane.spans]} for lane in entrant.recording.lanes]},
    } for entrant in field.entrants}
    return {"workload": workload.name, "title": workload.title, "visits": [visit._asdict() for visit in workload.visits],
            "judged": workload.judged, "table": [row_record(workload.name, row) for row in rows(field, workload)],
            "entrants": entrants}


def as_csv(records: Sequence[Dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def as_json(machine: Machine, complete: bool, workloads: List[Dict[str, Any]], points: List[Dict[str, Any]],
            floors: List[Dict[str, Any]]) -> str:
    """`complete` is false if the run was interrupted."""
    return json.dumps({"machine": machine._asdict(), "complete": complete, "workloads": workloads, "scaling": points,
                       "floor": floors}, indent=1) + "\n"


def write(path: Path, text: str) -> None:
    """Writes a file whole or not at all. Raises OSError."""
    temporary = path.with_name(path.name + ".new")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError:
        if temporary.exists():
            temporary.unlink()
        raise
