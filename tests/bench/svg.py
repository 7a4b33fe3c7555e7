"""Timelines and curves as SVG: one file, no scripts, no fonts or pictures from elsewhere. Times are seconds; a place in a
picture is (x, y) in pixels from its top left corner."""
import math
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple
from xml.sax.saxutils import escape

from bench.draw import milliseconds, step
from bench.measure import LABELS
from bench.record import ASLEEP, HELD, QUEUED, Lane, Recording
from bench.scaling import Curves

WIDTH, MARGIN = 960, 28
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"
INK, SOFT, FAINT, GRID, PAPER = "#1c2430", "#5a6675", "#a9b2bd", "#e4e8ec", "#ffffff"
DARK = {"server": "#c2410c", "mp_server": "#1d4ed8", "mt_server": "#0f766e"}
LIGHT = {"server": "#fbd9c6", "mp_server": "#cfdcfb", "mt_server": "#c3e8e2"}


def text(x: float, y: float, words: str, size: int = 13, fill: str = INK, anchor: str = "start", extra: str = "") -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"'
            f'{" " if extra else ""}{extra}>{escape(words)}</text>')


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = GRID, width: float = 1, extra: str = "") -> str:
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" stroke-width="{width:g}"'
            f'{" " if extra else ""}{extra}/>')


def rect(x: float, y: float, width: float, height: float, fill: str, extra: str = "") -> str:
    return (f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"'
            f'{" " if extra else ""}{extra}/>')


