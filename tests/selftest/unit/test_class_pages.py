"""classroom/pages.py: a class as pages, and that a stranger's words stay words in them."""
from __future__ import annotations

from pathlib import Path
from typing import List
from urllib.parse import unquote

import pytest

from classroom import pages
from classroom.beside import Pair, beside, pairs
from classroom.overview import bins
from classroom.places import folder_of
from classroom.tally import phrase, tallied
from selftest.unit.class_made_up import a_class
from selftest.unit.pages import Page


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "gradebook.csv").touch()
    pages.write(tmp_path, *a_class())
    return tmp_path


def read(path: Path) -> Page:
    page = Page(path.read_text(encoding="utf-8"))
    page.require_sound(beside=("gradebook.csv",))
    return page


def test_all_pages_are_sound_and_lead_to_each_other(out: Path) -> None:
    found = [out / "index.html", *sorted((out / "results").glob("*/index.html"))]
    assert len(found) == 1 + len(a_class()[0])
    for path in found:
        for link in read(path).values("href"):
            assert link.startswith("#") or (path.parent / unquote(link)).is_file()


def test_the_index_tells_of_all(out: Path) -> None:
    page = read(out / "index.html")
    text = " ".join(page.text.split())
    for words in ("7 submissions", "6 graded; median", "3 of 6", "3\u20137 zombies of 8",
                  "the archive is truncated", "graded 2 times", "4 KiB more", "evil"):
        assert words in text
    assert {"mp-zombies:A", "mp-zombies:\u2013", "mt-speedup:?"} <= set(page.values("data-pick"))
    assert page.tags.count("tr") > 7 and page.tags.count("script") == 1


def test_a_page_of_a_submission_has_messages_sources_and_the_solution(out: Path) -> None:
    page = read(out / "results" / folder_of("2") / "index.html")
    for words in ("Ben [2]", "94 of 100 points", "7 zombies of 8", "For the instructor",
                  "reap_children", "more than 1000 lines"):
        assert words in page.text
    assert "script" not in page.tags


def test_one_that_was_not_graded_has_a_page_that_says_why(out: Path) -> None:
    page = read(out / "results" / "6" / "index.html")
    assert "not graded" in page.texts["h1"] and "the archive is truncated" in page.text


def test_a_class_of_nobody_has_pages(tmp_path: Path) -> None:
    pages.write(tmp_path, [], [])
    assert "Nothing was graded" in read(tmp_path / "index.html").text


def test_what_is_lost_is_counted_by_its_cause() -> None:
    everybody, _ = a_class()
    found = tallied(everybody)
    zombies = next(one for one in found.tallies if one.id == "mp-zombies")
    assert [tuple(one) for one in zombies.faults] == [("A", "3\u20137 zombies of 8", 2)]
    assert (zombies.lost, zombies.waits, zombies.undecided, zombies.graded) == (3, 1, 0, 6)
    assert [found.letter(row) for one in everybody[:5] for row in one.rows
            if row.id == "mp-zombies"] == ["\u00b7", "A", "A", "\u2013", "\u00b7"]


@pytest.mark.parametrize("lines, wanted", [
    (["7 of 8"], "7 of 8"), (["7 of 8", "5 of 8"], "5\u20137 of 8"),
    (["a 1", "b 2", "b 10"], "b 2\u201310"), (["0.5 s", "12 s"], "0.5\u201312 s"), ([""], "")])
def test_lines_that_differ_in_numbers_are_one(lines: List[str], wanted: str) -> None:
    assert phrase(lines) == wanted


def test_each_total_has_its_bin() -> None:
    found = bins([0, 4, 5, 99, 100, 100])
    assert [one.number for one in found] == [2, 1, *[0] * 17, 1, 2]


def test_sources_are_compared_line_by_line() -> None:
    assert pairs("abcdefg", "abcdefg") == []
    assert pairs("ab", "acd") == [Pair("same", 1, 1), Pair("changed", 2, 2), Pair("added", 0, 3)]
    assert pairs("abcdefg", "abcdef")[0] == Pair("gap", 0, 0)


def test_what_differs_in_a_line_is_marked() -> None:
    page = Page(beside("c", "x.c", "int a = 1;\n", "int a = 2;\n"))
    assert (page.texts["del"], page.texts["ins"]) == ("1", "2")
    assert "The same" in beside("c", "x.c", "a\r\n", "a\n")
