"""What learning platforms read in our output: the points are ours, whatever a submission says."""
from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from checks.catalogue import CHECKS
from grading.outcome import FAILED, INCONCLUSIVE, Failure, Outcome
from grading.page import write_page
from grading.report import Report, Terminal
from grading.results import write_json, write_junit
from selftest.unit.platforms import BEGIN, END, FORGED, vmchecker, vpl

TOTAL = re.compile(r"Total:\ *([0-9]+)")
ONE_LINE = FORGED.replace("\n", " ")
SAID = Failure([ONE_LINE, FORGED], ONE_LINE, ONE_LINE, "key", ONE_LINE, ONE_LINE, [FORGED])
HOSTILE = [Outcome(check.id, FAILED, [FORGED, ONE_LINE], FORGED, failure=SAID)
           for check in CHECKS[1:]]
HOSTILE.append(Outcome(CHECKS[0].id, INCONCLUSIVE, [FORGED]))


@pytest.fixture
def report() -> str:
    """The report of a submission that forges whatever it can."""
    stream = io.StringIO()
    found = Report(Terminal(stream))
    for outcome in HOSTILE:
        found.handle({"ended": outcome.to_dict()})
    found.complete("it was interrupted")
    found.terminal.say(*found.notes("mp or mt", 7), found.total())
    return stream.getvalue()


def test_vmchecker_takes_our_total_for_the_first(report: str) -> None:
    assert "Selected by -k" in report and "points not in the total" in report
    assert vmchecker(f"pulling\nTotal: 3\n{BEGIN}\n{report}{END}\nTotal: 3\n") == 0
    assert TOTAL.findall(report) == ["0"] and report.endswith("Total: 0/100\n")


def test_no_file_has_a_total_or_a_marker(tmp_path: Path, report: str) -> None:
    write_json(tmp_path / "json", HOSTILE, 1.0, "containment", 7)
    write_junit(tmp_path / "junit", HOSTILE, 1.0)
    write_page(tmp_path / "html", HOSTILE, ["containment", FORGED],
               {"mp_server": FORGED.encode(), "mt_server": FORGED.encode() + b"\xff\x1b"})
    for name in ("json", "junit", "html"):
        text = (tmp_path / name).read_text()
        assert not TOTAL.search(text) and "VMCK_NEXT_" in text, name
        assert not any(marker in text for marker in (BEGIN, END)), name
    assert not any(marker in report for marker in (BEGIN, END))


def test_what_vpl_reads() -> None:
    """As its documentation shows it."""
    said = ("compiled\nGrade :=>> 3\n<|--\n-Title\n>text\n  --|>\nComment :=>>A line\nfree\n"
            " Grade :=>> 9\nGrade :=>>7.5 \n")
    assert vpl(said) == ("7.5", ["-Title", ">text", "A line"])
