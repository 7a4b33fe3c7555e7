"""Timelines as SVG: a lane a client, a panel a server, a section a workload. Times are seconds."""
from __future__ import annotations

import math
import textwrap
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from bench import svg
from bench.rounds import LABELS
from bench.svg import DARK, FAINT, INK, LIGHT, MARGIN, PAPER, SOFT, Block
from bench.text import milliseconds
from bench.text_timeline import latency, ticks
from bench.timeline import Lane, Span, State, Trace, latest_end, stretches

LEFT, RIGHT = 104, 92  # beside the lanes: for their labels, for the last latency
LANES_HEIGHT = 360  # of all lanes of a panel, if they are many
LEAST_LANE, MOST_LANE = 3.0, 15.0
PITCH = 1.3  # from lane to lane, in heights of a lane
LABEL_HEIGHT = 11
SUBTITLE_COLUMNS = 125
MOST_TICKS = 10
NARROWEST = 0.8  # of what is drawn of a span
CHARACTER = 5.6  # about: the width of one of the explanations
WINDOW = 4.0  # pixels over which shares are averaged: shorter than a clock tick, they mean little
GAP = 0.5  # pixels between two spans that count as one
LEAST_SHARE = 0.03  # that is drawn
# What explains the longest stretch of each kind of waiting.
EXPLANATIONS = {State.QUEUED: "in the listen queue",
                State.IDLE: "accepted; the request has not come yet"}
FOOTER = (
    "A lane is a client, from its connection to its reply. Thin grey: its connection is in the "
    "listen queue. Narrow and pale: accepted; its worker is idle until the request comes. Pale: "
    "its worker waits for a core, or is not known. Dark: it is running; half as high where it is "
    "running half of the time. Dashed: too quick to be seen.")
SOURCE = ("Known from /proc (descriptors, system calls, schedstat of each process and thread), "
          "sampled every few milliseconds. ")


class Section(NamedTuple):
    """The timelines of one workload."""
    title: str
    subtitle: str
    traces: Sequence[Trace]


class Scale(NamedTuple):
    """From seconds to pixels."""
    latest: float

    @property
    def width(self) -> float:
        """Of what `latest` takes up."""
        return svg.WIDTH - LEFT - RIGHT

    def x(self, seconds: float) -> float:
        """Returns where a moment is."""
        return LEFT + seconds / self.latest * self.width

    def ticks(self) -> List[float]:
        """Returns the moments that the axis names."""
        return ticks(self.latest, MOST_TICKS)


class Place(NamedTuple):
    """Where a lane is drawn."""
    scale: Scale
    top: float
    height: float

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def middle(self, size: float) -> float:
        """Returns the base line for text of about twice that size."""
        return self.top + self.height / 2 + size


def timelines(sections: Sequence[Section], host: str) -> str:
    """Returns a picture with a timeline for each trace; those of a section share an axis. `host` is
    the machine, in words."""
    elements: List[str] = []
    bottom = 0.0
    for section in sections:
        block = _section(section, bottom)
        elements += block.elements
        bottom = block.bottom
    foot = svg.small_print(bottom + 18, [FOOTER, f"{SOURCE}{host}."])
    title = " / ".join(section.title for section in sections) or "Nothing was measured"
    servers = [trace.server for section in sections for trace in section.traces]
    return svg.document(title, "Timelines of " + ", ".join(servers), foot.bottom + 8,
                        elements + foot.elements)


def _section(section: Section, top: float) -> Block:
    scale = Scale(latest_end(section.traces) or 1.0)
    y = top + 42
    elements = [svg.text(MARGIN, y, section.title, 20, bold=True)]
    for words in textwrap.wrap(section.subtitle, SUBTITLE_COLUMNS):
        y += 20
        elements.append(svg.text(MARGIN, y, words, 13, SOFT))
    y += 12
    most_lanes = max((len(trace.lanes) for trace in section.traces), default=1)
    height = min(max(LANES_HEIGHT / max(most_lanes, 1), LEAST_LANE), MOST_LANE)
    for trace in section.traces:
        panel = _panel(trace, scale, height, y)
        elements += panel.elements
        y = panel.bottom
    for tick in scale.ticks():
        elements.append(svg.text(scale.x(tick), y + 16, f"{tick * 1000:g}", 12, SOFT, "middle"))
    words = "time since the first connection, ms"
    elements.append(svg.text(LEFT + scale.width / 2, y + 34, words, 12, SOFT, "middle"))
    return Block(elements, y + 42)


