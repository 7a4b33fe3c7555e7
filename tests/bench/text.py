"""The bench's tables as plain text. Times are given in seconds and shown in milliseconds."""
from __future__ import annotations

import statistics
from typing import Dict, List, Optional, Sequence

from bench.figures import Figure, Row
from bench.floor import CLIENTS, WANTED, Floor
from bench.rounds import BEST
from bench.scaling import Curves, Point
from bench.servers import SYNCHRONOUS

Cells = Sequence[str]

HEADINGS = ("server", "clients", "n", "turnaround ms", "p50 ms", "worst ms", "speed-up", "req/s",
            "CPU s", "memory")
FLOOR_HEADINGS = ("server", "clients", "n", "req/s", "bare loop's req/s", "ratio", "quartiles",
                  "slices")
ABSENT = "-"


def milliseconds(seconds: float) -> str:
    """Returns a time in ms with three significant digits, or all of those before the point."""
    value = seconds * 1000
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def size(number: Optional[int]) -> str:
    """Returns a number of bytes with its unit."""
    if number is None:
        return ABSENT
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{number / 1e3:.0f} kB"


def rate(value: float) -> str:
    """Returns a number of requests per second."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def times(figure: Optional[Figure]) -> str:
    """Returns a time in ms, with the least and the largest value behind it."""
    if figure is None:
        return ABSENT
    low, high = milliseconds(figure.low), milliseconds(figure.high)
    return f"{milliseconds(figure.median)} ({low}..{high})"


def ratios(figure: Optional[Figure]) -> str:
    """Returns a ratio, with the least and the largest value behind it."""
    if figure is None:
        return ABSENT
    return f"{figure.median:.2f} ({figure.low:.2f}..{figure.high:.2f})"


def in_columns(lines: Sequence[Cells]) -> List[str]:
    """Returns lines of cells in columns: the first flush left, the others flush right. A line may
    have fewer cells than the others."""
    columns = max(map(len, lines))
    widths = [max(len(line[i]) for line in lines if len(line) > i) for i in range(columns)]
    printed = []
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        printed.append("  ".join(cells).rstrip())
    return printed


def table(rows: Sequence[Row]) -> List[str]:
    """Returns the table of a workload; a server that was not measured has the reason there instead
    of figures."""
    printed = in_columns([HEADINGS, *map(_cells, rows)])
    for number, row in enumerate(rows, start=1):
        if row.problem:
            stopped = "stopped" if row.turnaround else "not measured"
            printed[number] += f"  {stopped}: {row.problem}"
    return printed


def _cells(row: Row) -> Cells:
    name = f"{row.clients} servers" if row.server == BEST else row.server
    known = [name, str(row.clients), str(row.n)]
    if row.turnaround is None or row.p50 is None or row.worst is None or row.rate is None:
        return known
    speedup = "1.00" if row.server == SYNCHRONOUS else ratios(row.speedup)
    cpu = ABSENT if row.cpu is None else f"{row.cpu:.2f}"
    return [*known, times(row.turnaround), milliseconds(row.p50), milliseconds(row.worst), speedup,
            rate(row.rate), cpu, size(row.memory)]


def curves(found: Curves) -> List[str]:
    """Returns the scaling run as a table: turnaround and requests/s of each server, and the ideal,
    by n and number of clients. Then a line for each server that was not measured to the end."""
    names = found.servers()
    lines: List[Cells] = []
    for n in found.numbers():
        points = {(point.server, point.clients): point for point in found.points if point.n == n}
        ideal = dict(found.ideal(n))
        for clients in found.counts(n):
            cells = [str(n), str(clients)]
            for name in names:
                cells += _point_cells(points.get((name, clients)))
            cells.append(rate(clients / ideal[clients]) if clients in ideal else ABSENT)
            lines.append(cells)
    headings = [cell for name in names for cell in (f"{name} ms", "req/s")]
    printed = in_columns([["n", "clients", *headings, "ideal req/s"], *lines]) if lines else []
    return printed + [f"{name}: {problem}" for name, problem in found.problems.items()]


def _point_cells(point: Optional[Point]) -> List[str]:
    if point is None:
        return [ABSENT, ABSENT]
    return [milliseconds(point.turnaround.median), rate(point.rate)]


def floors(found: Sequence[Floor]) -> List[str]:
    """Returns the comparison with a bare loop as a table, and a verdict for each server."""
    lines = {floor.server: _floor_cells(floor) for floor in found}
    measured: Dict[str, Cells] = {name: cells for name, cells in lines.items() if cells}
    printed = in_columns([FLOOR_HEADINGS, *measured.values()]) if measured else []
    return printed + [f"{floor.server}: {_floor_verdict(floor)}" for floor in found]


def _floor_cells(floor: Floor) -> Cells:
    found = floor.quartiles()
    if found is None:
        return []
    return [floor.server, str(CLIENTS), "0", rate(statistics.median(floor.rates)),
            rate(statistics.median(floor.bare_rates)), f"{found.median:.3f}",
            f"{found.low:.3f}..{found.high:.3f}", str(len(floor.ratios()))]


def _floor_verdict(floor: Floor) -> str:
    if floor.problem:
        return floor.problem
    if floor.quartiles() is None:
        return "not measured"
    verdict = "at least" if floor.reached() else "BELOW"
    share = statistics.median(floor.generator_shares) * 100
    return (f"{verdict} {WANTED} of a bare loop; the load generator kept {share:.0f} % of one core "
            "busy")