def wrapped(words: str, most: int) -> List[str]:
    """Returns the words in lines of at most so many characters."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def document(title: str, description: str, height: float, body: Sequence[str]) -> str:
    """Returns a whole file. Its background is white, so that it can be read on a dark page too."""
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'role="img" aria-labelledby="title desc" font-family="{escape(FONT)}">',
        f'<title id="title">{escape(title)}</title>', f'<desc id="desc">{escape(description)}</desc>',
        rect(0, 0, WIDTH, height, PAPER), *body, "</svg>", ""])


def footer(y: float, lines: Sequence[str]) -> Tuple[List[str], float]:
    """Returns small print, and where it ends."""
    wanted = [part for words in lines for part in wrapped(words, 155)]
    return [text(MARGIN, y + i * 16, words, 11, SOFT) for i, words in enumerate(wanted)], y + len(wanted) * 16


# ---- timelines ----

LEFT, RIGHT = 104, 92  # of the plot: labels of the lanes, room for the last latency


class Section(NamedTuple):
    """The timelines of one workload."""
    title: str
    subtitle: str
    recordings: Sequence[Recording]


class Scale(NamedTuple):
    """From seconds to pixels."""
    latest: float

    @property
    def plot(self) -> float:
        return WIDTH - LEFT - RIGHT

    def x(self, seconds: float) -> float:
        return LEFT + seconds / self.latest * self.plot


def timelines(sections: Sequence[Section], machine: str) -> str:
    """Returns a picture with a timeline for each recording; those of a section have one axis."""
    body: List[str] = []
    y = 0.0
    for section in sections:
        more, y = _section(section, y)
        body += more
    more, y = footer(y + 18, [
        "A lane is a client, from its connection to its reply. Thin grey: it waits, nobody has accepted it. Narrow and pale: "
        "it is accepted, and its worker sleeps until the request comes. Pale: its worker wants a core. Dark: it has one; half as "
        "high where it has one half of the time.",
        "Known from /proc (descriptors, system calls, schedstat of each process and thread), looked at every few milliseconds. "
        + machine + "."])
    title = " / ".join(section.title for section in sections) or "Nothing was recorded"
    return document(title, "Timelines of " + ", ".join(
        recording.server for section in sections for recording in section.recordings), y + 8, body + more)


def _section(section: Section, top: float) -> Tuple[List[str], float]:
    latest = max((recording.end for recording in section.recordings), default=0.0) or 1.0
    scale, y = Scale(latest), top + 42
    body = [text(MARGIN, y, section.title, 20, INK, extra='font-weight="700"')]
    for part in wrapped(section.subtitle, 125):
        y += 20
        body.append(text(MARGIN, y, part, 13, SOFT))
    y += 12
    distance = step(latest, 10)
    ticks = [i * distance for i in range(int(latest / distance + 1e-9) + 1)]
    lane_height = max(3.0, min(15.0, 360 / max([len(recording.lanes) for recording in section.recordings] or [1])))
    for recording in section.recordings:
        more, y = _panel(recording, scale, ticks, lane_height, y)
        body += more
    for tick in ticks:
        body.append(text(scale.x(tick), y + 16, f"{tick * 1000:g}", 12, SOFT, "middle"))
    body.append(text(LEFT + scale.plot / 2, y + 34, "time since the first connection, ms", 12, SOFT, "middle"))
    return body, y + 42


def _panel(recording: Recording, scale: Scale, ticks: Sequence[float], lane_height: float,
           top: float) -> Tuple[List[str], float]:
    """Returns the timeline of one server, and where it ends."""
    dark, pitch = DARK[recording.server], lane_height * 1.3
    first, bottom = top + 34, top + 34 + pitch * len(recording.lanes)
    body = [f'<text x="{MARGIN}" y="{top + 22:.1f}" font-size="14" fill="{INK}"><tspan font-size="15" font-weight="700" '
            f'fill="{dark}">{escape(recording.server)}</tspan><tspan dx="10">{escape(LABELS[recording.server])}</tspan></text>',
            text(WIDTH - MARGIN, top + 22, f"all answered after {milliseconds(recording.end)} ms", 14, dark, "end",
                 'font-weight="700"')]
    body += [line(scale.x(tick), first - 3, scale.x(tick), bottom + 2) for tick in ticks]
    body.append(line(LEFT, bottom + 2, LEFT + scale.plot, bottom + 2, FAINT))
    every: int = math.ceil(11 / pitch)  # lanes between two labels
    named = _longest(recording) if pitch > 11 else {}
    for number, lane in enumerate(recording.lanes):
        y = first + number * pitch
        if number % every == 0:
            body.append(text(LEFT - 10, y + lane_height / 2 + 4, f"client {number + 1}", 11, SOFT, "end"))
        body += _lane(lane, scale, y, lane_height, recording.server)
        for (at, begin, end), words in named.items():
            if at == number and scale.x(end) - scale.x(begin) > 6.2 * len(words) + 20:
                middle, half = scale.x((begin + end) / 2), 2.8 * len(words) + 6
                body += [rect(middle - half, y, 2 * half, lane_height, PAPER),
                         text(middle, y + lane_height / 2 + 3.5, words, 10, SOFT, "middle")]
        if number % every == 0:
            words = "no reply" if lane.answered is None else f"{milliseconds(lane.answered - lane.connected)} ms"
            until = lane.answered if lane.answered is not None else recording.end
            body.append(text(scale.x(until) + 6, y + lane_height / 2 + 4, words, 11, INK))
    return body, bottom + 8


def _lane(lane: Lane, scale: Scale, y: float, height: float, server: str) -> List[str]:
    body: List[str] = []
    for state, begin, end in _stretches(lane):
        x, width = scale.x(begin), max(scale.x(end) - scale.x(begin), 0.8)
        if state == HELD:
            body.append(rect(x, y, width, height, LIGHT[server]))
        elif state == ASLEEP:
            body.append(rect(x, y + height / 4, width, height / 2, LIGHT[server]))
        elif state == QUEUED:
            body.append(rect(x, y + height / 2 - 1, width, 2, FAINT))
        else:
            body.append(rect(x, y, width, height, PAPER, f'stroke="{FAINT}" stroke-dasharray="2 2"'))
    path = _work(lane, scale, y, height)
    if path:
        body.append(f'<path d="{path}" fill="{DARK[server]}"/>')
    return body


def _longest(recording: Recording) -> Dict[Tuple[int, float, float], str]:
    """Returns the longest stretch of each kind of waiting, (lane, begin, end), with the words that explain it."""
    found: Dict[Tuple[int, float, float], str] = {}
    for state, words in ((QUEUED, "waits to be accepted"), (ASLEEP, "accepted; the request has not come yet")):
        stretches = [(end - begin, number, begin, end) for number, lane in enumerate(recording.lanes)
                     for kind, begin, end in _stretches(lane) if kind == state]
        if stretches:
            found[max(stretches)[1:]] = words
    return found


def _stretches(lane: Lane) -> List[Tuple[str, float, float]]:
    """Returns the states of a lane, neighbours of the same state joined."""
    found: List[Tuple[str, float, float]] = []
    for span in lane.spans:
        if found and found[-1][0] == span.state:
            found[-1] = (span.state, found[-1][1], span.end)
        else:
            found.append((span.state, span.begin, span.end))
    return found


def _work(lane: Lane, scale: Scale, y: float, height: float) -> str:
    """Returns the path of the area whose height is the share of time that the worker was on a core, averaged over a few
    pixels: what is shorter than a tick of the clock is not known better."""
    window = 4.0  # pixels
    columns: List[List[float]] = []  # x from, x to, share
    for span in lane.spans:
        if span.run is None:
            continue
        x1, x2 = scale.x(span.begin), scale.x(span.end)
        if columns and x1 - columns[-1][1] < 0.5 and columns[-1][1] - columns[-1][0] < window:
            last = columns[-1]
            last[2] = (last[2] * (last[1] - last[0]) + span.run * (x2 - x1)) / max(x2 - last[0], 1e-9)
            last[1] = x2
        else:
            columns.append([x1, x2, span.run])
    bottom = y + height
    path = ""
    at: Optional[float] = None  # where the outline stands
    for x1, x2, share in columns:
        level = bottom - min(share, 1.0) * height
        if share < 0.03:
            if at is not None:
                path += f"V{bottom:.1f}Z"
            at = None
            continue
        if at is None or x1 - at > 0.5:
            path += ("" if at is None else f"V{bottom:.1f}Z") + f"M{x1:.1f} {bottom:.1f}"
        path += f"V{level:.1f}H{x2:.1f}"
        at = x2
    return path + (f"V{bottom:.1f}Z" if at is not None else "")


# ---- curves ----

PANEL_HEIGHT = 230
DASHED = 'stroke-dasharray="5 4"'


class Log(NamedTuple):
    """From a positive value to pixels, logarithmically."""
    least: float
    largest: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        span = math.log(self.largest / self.least) or 1.0
        return self.begin + (self.end - self.begin) * math.log(max(value, self.least) / self.least) / span


def scaling(found: Curves, machine: str) -> str:
    """Returns a picture with a column for each n: turnaround and requests/s against the number of clients."""
    numbers = found.numbers()
    names = list(dict.fromkeys(point.server for point in found.points))
    body = [text(MARGIN, 42, "More clients at once: what each strategy makes of them", 20, INK, extra='font-weight="700"')]
    x = float(MARGIN)
    for name in names:
        body += [line(x, 62, x + 26, 62, DARK[name], 2.5), _dot(x + 13, 62, DARK[name]),
                 text(x + 34, 66, f"{name}: {LABELS[name]}", 13)]
        x += 34 + 7.0 * len(f"{name}: {LABELS[name]}") + 18
    body += [line(x, 62, x + 26, 62, SOFT, 1.5, DASHED), text(x + 34, 66, f"ideal on {found.usable:g} cores", 13)]
    y = 84.0
    if numbers:
        width = (WIDTH - MARGIN * 2) / len(numbers)
        for column, n in enumerate(numbers):
            left = MARGIN + column * width
            words = f"n = {n}: no work" if n == 0 else f"n = {n}"
            one = dict(found.ideal(n)).get(1)
            if n and one:
                words += f", {milliseconds(one)} ms for one client"
            body.append(text(left + 52, y + 20, words, 14, INK, extra='font-weight="700"'))
            body += _curve(found, n, names, left, y + 34, width, "turnaround of all, ms", False)
            body += _curve(found, n, names, left, y + 34 + PANEL_HEIGHT + 44, width, "requests/s", True)
        y += 34 + 2 * (PANEL_HEIGHT + 44) + 20
    more, y = footer(y + 6, [
        "Both axes are logarithmic. Each point: the median of bursts in which all clients connect at once and ask for fib(n). "
        "Ideal: what one client takes with the synchronous server, times clients, shared out to the cores without any cost. "
        "All servers in one run, in turns. Where there is no work, connecting and waking up weigh more than serving.",
        machine + "."])
    return document("Turnaround and requests/s against the number of clients", "Curves of " + ", ".join(names), y + 8,
                    body + more)


def _dot(x: float, y: float, fill: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{fill}" stroke="{PAPER}" stroke-width="1"/>'


def _curve(found: Curves, n: int, names: Sequence[str], left: float, top: float, width: float, title: str,
           rates: bool) -> List[str]:
    """Returns one panel."""
    def value(clients: int, seconds: float) -> float:
        return clients / seconds if rates else seconds * 1000

    lines = {name: [(point.clients, value(point.clients, point.turnaround.median)) for point in found.of(name, n)]
             for name in names}
    ideal = [(clients, value(clients, seconds)) for clients, seconds in found.ideal(n)]
    every = [pair for points in [*lines.values(), ideal] for pair in points]
    if not every:
        return []
    x0, x1, y0, y1 = left + 52, left + width - 14, top + 18, top + PANEL_HEIGHT
    counts = sorted({clients for clients, _ in every})
    low, high = min(seen for _, seen in every), max(seen for _, seen in every)
    across = Log(counts[0], max(counts[-1], counts[0] + 1), x0, x1)
    up = Log(low / 1.25, high * 1.25, y1, y0)
    body = [text(left + 8, top + 8, title, 12, SOFT)]
    for tick in _decades(up.least, up.largest):
        body += [line(x0, up.at(tick), x1, up.at(tick)), text(x0 - 6, up.at(tick) + 4, _short(tick), 11, SOFT, "end")]
    for clients in counts:
        body.append(line(across.at(clients), y0, across.at(clients), y1))
        if counts.index(clients) % 2 == 0 or len(counts) < 6:
            body.append(text(across.at(clients), y1 + 15, str(clients), 11, SOFT, "middle"))
    body += [line(x0, y1, x1, y1, FAINT), line(x0, y0, x0, y1, FAINT),
             text((x0 + x1) / 2, y1 + 30, "clients at once", 12, SOFT, "middle")]
    if ideal:
        body.append(_polyline([(across.at(clients), up.at(seen)) for clients, seen in ideal], SOFT, 1.5, DASHED))
    for name, points in lines.items():
        places = [(across.at(clients), up.at(seen)) for clients, seen in points]
        body.append(_polyline(places, DARK[name], 2.2))
        body += [_dot(x, y, DARK[name]) for x, y in places]
    return body


def _polyline(points: Sequence[Tuple[float, float]], stroke: str, width: float, extra: str = "") -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (f'<polyline points="{places}" fill="none" stroke="{stroke}" stroke-width="{width:g}" stroke-linejoin="round"'
            f'{" " if extra else ""}{extra}/>')


def _decades(least: float, largest: float) -> List[float]:
    """Returns the powers of ten in a range; with as many of their multiples as it takes to have three ticks or more."""
    powers = [10.0 ** i for i in range(math.floor(math.log10(least)), math.ceil(math.log10(largest)) + 1)]
    inside: List[float] = []
    for factors in ((1,), (1, 2, 5), (1, 2, 3, 4, 5, 6, 8)):
        inside = [power * factor for power in powers for factor in factors if least <= power * factor <= largest]
        if len(inside) >= 3:
            break
    return inside


def _short(value: float) -> str:
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"
