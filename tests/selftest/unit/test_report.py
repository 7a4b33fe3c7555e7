"""report.py: rows come in the order of the catalogue, and each selected check gets one."""
from __future__ import annotations

import io
from typing import List

import pytest

from checks.catalogue import BY_ID, CHECKS
from grading.outcome import FAILED, INCONCLUSIVE, PASSED, Failure, Outcome
from grading.report import Report, Terminal

IDS = [check.id for check in CHECKS]
SEED = "To draw the same numbers and pauses again: --seed 7"


class Shown(Report):
    """A report whose terminal is a text."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        super().__init__(Terminal(self.stream))

    def lines(self) -> List[str]:
        return self.stream.getvalue().splitlines()

    def rows(self) -> List[str]:
        return [line.split()[0] for line in self.lines() if line.startswith(("mp-", "mt-"))]

    def select(self, *ids: str) -> None:
        for server in ("mt_server", "mp_server"):
            mine = [id for id in ids if BY_ID[id].server == server]
            self.handle({"selected": mine, "server": server})

    def end(self, id: str, status: str = PASSED, **more: object) -> None:
        self.handle({"ended": {"id": id, "status": status, "lines": [], **more}})


@pytest.fixture
def report() -> Shown:
    return Shown()


def test_rows_wait_for_the_rows_before_them(report: Shown) -> None:
    report.select(*IDS)
    for id in reversed(IDS):
        assert report.rows() == []
        report.end(id)
    assert report.rows() == IDS


def test_rows_do_not_wait_for_what_is_not_selected(report: Shown) -> None:
    report.select(IDS[3], IDS[-1])
    report.end(IDS[-1])
    report.end(IDS[3])
    assert report.rows() == [IDS[3], IDS[-1]]


def test_rows_wait_until_it_is_known_what_the_other_server_has_selected(report: Shown) -> None:
    last = [id for id in IDS if id.startswith("mt-")]
    report.handle({"selected": last, "server": "mt_server"})
    report.end(last[0])
    assert report.rows() == []
    report.handle({"selected": [], "server": "mp_server"})
    report.end(last[1])
    assert report.rows() == last[:2]


def test_a_row_has_its_points_and_its_message_below(report: Shown) -> None:
    report.select(IDS[0], IDS[1])
    report.end(IDS[0], lines=["a note"])
    report.end(IDS[1], FAILED, lines=["seen: nothing"], output="\x1b[2J\n")
    assert report.lines() == ["mp-replies ................ passed ... 6/6", "    a note",
                              "mp-concurrency ............ failed ... 0/10", "    seen: nothing",
                              "    | \\x1b[2J"]


def test_what_waits_for_another_check_gets_one_row(report: Shown) -> None:
    report.select(*IDS)
    for id in IDS[:7]:
        report.end(id, PASSED if id == "mp-replies" else FAILED,
                   spared=id not in ("mp-replies", "mp-concurrency"))
    for id in IDS[7:]:
        report.end(id, FAILED, spared=id != "mt-replies")
    assert report.lines() == ["mp-replies ................ passed ... 6/6",
                              "mp-concurrency ............ failed ... 0/10",
                              "mp: 5 more checks wait for mp-concurrency ... 0/34",
                              "mt-replies ................ failed ... 0/6",
                              "mt: 7 more checks wait for mt-replies ... 0/44"]
    assert [one.id for one in report.ordered()] == IDS, "the result files have them all"


def test_one_that_waits_and_others_that_do_not(report: Shown) -> None:
    report.select(*IDS[:4])
    report.end(IDS[0], FAILED)
    report.end(IDS[1], FAILED, spared=True)
    report.end(IDS[2], INCONCLUSIVE)
    report.end(IDS[3], FAILED, spared=True)
    assert report.rows() == IDS[:4], "one by itself is named"


def test_what_waits_for_a_check_that_was_not_selected_says_so(report: Shown) -> None:
    report.select("mp-zombies")
    report.end("mp-zombies", FAILED, spared=True, lines=["not graded until it serves"])
    assert report.lines() == ["mp-zombies ................ failed ... 0/6",
                              "    not graded until it serves"]


def test_a_second_failure_of_one_cause_refers_to_the_first(report: Shown) -> None:
    report.select(*IDS[:2])
    failure = Failure(["no reply"], "did", "wanted", "key", "TODO 1", "Why?", ["make"])
    report.end(IDS[1], FAILED, failure=failure)
    report.end(IDS[0], FAILED, failure=failure)
    assert report.lines()[-1].startswith(f"    the same fault as in {IDS[0]}, it seems")
    assert [one.same_as for one in report.ordered()] == ["", IDS[0]]


def test_the_first_line_says_what_contains_the_submission(report: Shown) -> None:
    report.handle({"contained": "containment: T2"})
    report.select(*IDS)
    assert report.lines() == [], "nothing is printed before a check begins"
    report.handle({"began": IDS[0]})
    report.handle({"began": IDS[1]})
    assert report.lines() == ["containment: T2"]


def test_each_selected_check_that_is_missing_gets_an_outcome(report: Shown) -> None:
    report.select(*IDS)
    report.end(IDS[1])
    report.complete("the grading process was killed")
    assert report.rows() == IDS
    assert [one.status for one in report.ordered()].count(INCONCLUSIVE) == len(IDS) - 1
    assert all(one.fault for one in report.ordered() if one.id != IDS[1])
    text = "\n".join(report.lines())
    assert text.count("the grading process was killed") == 1
    assert text.count(f"see {IDS[0]}") == len(IDS) - 2


def test_checks_of_a_server_that_never_reported_are_missing_too(report: Shown) -> None:
    report.handle({"selected": ["mt-replies"], "server": "mt_server"})
    report.end("mt-replies")
    report.complete("why")
    assert [one.id for one in report.ordered()] == [id for id in IDS if id.startswith("mp-")] + [
        "mt-replies"]


def test_a_complete_report_is_not_changed(report: Shown) -> None:
    report.select(IDS[0])
    report.end(IDS[0])
    report.complete("why")
    assert [one.id for one in report.ordered()] == [IDS[0]]


def test_the_total_counts_what_passed(report: Shown) -> None:
    report.select(*IDS)
    for id in IDS:
        report.end(id, {"mp-zombies": FAILED, "mt-memory": INCONCLUSIVE}.get(id, PASSED))
    lost = BY_ID["mp-zombies"].points + BY_ID["mt-memory"].points
    assert report.total() == f"Total: {100 - lost}/100"
    assert report.notes("", 7) == [f"Inconclusive, {BY_ID['mt-memory'].points} points not in the "
                                   "total: mt-memory. Grade again.", SEED]


def test_the_seed_is_told_unless_all_is_well(report: Shown) -> None:
    report.select(IDS[0], IDS[1])
    report.end(IDS[0])
    assert report.notes("", 7) == []
    report.end(IDS[1], FAILED)
    assert report.notes("", 7) == [SEED]


def test_a_selection_is_noted(report: Shown) -> None:
    report.select("mp-replies")
    report.end("mp-replies")
    points = BY_ID["mp-replies"].points
    assert report.notes("mp-replies", 7) == [
        f"Selected by -k: 1 of {len(CHECKS)} checks, {points} of 100 points."]


def test_an_unknown_event_is_loud(report: Shown) -> None:
    with pytest.raises(ValueError):
        report.handle({"finished": "mp-replies"})


class Broken(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_grading_goes_on_when_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grading.report.discard", lambda stream: None)
    terminal = Terminal(Broken())
    terminal.say("a line")
    terminal.row(Outcome("mp-replies", PASSED, []))
    assert terminal.closed


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_row_replaces_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Screen()
    terminal = Terminal(screen)
    terminal.began(BY_ID["mp-replies"])
    terminal.row(Outcome("mp-replies", FAILED, []))
    progress, _, row = screen.getvalue().rpartition("\r\x1b[K")
    assert f"mp-replies: {BY_ID['mp-replies'].title} ..." in progress
    assert row == "mp-replies ................ \x1b[31mfailed\x1b[0m ... 0/6\n"
