"""The bench's timelines as plain text, ASCII, one character a cell. Times are given in seconds and
shown in milliseconds."""
from __future__ import annotations

import itertools
import math
import shutil
import textwrap
from typing import AbstractSet, Dict, List, Optional, Sequence, TextIO

from bench.rounds import LABELS
from bench.text import milliseconds
from bench.timeline import Lane, State, Trace, latest_end

WIDTH = 100  # columns, where there is no terminal
NARROWEST = 60
MOST_LANES = 40  # that a timeline shows
LABEL, LATENCY = 13, 9  # columns before and after a lane
MARKS = {
    ".": "in the listen queue",
    "-": "accepted; its worker is idle until the request comes",
    "=": "its worker shares a core with others",
    "#": "its worker has a core to itself",
    "+": "accepted, but its worker is not known",
    "?": "too quick to be seen",
}
UNSURE = {"+", "?"}
EXPLANATION = ("+ and ?: the bench samples /proc every few ms. A worker that has ended by the next "
               "sample is not known, nor is one that cannot be told from others.")
COLOURS = {".": "2", "=": "36", "#": "1;36"}  # SGR: faint, cyan, bold cyan
KNOWN_SHARE = 0.25  # of the time SERVED: if less of it is known, the worker counts as not known
CORE_SHARE = 0.75  # a worker that is on a CPU for so much of a cell has it to itself


def width_of(stream: TextIO) -> int:
    """Returns how many columns there are: those of the terminal, or WIDTH where it is none."""
    if not stream.isatty():
        return WIDTH
    return max(NARROWEST, shutil.get_terminal_size((WIDTH, 24)).columns)


class _Cell:
    """What is known of a stretch of a client's time."""

    def __init__(self, lane: Lane, begin: float, end: float) -> None:
        self.lengths: Dict[State, float] = dict.fromkeys(State, 0.0)
        self.known = 0.0  # time SERVED whose share of a CPU is known
        self.run = 0.0  # of it on a CPU
        for span in lane.spans:
            part = min(span.end, end) - max(span.begin, begin)
            if part <= 0:
                continue
            self.lengths[span.state] += part
            if span.state == State.SERVED and span.run is not None:
                self.known += part
                self.run += part * span.run

    def mostly(self) -> Optional[State]:
        """Returns the state that takes up most of it; None if the client was not there."""
        state = max(self.lengths, key=lambda one: self.lengths[one])
        return state if self.lengths[state] > 0 else None


def mark(lane: Lane, begin: float, end: float) -> str:
    """Returns what a client mostly did in a stretch of time: one of MARKS, or a blank where it was
    not there."""
    cell = _Cell(lane, begin, end)
    state = cell.mostly()
    if state is None:
        return " "
    if state != State.SERVED:
        return {State.QUEUED: ".", State.IDLE: "-", State.UNSEEN: "?"}[state]
    if cell.known < KNOWN_SHARE * cell.lengths[state]:
        return "+"
    return "#" if cell.run >= CORE_SHARE * cell.known else "="


def timelines(traces: Sequence[Trace], width: int, colour: bool = False) -> List[str]:
    """Returns a timeline of each server, one lane a client, all on one axis that begins at the
    first connection; then a legend of the marks that were used."""
    latest = latest_end(traces)
    if latest <= 0:
        return []
    room = width - LABEL - LATENCY
    lanes = {trace.server: [_marks(lane, latest, room) for lane in trace.lanes[:MOST_LANES]]
             for trace in traces}
    lines: List[str] = []
    for trace in traces:
        lines += _one_timeline(trace, lanes[trace.server], colour)
    lines += axis(latest, room, LABEL)
    used = set(itertools.chain.from_iterable(itertools.chain.from_iterable(lanes.values())))
    return lines + legend(used, width)


def _marks(lane: Lane, latest: float, room: int) -> str:
    cell = latest / room
    return "".join(mark(lane, i * cell, (i + 1) * cell) for i in range(room)).rstrip()


def _one_timeline(trace: Trace, lanes: Sequence[str], colour: bool) -> List[str]:
    lines = [f"{trace.server}: {LABELS[trace.server]}, done after {milliseconds(trace.end)} ms"]
    for number, (lane, marks) in enumerate(zip(trace.lanes, lanes), start=1):
        shown = painted(marks) if colour else marks
        lines.append(f"  client {number:<3d} {shown} {latency(lane)}")
    left_out = len(trace.lanes) - len(lanes)
    if left_out > 0:
        lines.append(f"  ... and {left_out} more clients")
    return lines


def latency(lane: Lane) -> str:
    """Returns in words how long a client waited for its reply."""
    if lane.answered is None:
        return "no reply"
    return f"{milliseconds(lane.answered - lane.connected)} ms"


def legend(used: AbstractSet[str], width: int) -> List[str]:
    """Returns what the marks mean that were used, in lines of at most so many columns."""
    lines = ["  ms since the first connection"]
    lines += [f"  {key}  {words}" for key, words in MARKS.items() if key in used]
    if used & UNSURE:
        lines += textwrap.wrap(EXPLANATION, width, initial_indent="  ", subsequent_indent="  ")
    return lines


def painted(marks: str) -> str:
    """Returns the marks in colour, each run of equal ones within one pair of escape sequences."""
    runs = []
    for mark_of_run, group in itertools.groupby(marks):
        run = "".join(group)
        code = COLOURS.get(mark_of_run)
        runs.append(run if code is None else f"\x1b[{code}m{run}\x1b[0m")
    return "".join(runs)


def step(latest: float, most: int) -> float:
    """Returns the distance of ticks, 1, 2 or 5 times a power of ten, that makes at most so many up
    to `latest`."""
    power = 10.0 ** math.floor(math.log10(latest / most))
    return next(power * factor for factor in (1, 2, 5, 10) if latest / (power * factor) <= most)


def ticks(latest: float, most: int) -> List[float]:
    """Returns the moments that an axis up to `latest` names, at most so many besides 0."""
    distance = step(latest, most)
    # The rounding error of the division must not lose the last one.
    return [i * distance for i in range(int(latest / distance + 1e-9) + 1)]


def axis(latest: float, room: int, indent: int) -> List[str]:
    """Returns the axis: a rule with ticks, and the numbers below them."""
    rule, numbers = ["-"] * room, [" "] * (room + LATENCY - 1)
    for moment in ticks(latest, max(2, room // 10)):
        column = min(room - 1, int(moment / latest * room))
        number = f"{moment * 1000:g}"
        rule[column] = "+"
        numbers[column:column + len(number)] = number
    return [" " * indent + "".join(rule), (" " * indent + "".join(numbers)).rstrip()]
