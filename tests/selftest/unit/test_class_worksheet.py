"""Moodle's grading worksheet: filled in, and otherwise as it was."""
from __future__ import annotations

from pathlib import Path

import pytest

from classroom import worksheet
from classroom.model import GRADED, INCONCLUSIVE, NOT_GRADED, Graded, Row
from classroom.sheet import Worksheet, as_html
from console import CommandFailed

ENGLISH = ("Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
           "Last modified (submission),Last modified (grade),Feedback comments\r\n"
           'Participant 12,"Pop, Ana",a@b.c,"Submitted for grading",,100.00,Yes,'
           '"Monday, 2 November 2026, 9:00 AM",-,\r\n'
           'Participant 9,"Dan ""D"" X",d@b.c,No submission,55,100.00,Yes,-,-,"two\r\nlines"\r\n')
GERMAN = ("ID,Vollständiger Name,Status,Bewertung,Bestwertung,Zuletzt geändert (Bewertung),"
          'Feedback als Kommentar\nTeilnehmer/in12,Ö,x,"13,50","100,00",-,\n')


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, "\ufeff" + ENGLISH, ENGLISH[:-2], GERMAN + "\n",
                                  ENGLISH.replace("\r\n", "\r")])
def test_all_else_stays_to_the_byte(text: str) -> None:
    found = Worksheet(text.encode())
    assert found.fill({})[0] == text.encode()
    assert "12" in found.names and found.maximum == 100 and found.has_feedback
    for old, new in (('grading",,', 'grading",97,'), ('"13,50"', "97"), ("-,", "-,fine")):
        text = text.replace(old, new, 1)
    assert found.fill({"12": (97, "fine")})[0] == text.encode()


def test_grades_are_matched_by_number() -> None:
    content, missing, unknown = Worksheet(ENGLISH.encode()).fill({
        "9": (100, 'a "b", c'), "alice": (3, ""), "112": (4, "")})
    assert (missing, unknown) == (["12"], ["alice", "112"])
    assert b'No submission,100,100.00,Yes,-,-,"a ""b"", c"\r\n' in content


def test_what_php_would_misread_is_written_otherwise() -> None:
    assert b'"&#92;""x&#92;"\r\n' in Worksheet(ENGLISH.encode()).fill({"9": (1, '\\"x\\')})[0]
    assert as_html("a < b\nc & \"d\"") == 'a &lt; b<br>c &amp; "d"'


@pytest.mark.parametrize("text, place", [
    ("Grade,Cod,X\n,Participant 1,\n,Participant 2,\n", b"7,Participant 1,"),
    ("Identifier,Grade,X\n1,,\n", b"1,7,"),
    ("Deelnemer-ID,Grade,Naam\nDeelnemer 1,,Piet\n", b"Deelnemer 1,7,Piet"),
    ("Naam,Identifier,Grade\nPiet1,Participant 1,\n", b"Piet1,Participant 1,7")])
def test_the_identifier_is_found_by_its_values(text: str, place: bytes) -> None:
    assert place in Worksheet(text.encode()).fill({"1": (7, "")})[0]


def test_columns_can_be_named() -> None:
    text = "Identifier,Cijfer,Grade,Commentaar\nDeelnemer 1,,x,\n".encode()
    assert b"1,7,x,ok" in Worksheet(text, "cijfer", "Commentaar").fill({"1": (7, "ok")})[0]
    assert not Worksheet(text).has_feedback


@pytest.mark.parametrize("content, words", [
    (b"", "no participants"), (ENGLISH.splitlines()[0].encode(), "no participants"),
    (ENGLISH.replace(",", ";").encode(), "semicolons"), (ENGLISH.encode("utf-16"), "UTF-8"),
    (b'Identifier,Grade\n"Participant 1,\n', "open quotation mark"),
    (b"Identifier,Cijfer\nP 1,\n", "--grade-column"),
    (b"Identifier,Grade,Grade\nP 1,,\n", "--grade-column"),
    (b"Identifier,Grade,X\nP 1,\n", "2 columns instead of 3 in the line of 'P 1'"),
    (b"Identifier,Grade\nP 1,\nP 1,\n", "no column of Identifiers"),
    (b"Name,Grade\nPiet,\nJan,\n", "no column of Identifiers")])
def test_it_is_refused_rather_than_guessed(content: bytes, words: str) -> None:
    with pytest.raises(CommandFailed) as failed:
        Worksheet(content)
    assert words in str(failed.value) and "\n" not in str(failed.value)


ROWS = [Row("mp-replies", 6, 6, "passed", "", ""), Row("mp-zombies", 0, 6, "failed", "x", "<b>")]


def graded(key: str, status: str = GRADED) -> Graded:
    return Graded(key, f"name {key}", "", status, ROWS, 1.0, {}, "", [])


def test_a_class_is_filled_in_and_who_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("Identifier,Full name,Grade,Feedback comments\n"
                    + "".join(f"Participant {n},P{n},,\n" for n in range(1, 5)))
    said = worksheet.fill(path, tmp_path / "out.csv", [
        graded("1"), graded("2", INCONCLUSIVE), graded("zoe"), graded("bad", NOT_GRADED)])
    assert (tmp_path / "out.csv").read_text().splitlines()[1:] == [
        'Participant 1,P1,6,"6 of 12 points<br>mp-zombies: 0 of 6"', "Participant 2,P2,,",
        "Participant 3,P3,,", "Participant 4,P4,,"]
    assert said == [
        "2 of the worksheet handed in nothing: 3 'P3', 4 'P4'",
        "1 were graded and are not in the worksheet: zoe 'name zoe'",
        "1 were not graded, and their rows left as they were: 2 'name 2'",
        "1 were not graded, and are not in the worksheet either: bad 'name bad'"]


def test_a_worksheet_that_takes_too_little_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("Identifier,Grade,Maximum Grade\nParticipant 1,,10.00\n")
    with pytest.raises(CommandFailed, match="up to 10: set the assignment's maximum grade to 100"):
        worksheet.read(path)
    with pytest.raises(CommandFailed, match="cannot be read"):
        worksheet.read(tmp_path / "none")
