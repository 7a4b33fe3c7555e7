"""html.py, told.py, page.py: the page of one grading, and that a stranger's words stay words."""
from __future__ import annotations

import math
import os
import re
from pathlib import Path
from typing import List

import pytest

from checks.catalogue import CHECKS
from grading import html
from grading.html import Mark, Region, escaped, lines_of, regions_in, shown
from grading.message import message_of
from grading.outcome import FAILED, INCONCLUSIVE, PASSED, Failure, Outcome
from grading.page import read_sources, write_page
from grading.told import Told, told_in, told_of
from selftest.process import LAB
from selftest.unit.pages import EVIL, HOSTILE, Page

LONG = "many words that do not fit on one line of a terminal, and so are wrapped at a blank, twice"
COMMANDS = ["server$ make && ./mp_server 2999", "client$ exec 3<>/dev/tcp/localhost/2999"]
FAILURE = Failure([f"7 zombies of 8: {LONG}", "a handler is installed", LONG], f"did: {LONG}",
                  f"wanted {LONG}", "merged", "TODO 1 and 2 of mp_server.c", f"What? {LONG}",
                  COMMANDS)
BAD = Failure([HOSTILE, HOSTILE], HOSTILE, HOSTILE, "key", HOSTILE, HOSTILE, [HOSTILE])
OUTCOMES = [
    Outcome("mp-replies", PASSED, []),
    Outcome("mp-concurrency", PASSED, [f"a note: {LONG}"]),
    Outcome("mp-zombies", FAILED, [LONG], "mp_server.c:3:1: error\n" + "same\n" * 3,
            failure=FAILURE),
    Outcome("mp-descriptors", FAILED, [], failure=FAILURE, same_as="mp-zombies"),
    Outcome("mp-robustness", FAILED, ["not graded until it compiles"], spared=True),
    Outcome("mt-replies", INCONCLUSIVE, [f"could not tell: {LONG}"], fault=True),
    Outcome("mt-races", FAILED, [HOSTILE], HOSTILE, failure=BAD)]


def page_of(path: Path, outcomes: List[Outcome], **sources: bytes) -> Page:
    write_page(path / "page.html", outcomes, ["containment", HOSTILE], sources)
    page = Page((path / "page.html").read_text(encoding="utf-8"))
    page.require_sound()
    return page


def contrast(one: str, other: str) -> float:
    """Returns the contrast of two colours, by WCAG 2.1."""
    def luminance(colour: str) -> float:
        parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.03928
                            else math.pow((part + 0.055) / 1.055, 2.4) for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_all_text_has_contrast(theme: int) -> None:
    style = html.STYLE.read_text()
    colours = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", style.split("@media")[theme]))
    grounds = ["panel", "paper", "todo-wash", *(f"{kind}-wash" for kind in ("bad", "unsure"))]
    marks = ["added", "removed", "changed", *(f"same{number}" for number in range(6))]
    pairs = [(text, ground) for text in ("ink", "soft") for ground in grounds + marks]
    pairs += [(text, ground) for text in ("link", "mt", "good", "bad", "unsure")
              for ground in ("paper", "panel")]
    pairs += [("bad", "bad-wash"), ("unsure", "unsure-wash"), ("bad", "removed"), ("bad", "added")]
    assert [pair for pair in pairs if contrast(*(colours[name] for name in pair)) < 4.5] == []


@pytest.mark.parametrize("words", EVIL, ids=ascii)
def test_a_stranger_s_words_are_neither_elements_nor_attributes(words: str) -> None:
    for text in (f"<p>{shown(words)}</p>", f'<p title="{escaped(words)}">a</p>',
                 f"<p title='{escaped(words)}'>a</p>"):
        Page(text).require_sound()


@pytest.mark.parametrize("text, wanted", [
    ("Zo\u00eb \u0416 \u05d0", "Zo\u00eb \u0416 \u05d0"), ("a\u202eb", "a\\u202eb"),
    ("\x1b[1m", "\\x1b[1m"), ("\udce4", "\\xe4"), ("\ud83d", "\\ud83d"), ("<&>", "&lt;&amp;&gt;"),
    ("\u200b\ufeff", "\\u200b\\ufeff"), ("e" + "\u0301" * 4, "e\u0301\u0301\u0301\\u0301")],
    ids=ascii)