def _panel(trace: Trace, scale: Scale, height: float, top: float) -> Block:
    """Returns the timeline of one server."""
    dark, pitch = DARK[trace.server], height * PITCH
    first = top + 34
    bottom = first + pitch * len(trace.lanes) + 2
    done = f"all answered after {milliseconds(trace.end)} ms"
    elements = [svg.heading(MARGIN, top + 22, trace.server, LABELS[trace.server], dark),
                svg.text(svg.WIDTH - MARGIN, top + 22, done, 14, dark, "end", bold=True)]
    elements += [svg.line((scale.x(tick), first - 3), (scale.x(tick), bottom))
                 for tick in scale.ticks()]
    elements.append(svg.line((LEFT, bottom), (LEFT + scale.width, bottom), FAINT))
    labelled = math.ceil(LABEL_HEIGHT / pitch)  # each how many lanes
    explained = _longest_waits(trace) if pitch > LABEL_HEIGHT else {}
    for number, lane in enumerate(trace.lanes):
        place = Place(scale, first + number * pitch, height)
        elements += _lane(lane, place, trace.server)
        if number in explained:
            elements += _explanation(explained[number], place)
        if number % labelled == 0:
            elements += _labels(number, lane, trace.end, place)
    return Block(elements, bottom + 6)


def _labels(number: int, lane: Lane, end: float, place: Place) -> List[str]:
    """Returns a client's name before its lane, and its latency behind."""
    until = end if lane.answered is None else lane.answered
    return [svg.text(LEFT - 10, place.middle(4), f"client {number + 1}", 11, SOFT, "end"),
            svg.text(place.scale.x(until) + 6, place.middle(4), latency(lane), 11, INK)]


def _lane(lane: Lane, place: Place, server: str) -> List[str]:
    elements = [_stretch(stretch, place, LIGHT[server]) for stretch in stretches(lane)]
    path = run_path(lane, place)
    if path:
        elements.append(svg.element("path", d=path, fill=DARK[server]))
    return elements


def _stretch(stretch: Span, place: Place, fill: str) -> str:
    """Returns the background of a lane for one state: what there is besides the time on a CPU."""
    x = place.scale.x(stretch.begin)
    width = max(place.scale.x(stretch.end) - x, NARROWEST)
    if stretch.state == State.SERVED:
        return svg.rect(x, place.top, width, place.height, fill)
    if stretch.state == State.IDLE:
        return svg.rect(x, place.top + place.height / 4, width, place.height / 2, fill)
    if stretch.state == State.QUEUED:
        return svg.rect(x, place.top + place.height / 2 - 1, width, 2, FAINT)
    return svg.rect(x, place.top, width, place.height, PAPER, outline=FAINT)


def _longest_waits(trace: Trace) -> Dict[int, Span]:
    """Returns the longest stretch of each kind of waiting that has an explanation, by lane."""
    longest: Dict[State, Tuple[int, Span]] = {}
    for number, lane in enumerate(trace.lanes):
        for stretch in stretches(lane):
            known = longest.get(stretch.state)
            if known is None or stretch.length >= known[1].length:
                longest[stretch.state] = (number, stretch)
    return {number: stretch for state, (number, stretch) in longest.items()
            if state in EXPLANATIONS}


def _explanation(stretch: Span, place: Place) -> List[str]:
    """Returns the words for a stretch, in its middle, if they fit."""
    words = EXPLANATIONS[stretch.state]
    width = CHARACTER * len(words) + 12
    x = place.scale.x(stretch.begin)
    if place.scale.x(stretch.end) - x < width + 12:
        return []
    middle = place.scale.x((stretch.begin + stretch.end) / 2)
    return [svg.rect(middle - width / 2, place.top, width, place.height, PAPER),
            svg.text(middle, place.middle(3.5), words, 10, SOFT, "middle")]


class Column(NamedTuple):
    """A share of a CPU, averaged from one x to another."""
    begin: float
    end: float
    share: float

    def merged(self, other: Column) -> Column:
        """Returns one column for both, of which the other is the right one."""
        area = self.share * (self.end - self.begin) + other.share * (other.end - other.begin)
        return Column(self.begin, other.end, area / max(other.end - self.begin, 1e-9))


def columns(spans: Sequence[Span], scale: Scale) -> List[Column]:
    """Returns the shares that are known, those of neighbours averaged over about WINDOW pixels."""
    found: List[Column] = []
    for span in spans:
        if span.run is None:
            continue
        column = Column(scale.x(span.begin), scale.x(span.end), span.run)
        if found and column.begin - found[-1].end < GAP and \
                found[-1].end - found[-1].begin < WINDOW:
            found[-1] = found[-1].merged(column)
        else:
            found.append(column)
    return found


def run_path(lane: Lane, place: Place) -> str:
    """Returns the path (SVG: M, V, H, Z) of the area whose height is the share of time that the
    worker was on a CPU."""
    path: List[str] = []
    close = f"V{place.bottom:.1f}Z"
    at: Optional[float] = None  # how far the outline has come; None: there is none
    for column in columns(lane.spans, place.scale):
        if column.share < LEAST_SHARE:
            continue
        if at is None or column.begin - at > GAP:
            if at is not None:
                path.append(close)
            path.append(f"M{column.begin:.1f} {place.bottom:.1f}")
        level = place.bottom - min(column.share, 1.0) * place.height
        path.append(f"V{level:.1f}H{column.end:.1f}")
        at = column.end
    if at is not None:
        path.append(close)
    return "".join(path)
