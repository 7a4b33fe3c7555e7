"""classroom/: the names of folders, the gradebook, what needs a human, feedback, what changes."""
from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Sequence

import pytest

from checks.catalogue import CHECKS
from classroom import feedback, lab
from classroom.against import changes
from classroom.crew import Tally
from classroom.gradebook import BOM, cell, gradebook, look_at, summary
from classroom.model import GRADED, INCONCLUSIVE, NOT_GRADED, SERVERS, UNSURE, Graded
from classroom.places import Places, folder_of
from grading.outcome import FAILED
from grading.outcome import INCONCLUSIVE as UNDECIDED
from selftest.unit.made_up_class import row

KEYS = ["1", "Ana", "ana", "..", ".", "", "%", "%2E", ".hidden", "a/b", "a%2Fb", "a\0b", "a\nb",
        "-", "\u0219", "\udc80", "x" * 400, "x" * 401, "\u0219" * 400]


def graded(key: str, status: str = GRADED, lost: str = "", undecided: str = "",
           notes: Sequence[str] = (), one_file: bool = False) -> Graded:
    """Returns what became of a submission."""
    statuses = {lost: FAILED, undecided: UNDECIDED}
    rows = [row(check.id, statuses[check.id]) if check.id in statuses else row(check.id)
            for check in CHECKS]
    hashes = {server: "" if one_file and server == "mt_server" else "ab" for server in SERVERS}
    return Graded(key, f"Name {key}", f"folder {key}", status,
                  [] if status == NOT_GRADED else rows, 9.5, hashes, "lab", list(notes))


def test_folders_of_keys_are_safe_and_different() -> None:
    names = [folder_of(key) for key in KEYS]
    assert len(set(names)) == len(KEYS) and max(map(len, names)) < 200
    assert not any(name.startswith(".") or "/" in name or not name.isascii() for name in names)
    assert folder_of("Ana-1_2.x") == "Ana-1_2.x"


@pytest.mark.parametrize("text, wanted", [("=1+1", "'=1+1"), ("@x", "'@x"), ("-1", "'-1"),
                                          ("+1", "'+1"), ("\t=1", "'\t=1"), ("\r", "'\r"),
                                          ("Ana", "Ana"), ("", ""), ("A=1", "A=1")])
def test_cells_are_no_formulas(text: str, wanted: str) -> None:
    assert cell(text) == wanted


def test_a_gradebook_has_a_row_for_each() -> None:
    text = gradebook([graded("=1", lost="mp-zombies"), graded("b", NOT_GRADED),
                      graded('c,"\n', INCONCLUSIVE, undecided="mt-races")])
    assert text.startswith(BOM)
    rows = list(csv.DictReader(io.StringIO(text[len(BOM):], newline="")))
    assert [line["key"] for line in rows] == ["'=1", "b", 'c,"\n']
    assert [line["total"] for line in rows] == ["94", "", "94"]
    assert [line["mp-zombies"] for line in rows] == ["0", "", "6"]
    assert [line["mt-races"] for line in rows] == ["6", "", ""]
    assert rows[0]["mp_server.c sha256"] == "ab" and rows[0]["lab"] == "lab"


def test_only_what_needs_a_human_is_to_be_looked_at() -> None:
    known = [graded("1", lost="mp-zombies"), graded("2", NOT_GRADED, notes=["bad \x1b", "two"]),
             graded("3", one_file=True), graded("4", UNSURE, notes=["graded twice"]),
             graded("5", notes=["several"])]
    assert look_at(known) == ("Name 2 [2]: not graded: bad \\x1b\nName 2 [2]: two\n"
                              "Name 3 [3]: mt_server.c was not handed in\n"
                              "Name 4 [4]: unsure: graded twice\nName 5 [5]: several\n")
    assert look_at(known[:1]) == ""
    assert summary(known) == "3 graded, 1 not graded, 1 unsure"


def test_feedback_has_the_same_folders_and_the_same_bytes(tmp_path: Path) -> None:
    places = Places(tmp_path)
    known = [graded("1"), graded("2", NOT_GRADED), graded("3")._replace(folder="../3")]
    for one in known:
        places.result(one.key).mkdir(parents=True)
        (places.result(one.key) / "report.txt").write_text(one.key)
    for name in ("a.zip", "b.zip"):
        feedback.write(tmp_path / name, places, known)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["folder 1/report.txt", "3/report.txt"]


def test_only_changes_are_shown() -> None:
    old = [graded("1"), graded("2"), graded("3"), graded("4", NOT_GRADED), graded("5")]
    new = [graded("1"), graded("2", lost="mt-memory"), graded("3", INCONCLUSIVE, "", "mt-races"),
           graded("4"), graded("6")]
    lines = changes(old, new)
    assert lines[:2] == ["- Name 2: mt-memory 4 -> 0",
                         "- Name 3: graded -> inconclusive, mt-races 6 -> ? (total 100 -> 94)"]
    assert lines[2].startswith("- Name 4: not graded -> graded, mp-replies nothing -> 6,")
    assert lines[3:5] == ["- Name 5: only in the old run", "- Name 6: only in the new run"]
    assert "mt-memory: 2 would change: 1 better, 1 worse" in lines
    assert changes(old, old) == []


def test_the_lab_is_known_by_what_judges() -> None:
    version = lab.version()
    assert len(version) == 16 and version == lab.version()
    names = {str(path.relative_to(lab.LAB)) for path in lab._files()}
    assert {"checker.sh", "support/main.c", "tests/checks/zombies.py"} <= names
    assert not any(name.startswith(("tests/selftest/", "tests/classroom/")) for name in names)


def test_progress_is_a_line_each_ten_without_a_terminal() -> None:
    stream = io.StringIO()
    tally = Tally("graded", 25, each=10, stream=stream)
    for done in range(26):
        tally(done)
    lines = stream.getvalue().splitlines()
    assert [line.partition(",")[0] for line in lines] == [
        "graded: 10 of 25", "graded: 20 of 25", "graded: 25 of 25"]
    assert lines[0].endswith("min left")