def test_what_is_not_seen_is_spelt_out(text: str, wanted: str) -> None:
    assert escaped(text) == wanted
    assert re.sub("<[^>]*>", "", shown(text)) == wanted


def test_what_is_spelt_out_is_named() -> None:
    assert 'title="RIGHT-TO-LEFT OVERRIDE"' in shown("\u202e")
    assert shown("\\u202e") == "\\u202e"  # as it was written


def test_a_page_has_all_that_is_told(tmp_path: Path) -> None:
    source = (LAB / "support" / "mp_server.c").read_bytes()
    page = page_of(tmp_path, OUTCOMES, mp_server=source)
    text = " ".join(page.text.split())
    for words in (LONG, FAILURE.done, FAILURE.expected, FAILURE.think, COMMANDS[1], "16 of 100",
                  "same (3 times)", "the same fault as in mp-zombies", "not graded until",
                  "This file was not handed in", HOSTILE[:20]):
        assert words in text
    assert {"#mp-zombies", "#mp_server-todo-1", "#mp_server-todo-2", "#mp_server-3"} <= set(
        page.values("href"))
    assert "script" not in page.tags


def test_a_page_of_nothing_but_passed_checks_says_so(tmp_path: Path) -> None:
    page = page_of(tmp_path, [Outcome(check.id, PASSED, []) for check in CHECKS])
    assert "100 of 100" in page.text and "Every check has passed." in page.text


def test_hostile_sources_stay_text(tmp_path: Path) -> None:
    hostile = (HOSTILE + "\n" + "x" * 5000 + "\n").encode("utf-8", "surrogatepass")
    page = page_of(tmp_path, OUTCOMES, mp_server=hostile, mt_server=b"\xff\x00\n" * 2100)
    assert "4600 more characters" in page.text and "100 more lines" in page.text
    assert "\\xff\\x00" in page.text
    assert len((tmp_path / "page.html").read_text()) < 1_000_000


@pytest.mark.parametrize("outcome", OUTCOMES[:-1], ids=[one.id for one in OUTCOMES[:-1]])
def test_a_message_is_found_again_in_its_text(outcome: Outcome) -> None:
    told = told_of(outcome)
    assert told_in("\n".join(message_of(outcome)), outcome.failure is not None) == told
    assert told.first == (outcome.failure.seen if outcome.failure else [*outcome.lines, ""])[0]


def test_no_text_is_too_odd_to_be_taken_apart() -> None:
    for text in ("", "\n", "  x", "| ", "|", "done: ", "by hand:\n", "          x", HOSTILE):
        for failed in (True, False):
            assert isinstance(told_in(text, failed), Told)


def test_regions_are_found_by_their_markers() -> None:
    text = (LAB / "solution" / "mp_server.c").read_text()
    regions = regions_in(text)
    assert [region.number for region in regions] == [1, 2, 3, 4]
    assert "END TODO 1" in lines_of(text)[regions[0].last - 1]
    assert regions_in("/* TODO 1: a */\n/* TODO 2: b */\n/* END TODO 2 */\n/* END TODO 1 */") == [
        Region(2, 2, 3)]


def test_lines_are_counted_as_an_editor_does() -> None:
    assert lines_of("\ufeffa\r\n\x0b\u2028\r\nb") == ["a", "\x0b\u2028", "b"]
    assert lines_of("") == []


def test_marks_have_labels_that_lead_somewhere() -> None:
    page = Page(html.source("a\nb\n", [], [Mark(1, 9, "same0", "A", "left", "#left")], "x"))
    page.require_sound()
    assert "A" in page.texts["a"] and page.values("class").count("same0") == 2


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "mp_server.c").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "mt_server.c")
    assert read_sources(tmp_path) == {}
    (tmp_path / "mp_server.c").unlink()
    (tmp_path / "mp_server.c").write_bytes(b"\xff")
    assert read_sources(tmp_path) == {"mp_server": b"\xff"}
