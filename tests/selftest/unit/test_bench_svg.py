"""The bench's pictures: well-formed, without anything from elsewhere, with the right parts."""
from __future__ import annotations

import re
import xml.etree.ElementTree as xml
from typing import Callable, Set

import pytest

from bench import svg, svg_curves, svg_timelines
from bench.figures import Figure
from bench.scaling import Curves, Point
from bench.svg_timelines import Column, Scale, Section
from bench.timeline import Lane, Span, State
from selftest.unit.bench_data import bundle, staircase

KINDS = {"svg", "title", "desc", "rect", "text", "tspan", "line", "path", "polyline", "circle"}


def timelines() -> str:
    section = Section("A <b> & c", "words", [staircase(), bundle("mt_server")])
    return svg_timelines.timelines([section], "M & m")


def curves() -> str:
    points = [Point(server, clients, n, Figure(clients * 0.001, 0.0, 1.0), 1000.0)
              for server in ("server", "mp_server") for clients in (1, 2, 4) for n in (0, 30)]
    return svg_curves.scaling(Curves(2.0, points), "M")


PICTURES = {"timelines": timelines, "curves": curves,
            "no timelines": lambda: svg_timelines.timelines([], "M"),
            "an empty section": lambda: svg_timelines.timelines([Section("A", "b", [])], "M"),
            "no curves": lambda: svg_curves.scaling(Curves(2.0), "M")}


def kinds(root: xml.Element) -> Set[str]:
    return {element.tag.partition("}")[2] for element in root.iter()}


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES.keys())
def test_a_picture_stands_alone(draw: Callable[[], str]) -> None:
    picture = draw()
    root = xml.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert kinds(root) <= KINDS
    assert not re.search(r"href|url\(|@import|javascript|nan|inf[^o]", picture, re.IGNORECASE)
    assert all(float(element.get("width", "1")) >= 0 for element in root.iter())


def test_all_servers_and_clients_are_named() -> None:
    words = ["".join(element.itertext()) for element in xml.fromstring(timelines()).iter()]
    assert "A <b> & c" in words and "300 ms" in words
    assert words.count("client 3") == 2
    assert any(said.startswith("mt_server") for said in words)


def test_numbers_are_short_and_text_is_escaped() -> None:
    assert svg.element("a", b=1.0, c_d=0.25, e="<") == '<a b="1" c-d="0.2" e="&lt;"/>'
    assert svg.element("a", b=100.0, c=0.0) == '<a b="100" c="0"/>'


def test_shares_are_averaged_over_some_pixels() -> None:
    scale = Scale(svg_timelines.Scale(1.0).width)  # one pixel a second
    spans = [Span(i, i + 1.0, State.SERVED, i % 2) for i in range(8)]
    found = svg_timelines.columns(spans, scale)
    assert [column.share for column in found] == [0.5, 0.5]
    assert Column(0.0, 1.0, 1.0).merged(Column(1.0, 4.0, 0.0)) == Column(0.0, 4.0, 0.25)


def test_what_is_not_known_leaves_a_gap_in_the_dark() -> None:
    scale = Scale(10.0)
    lane = Lane(0.0, 0.0, 9.0, [Span(0.0, 3.0, State.SERVED, 1.0), Span(3.0, 6.0, State.SERVED),
                                Span(6.0, 9.0, State.SERVED, 0.5)])
    path = svg_timelines.run_path(lane, svg_timelines.Place(scale, 0.0, 10.0))
    assert path.count("M") == path.count("Z") == 2
    assert "V0.0H" in path and "V5.0H" in path


@pytest.mark.parametrize("least, largest, wanted", [
    (0.5, 2000.0, [1, 10, 100, 1000]), (3.0, 30.0, [5, 10, 20]), (4.5, 6.5, [5, 6])])
def test_a_logarithmic_axis_has_ticks(least: float, largest: float, wanted: object) -> None:
    assert svg_curves.ticks(least, largest) == wanted


def test_numbers_of_an_axis() -> None:
    assert [svg_curves.short(value) for value in (0.5, 10.0, 1500.0)] == ["0.5", "10", "1.5k"]
