"""Tables and timelines as text, plain ASCII. Times are given in seconds and shown in milliseconds."""
import math
import os
import shutil
import statistics
from typing import List, Optional, Sequence, TextIO, Tuple

from bench.floor import CLIENTS, WANTED, Floor
from bench.measure import BEST, LABELS, SYNCHRONOUS, Figure, Row
from bench.record import ASLEEP, HELD, QUEUED, UNKNOWN, Lane, Recording
from bench.scaling import Curves

WIDTH = 100  # columns, where there is no terminal
NARROWEST = 60
MOST_LANES = 40  # lanes that a timeline shows
MARKS = {".": "waits, nobody has accepted it", "-": "accepted, its worker waits for the request",
         "=": "accepted, its worker takes turns on a core with others", "#": "its worker has a core",
         "+": "accepted, its worker is not known", "?": "too quick to be seen"}
COLOURS = {".": "2", "=": "36", "#": "1;36"}  # SGR: faint, cyan, bold cyan


def width_of(stream: TextIO) -> int:
    """Returns how many columns there are: those of the terminal, or WIDTH where the stream is none."""
    return max(NARROWEST, shutil.get_terminal_size((WIDTH, 24)).columns) if stream.isatty() else WIDTH


def coloured(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def milliseconds(seconds: float) -> str:
    """Returns a time in ms with three significant digits, or all of those before the point."""
    value = seconds * 1000
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def size(number: Optional[int]) -> str:
    if number is None:
        return "-"
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{number / 1e3:.0f} kB"


def rate(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def figure(value: Optional[Figure], words: str = "ms") -> str:
    """Returns a median with the least and the largest value behind it."""
    if value is None:
        return "-"
    show = milliseconds if words == "ms" else lambda number: f"{number:.2f}"
    return f"{show(value.median)} ({show(value.low)}..{show(value.high)})"


HEADINGS = ("server", "clients", "n", "turnaround ms", "p50 ms", "worst ms", "speed-up", "req/s", "CPU s", "memory")


def table(rows: Sequence[Row]) -> List[str]:
    """Returns the table; a server that is out of the running has its reason there instead of figures."""
    lines: List[Tuple[str, ...]] = [HEADINGS]
    for row in rows:
        name = f"{row.clients} servers" if row.server == BEST else row.server
        if row.turnaround is None or row.p50 is None or row.worst is None or row.rate is None:
            lines.append((name, str(row.clients), str(row.n)))
            continue
        lines.append((name, str(row.clients), str(row.n), figure(row.turnaround), milliseconds(row.p50),
                      milliseconds(row.worst), "1.00" if row.server == SYNCHRONOUS else figure(row.speedup, "times"),
                      rate(row.rate), "-" if row.cpu is None else f"{row.cpu:.2f}", size(row.memory)))
    printed = columns(lines)
    for at, row in enumerate(rows, start=1):
        if row.problem:
            printed[at] += ("  out: " if row.turnaround else "  no figures: ") + row.problem
    return printed


def columns(lines: Sequence[Tuple[str, ...]]) -> List[str]:
    """Returns lines of cells in columns: the first flush left, the others flush right."""
    widths = [max(len(line[i]) for line in lines if len(line) > i) for i in range(max(map(len, lines)))]
    return ["  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines]


def mark(lane: Lane, begin: float, end: float) -> str:
    """Returns what a client mostly did in a stretch of time: one of MARKS, or a blank where it was not there."""
    length = dict.fromkeys((HELD, QUEUED, ASLEEP, UNKNOWN), 0.0)
    known = run = 0.0
    for span in lane.spans:
        part = min(span.end, end) - max(span.begin, begin)
        if part > 0:
            length[span.state] += part
            if span.state == HELD and span.run is not None:
                known, run = known + part, run + part * span.run
    mostly = max(length, key=lambda state: length[state])
    if length[mostly] <= 0:
        return " "
    if mostly != HELD:
        return {QUEUED: ".", ASLEEP: "-", UNKNOWN: "?"}[mostly]
    if known < length[HELD] / 4:
        return "+"
    return "#" if run >= known * 0.75 else "="


def timeline(recordings: Sequence[Recording], width: int, colour: bool = False) -> List[str]:
    """Returns a timeline of each server, one lane a client, all on one axis that begins at the first connection."""
    latest = max((recording.end for recording in recordings), default=0.0)
    if latest <= 0:
        return []
    room = width - 22  # beside the label and the latency
    lines: List[str] = []
    seen = set()
    for recording in recordings:
        lines += [f"{recording.server}: {LABELS[recording.server]}, done after {milliseconds(recording.end)} ms"]
        for number, lane in enumerate(recording.lanes[:MOST_LANES], start=1):
            marks = "".join(mark(lane, i * latest / room, (i + 1) * latest / room) for i in range(room)).rstrip()
            seen |= set(marks)
            latency = "no reply" if lane.answered is None else milliseconds(lane.answered - lane.connected) + " ms"
            lines.append(f"  client {number:<3d} {paint(marks) if colour else marks} {latency}")
        if len(recording.lanes) > MOST_LANES:
            lines.append(f"  ... and {len(recording.lanes) - MOST_LANES} more clients")
    lines += axis(latest, room, 13)
    legend = [f"{key} {words}" for key, words in MARKS.items() if key in seen]
    return lines + _fitting(["ms since the first connection", *legend], width)


def paint(marks: str) -> str:
    """Returns the marks in colour, each run of equal ones within one pair of escape sequences."""
    painted, at = "", 0
    while at < len(marks):
        run = len(marks[at:]) - len(marks[at:].lstrip(marks[at]))
        code = COLOURS.get(marks[at])
        painted += f"\x1b[{code}m{marks[at:at + run]}\x1b[0m" if code else marks[at:at + run]
        at += run
    return painted


def step(latest: float, most: int) -> float:
    """Returns the distance of ticks, 1, 2 or 5 times a power of ten, that makes at most so many up to `latest`."""
    power = 10.0 ** math.floor(math.log10(latest / most))
    return next(power * factor for factor in (1, 2, 5, 10) if latest / (power * factor) <= most)


def axis(latest: float, room: int, indent: int) -> List[str]:
    """Returns the axis: a rule with ticks, and the numbers below them."""
    distance = step(latest, max(2, room // 10))
    rule, numbers = ["-"] * room, [" "] * (room + 8)
    for i in range(int(latest / distance) + 1):
        at = min(room - 1, int(i * distance / latest * room))
        text = f"{i * distance * 1000:g}"
        rule[at] = "+"
        numbers[at:at + len(text)] = text
    return [" " * indent + "".join(rule), " " * indent + "".join(numbers).rstrip()]


def _fitting(parts: Sequence[str], width: int) -> List[str]:
    """Returns the parts in as many lines as they need."""
    lines = [""]
    for part in parts:
        if lines[-1] and len(lines[-1]) + 3 + len(part) > width:
            lines.append("")
        lines[-1] += ("   " if lines[-1] else "") + part
    return lines


def curves(found: Curves) -> List[str]:
    """Returns the scaling run as a table: requests/s of each server, and the ideal, by n and clients."""
    names = list(dict.fromkeys(point.server for point in found.points))
    headings = [cell for name in names for cell in (f"{name} ms", "req/s")]
    lines: List[Tuple[str, ...]] = [("n", "clients", *headings, "ideal req/s")]
    for n in found.numbers():
        points = {(point.server, point.clients): point for point in found.points if point.n == n}
        ideal = dict(found.ideal(n))
        for clients in sorted({clients for _, clients in points}):
            cells: List[str] = []
            for name in names:
                point = points.get((name, clients))
                cells += [milliseconds(point.turnaround.median), rate(point.rate)] if point else ["-", "-"]
            lines.append((str(n), str(clients), *cells, rate(clients / ideal[clients]) if clients in ideal else "-"))
    return columns(lines) if len(lines) > 1 else []


def floors(found: Sequence[Floor]) -> List[str]:
    """Returns the floor benchmark as a table and a verdict a server."""
    lines: List[Tuple[str, ...]] = [("server", "clients", "n", "req/s", "bare loop's req/s", "ratio", "quartiles", "slices")]
    measured = [floor for floor in found if floor.ratios()]
    for floor in measured:
        low, median, high = floor.quartiles()
        lines.append((floor.server, str(CLIENTS), "0", rate(Figure.of(floor.rates).median), rate(Figure.of(floor.bare).median),
                      f"{median:.3f}", f"{low:.3f}..{high:.3f}", str(len(floor.ratios()))))
    printed = columns(lines) if measured else []
    for floor in found:
        if floor.problem:
            printed.append(f"{floor.server}: {floor.problem[0]}")
        elif floor.ratios():
            verdict = "at least" if floor.quartiles()[1] >= WANTED else "BELOW"
            printed.append(f"{floor.server}: {verdict} {WANTED} of a bare loop; the load generator kept "
                           f"{statistics.median(floor.own) * 100:.0f} % of one core busy")
    return printed
