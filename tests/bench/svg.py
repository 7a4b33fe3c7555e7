"""The parts of an SVG picture: one file, no scripts, no fonts or pictures from elsewhere. A place
in a picture is (x, y) in pixels from its top left corner."""
from __future__ import annotations

import textwrap
from typing import List, NamedTuple, Sequence, Tuple
from xml.sax.saxutils import escape, quoteattr

WIDTH, MARGIN = 960, 28
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"
INK, SOFT, FAINT, GRID, PAPER = "#1c2430", "#5a6675", "#a9b2bd", "#e4e8ec", "#ffffff"
DARK = {"server": "#c2410c", "mp_server": "#1d4ed8", "mt_server": "#0f766e"}
LIGHT = {"server": "#fbd9c6", "mp_server": "#cfdcfb", "mt_server": "#c3e8e2"}
SMALL_PRINT = 11  # pixels
SMALL_PRINT_COLUMNS = 155  # characters of it that fit on a line
SMALL_PRINT_PITCH = 16  # from line to line


class Block(NamedTuple):
    """A part of a picture, and where it ends."""
    elements: List[str]
    bottom: float


def element(name: str, content: str = "", **attributes: object) -> str:
    """Returns an element. Attributes are named as in Python: stroke_width, font_size; numbers are
    given to a tenth of a pixel. The content is markup, not text."""
    words = []
    for key, value in attributes.items():
        shown = f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        words.append(f" {key.replace('_', '-')}={quoteattr(shown)}")
    end = f">{content}</{name}>" if content else "/>"
    return f"<{name}{''.join(words)}{end}"


def text(x: float, y: float, words: str, size: int = 13, fill: str = INK, anchor: str = "start",
         bold: bool = False) -> str:
    """Returns a line of text; (x, y) is its left end, middle or right end on the base line, by
    `anchor`: start, middle or end."""
    attributes = {"font_weight": "700"} if bold else {}
    return element("text", escape(words), x=float(x), y=float(y), font_size=size, fill=fill,
                   text_anchor=anchor, **attributes)


def line(start: Tuple[float, float], end: Tuple[float, float], stroke: str = GRID,
         width: float = 1.0, dashed: bool = False) -> str:
    """Returns a straight line."""
    attributes = {"stroke_dasharray": "5 4"} if dashed else {}
    return element("line", x1=float(start[0]), y1=float(start[1]), x2=float(end[0]),
                   y2=float(end[1]), stroke=stroke, stroke_width=width, **attributes)


def rect(x: float, y: float, width: float, height: float, fill: str, outline: str = "") -> str:
    """Returns a filled rectangle, with a dashed outline if that has a colour."""
    attributes = {"stroke": outline, "stroke_dasharray": "2 2"} if outline else {}
    return element("rect", x=float(x), y=float(y), width=float(width), height=float(height),
                   fill=fill, **attributes)


def dot(x: float, y: float, fill: str) -> str:
    """Returns a point of a curve."""
    return element("circle", cx=float(x), cy=float(y), r=3.2, fill=fill, stroke=PAPER,
                   stroke_width=1)


def polyline(points: Sequence[Tuple[float, float]], stroke: str, width: float,
             dashed: bool = False) -> str:
    """Returns a line through points."""
    attributes = {"stroke_dasharray": "5 4"} if dashed else {}
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("polyline", points=places, fill="none", stroke=stroke, stroke_width=width,
                   stroke_linejoin="round", **attributes)


def heading(x: float, y: float, title: str, words: str, colour: str) -> str:
    """Returns a line of text whose first part is in bold and in colour."""
    first = element("tspan", escape(title), font_size=15, font_weight="700", fill=colour)
    rest = element("tspan", escape(words), dx=10)
    return element("text", first + rest, x=float(x), y=float(y), font_size=14, fill=INK)


def small_print(top: float, paragraphs: Sequence[str]) -> Block:
    """Returns what stands at the foot of a picture."""
    lines = [part for words in paragraphs for part in textwrap.wrap(words, SMALL_PRINT_COLUMNS)]
    elements = [text(MARGIN, top + number * SMALL_PRINT_PITCH, words, SMALL_PRINT, SOFT)
                for number, words in enumerate(lines)]
    return Block(elements, top + len(lines) * SMALL_PRINT_PITCH)


def document(title: str, description: str, height: float, elements: Sequence[str]) -> str:
    """Returns a whole file. Its background is white, so that it can be read on a dark page too.
    Title and description are for those who cannot see it."""
    content = "\n".join(["", element("title", escape(title), id="title"),
                         element("desc", escape(description), id="desc"),
                         rect(0, 0, WIDTH, height, PAPER), *elements, ""])
    return element("svg", content, xmlns="http://www.w3.org/2000/svg", width=WIDTH,
                   height=round(height), viewBox=f"0 0 {WIDTH} {height:.0f}", role="img",
                   aria_labelledby="title desc", font_family=FONT) + "\n"
