"""Scaling curves as SVG: turnaround and requests/s against the number of clients, a column for each
n. Times are seconds."""
from __future__ import annotations

import math
from typing import List, Mapping, NamedTuple, Sequence, Tuple

from bench import svg
from bench.rounds import LABELS
from bench.scaling import Curves
from bench.svg import DARK, FAINT, MARGIN, SOFT
from bench.text import milliseconds

PANEL_HEIGHT = 230  # of the plot, with its title
PANEL_PITCH = PANEL_HEIGHT + 44  # with the axis
FIRST_PANEL = 118
LEFT, RIGHT = 52, 14  # of a plot: for the numbers of the axis, between two columns
KEY_CHARACTER = 7.0  # about: the width of one
AIR = 1.25  # the plot goes beyond the curves by this factor
FEW = 3  # ticks that an axis must have
FOOTER = (
    "Both axes are logarithmic. Each point is the median of bursts: all clients connect at once "
    "and ask for fib(n). Ideal: what one client takes with the synchronous server, times the "
    "number of clients, shared out to the cores at no cost. All servers in one run, in turns. "
    "Where there is no work, connecting and waking up weigh more than serving.")

Points = Sequence[Tuple[int, float]]  # (clients, what is drawn)


class Log(NamedTuple):
    """From a positive value to pixels, logarithmically."""
    least: float
    largest: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Returns where a value is."""
        span = math.log(self.largest / self.least) or 1.0
        share = math.log(max(value, self.least) / self.least) / span
        return self.begin + (self.end - self.begin) * share


class Panel(NamedTuple):
    """What one plot shows."""
    title: str
    lines: Mapping[str, Points]  # by server
    ideal: Points

    def points(self) -> List[Tuple[int, float]]:
        """Returns all points of all lines."""
        return [point for line in (*self.lines.values(), self.ideal) for point in line]


class Plot(NamedTuple):
    """Where a panel is drawn: two axes, in pixels."""
    across: Log
    up: Log

    def places(self, points: Points) -> List[Tuple[float, float]]:
        """Returns where points are."""
        return [(self.across.at(clients), self.up.at(value)) for clients, value in points]


def scaling(found: Curves, host: str) -> str:
    """Returns a picture of all curves. `host` is the machine, in words."""
    title = "More clients at once: what each strategy makes of them"
    elements = [svg.text(MARGIN, 42, title, 20, bold=True), *_key(found)]
    numbers = found.numbers()
    width = (svg.WIDTH - MARGIN * 2) / max(len(numbers), 1)
    for column, n in enumerate(numbers):
        elements += _column(found, n, MARGIN + column * width, width)
    bottom = FIRST_PANEL + 2 * PANEL_PITCH + 20 if numbers else FIRST_PANEL - 34
    foot = svg.small_print(bottom + 6, [FOOTER, f"{host}."])
    return svg.document("Turnaround and requests/s against the number of clients",
                        "Curves of " + ", ".join(found.servers()), foot.bottom + 8,
                        elements + foot.elements)


def _key(found: Curves) -> List[str]:
    """Returns what each colour means."""
    elements: List[str] = []
    x = float(MARGIN)
    for name in found.servers():
        words = f"{name}: {LABELS[name]}"
        elements += [svg.line((x, 62), (x + 26, 62), DARK[name], 2.5),
                     svg.dot(x + 13, 62, DARK[name]), svg.text(x + 34, 66, words, 13)]
        x += 34 + KEY_CHARACTER * len(words) + 18
    cores = "1 core" if found.usable == 1 else f"{found.usable:g} cores"
    return [*elements, svg.line((x, 62), (x + 26, 62), SOFT, 1.5, dashed=True),
            svg.text(x + 34, 66, f"ideal on {cores}", 13)]


def _column(found: Curves, n: int, left: float, width: float) -> List[str]:
    """Returns both panels of one n."""
    single = found.single(n)
    title = f"n = {n}"
    if n == 0:
        title += ": no work"
    elif single is not None:
        title += f", {milliseconds(single)} ms for one client"
    elements = [svg.text(left + LEFT, FIRST_PANEL - 14, title, 14, bold=True)]
    for row, panel in enumerate((_turnarounds(found, n), _rates(found, n))):
        if panel.points():
            elements += _panel(panel, left, FIRST_PANEL + row * PANEL_PITCH, width)
    return elements


def _turnarounds(found: Curves, n: int) -> Panel:
    lines = {name: [(point.clients, point.turnaround.median * 1000) for point in found.of(name, n)]
             for name in found.servers()}
    ideal = [(clients, seconds * 1000) for clients, seconds in found.ideal(n)]
    return Panel("turnaround of all, ms", lines, ideal)


def _rates(found: Curves, n: int) -> Panel:
    lines = {name: [(point.clients, point.rate) for point in found.of(name, n)]
             for name in found.servers()}
    ideal = [(clients, clients / seconds) for clients, seconds in found.ideal(n)]
    return Panel("requests/s", lines, ideal)


def _panel(panel: Panel, left: float, top: float, width: float) -> List[str]:
    """Returns one panel: title, axes, curves."""
    counts = sorted({clients for clients, _ in panel.points()})
    values = [value for _, value in panel.points()]
    across = Log(counts[0], max(counts[-1], counts[0] + 1), left + LEFT, left + width - RIGHT)
    up = Log(min(values) / AIR, max(values) * AIR, top + PANEL_HEIGHT, top + 18)
    plot = Plot(across, up)
    return [svg.text(left + 8, top + 8, panel.title, 12, SOFT), *_grid(plot, counts),
            *_curves(panel, plot)]


def _grid(plot: Plot, counts: Sequence[int]) -> List[str]:
    across, up = plot
    elements: List[str] = []
    for value in ticks(up.least, up.largest):
        y = up.at(value)
        elements += [svg.line((across.begin, y), (across.end, y)),
                     svg.text(across.begin - 6, y + 4, short(value), 11, SOFT, "end")]
    every = 1 if len(counts) < 6 else 2
    for number, clients in enumerate(counts):
        x = across.at(clients)
        elements.append(svg.line((x, up.end), (x, up.begin)))
        if number % every == 0:
            elements.append(svg.text(x, up.begin + 15, str(clients), 11, SOFT, "middle"))
    middle = (across.begin + across.end) / 2
    return [*elements,
            svg.line((across.begin, up.begin), (across.end, up.begin), FAINT),
            svg.line((across.begin, up.end), (across.begin, up.begin), FAINT),
            svg.text(middle, up.begin + 30, "clients at once", 12, SOFT, "middle")]


def _curves(panel: Panel, plot: Plot) -> List[str]:
    elements = []
    if panel.ideal:
        elements.append(svg.polyline(plot.places(panel.ideal), SOFT, 1.5, dashed=True))
    for name, points in panel.lines.items():
        places = plot.places(points)
        elements.append(svg.polyline(places, DARK[name], 2.2))
        elements += [svg.dot(x, y, DARK[name]) for x, y in places]
    return elements


def ticks(least: float, largest: float) -> List[float]:
    """Returns the powers of ten in a range, with as many of their multiples as it takes to have
    FEW."""
    exponents = range(math.floor(math.log10(least)), math.ceil(math.log10(largest)) + 1)
    inside: List[float] = []
    for factors in ((1,), (1, 2, 5), (1, 2, 3, 4, 5, 6, 8)):
        values = (10.0 ** exponent * factor for exponent in exponents for factor in factors)
        inside = [value for value in values if least <= value <= largest]
        if len(inside) >= FEW:
            break
    return inside


def short(value: float) -> str:
    """Returns a number as an axis shows it: 1500 as 1.5k."""
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"
