"""Traced rounds: what is made of the samples, and how they look as text."""
from __future__ import annotations

import re

import pytest

from bench import text_timeline
from bench.timeline import Lane, Span, State, carried_back, stretches, tidied
from selftest.unit.bench_data import bundle, staircase

QUEUED, IDLE, SERVED, UNSEEN = State.QUEUED, State.IDLE, State.SERVED, State.UNSEEN


def test_late_counters_are_carried_back() -> None:
    late = [Span(0.0, 1.0, SERVED), Span(1.0, 2.0, IDLE, 0.0), Span(2.0, 3.0, SERVED, 0.0),
            Span(3.0, 4.0, SERVED, 1.5)]
    corrected = [(span.state, span.run) for span in carried_back(late)]
    assert corrected == [(SERVED, None), (IDLE, 0.0), (SERVED, 0.5), (SERVED, 1.0)]


def test_a_worker_that_has_run_was_not_idle() -> None:
    late = [Span(0.0, 1.0, IDLE, 0.0), Span(1.0, 2.0, SERVED, 1.25)]
    assert carried_back(late)[0] == Span(0.0, 1.0, SERVED, 0.25)


def test_samples_are_tidied() -> None:
    sampled = [Span(5.0, 6.0, QUEUED), Span(6.0, 7.0, QUEUED), Span(7.0, 7.0, SERVED),
               Span(7.0, 8.0, SERVED, 0.5), Span(8.0, 9.0, SERVED, 0.5)]
    assert tidied(sampled, 5.0) == [Span(0.0, 2.0, QUEUED), Span(2.0, 3.0, SERVED, 0.5),
                                    Span(3.0, 4.0, SERVED, 0.5)]


def test_stretches_join_what_looks_alike() -> None:
    lane = Lane(0.0, 0.0, 3.0, [Span(0.0, 1.0, SERVED, 0.1), Span(1.0, 2.0, SERVED),
                                Span(2.0, 3.0, IDLE)])
    assert list(stretches(lane)) == [Span(0.0, 2.0, SERVED), Span(2.0, 3.0, IDLE)]


def test_marks() -> None:
    lane = Lane(0.1, 0.3, 0.6, [
        Span(0.1, 0.2, QUEUED), Span(0.2, 0.3, IDLE, 0.0), Span(0.3, 0.4, SERVED),
        Span(0.4, 0.5, SERVED, 0.1), Span(0.5, 0.6, SERVED, 0.9), Span(0.6, 0.7, UNSEEN)])
    marks = [text_timeline.mark(lane, i / 10, (i + 1) / 10) for i in range(8)]
    assert "".join(marks) == " .-+=#? "


def test_staircase_and_bundle() -> None:
    lines = text_timeline.timelines([staircase(), bundle("mp_server")], 52)
    stairs = [line.split()[2] for line in lines[1:4]]
    assert stairs == ["#" * 10, "." * 10 + "#" * 10, "." * 20 + "#" * 10]
    assert [line.split()[2] for line in lines[5:8]] == ["=" * 30] * 3
    assert all("300 ms" in line for line in lines[5:8])
    assert max(map(len, lines)) <= 52 and "\x1b" not in "".join(lines)
    assert text_timeline.timelines([], 100) == []


def test_a_legend_names_the_marks_that_occur() -> None:
    lines = text_timeline.legend({"#", " "}, 100)
    assert len(lines) == 2 and lines[1] == "  #  its worker has a core to itself"
    unsure = text_timeline.legend({"+"}, 60)
    assert "its worker is not known" in unsure[1] and "samples /proc" in unsure[2]
    assert max(map(len, unsure)) <= 60


def test_more_clients_than_lanes() -> None:
    trace = bundle("mt_server")
    many = trace._replace(lanes=trace.lanes * 20)
    lines = text_timeline.timelines([many], 80)
    assert "  ... and 20 more clients" in lines


def test_no_reply_is_said() -> None:
    assert text_timeline.latency(Lane(0.0, 0.0, None, [])) == "no reply"


def test_colour_changes_nothing_else() -> None:
    painted = text_timeline.painted("..=##- ")
    assert painted.startswith("\x1b[2m..\x1b[0m") and painted.endswith("- ")
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == "..=##- "


@pytest.mark.parametrize("latest, most, distance", [
    (1.0, 10, 0.1), (0.3, 10, 0.05), (0.0041, 4, 0.002), (9.9, 3, 5.0)])
def test_ticks_are_round_numbers(latest: float, most: int, distance: float) -> None:
    assert text_timeline.step(latest, most) == pytest.approx(distance)


def test_the_axis_names_its_ticks() -> None:
    rule, numbers = text_timeline.axis(0.3, 30, 2)
    assert rule == "  +---------+---------+--------+"
    assert numbers.split() == ["0", "100", "200", "300"]
