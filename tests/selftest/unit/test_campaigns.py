"""The campaign of verdicts: what a run counts as, what the log keeps, what is still to be done, and
what the report makes of it."""
from __future__ import annotations

import argparse
import math
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Dict, FrozenSet, List

import pytest

from classroom.crew import Crew, Started
from selftest.campaigns import crew, figures, kills, log
from selftest.campaigns.report import BY_HAND, report
from selftest.campaigns.runs import Run, code_of, marks_of, recorded, to_do
from selftest.corpus import FOLDER, Grade, Submission

MP = ["mp-replies", "mp-concurrency", "mp-processes", "mp-zombies", "mp-descriptors",
      "mp-robustness", "mp-speedup"]
NOTHING: FrozenSet[str] = frozenset()
RIGHT = Submission(FOLDER / "correct/mp/made_up.c", "right", NOTHING, NOTHING)
WRONG = Submission(FOLDER / "buggy/mp/made_up.c", "wrong", frozenset({"mp-zombies"}), NOTHING)
BY_NAME = {one.name: one for one in (RIGHT, WRONG)}


def run_of(one: Submission, state: str = "idle", seconds: float = 8.0, **status: str) -> Run:
    """Returns a run in which all checks passed, but for those given (without their mp-)."""
    statuses = {id: status.get(id[3:], "passed") for id in MP}
    return Run(state, one.name, "code", "judge", 7, 1, "2026-11-24 12:00", seconds, statuses)


def test_in_which_ways_a_run_is_wrong() -> None:
    assert run_of(RIGHT).kinds(RIGHT) == []
    assert run_of(RIGHT, zombies="failed").kinds(RIGHT) == ["failed"]
    assert run_of(RIGHT, speedup="inconclusive").kinds(RIGHT) == ["inconclusive"]
    assert run_of(WRONG).kinds(WRONG) == ["passed"]
    assert run_of(WRONG, zombies="failed").kinds(WRONG) == []
    assert run_of(WRONG, zombies="failed", speedup="failed").kinds(WRONG) == ["failed"]
    assert run_of(RIGHT)._replace(status={}).kinds(RIGHT) == ["inconclusive"]


def test_on_one_core_who_is_pinned_may_pass() -> None:
    pinned = Submission(FOLDER / "buggy/mp/pinned.c", "", frozenset({"mp-speedup"}), NOTHING)
    assert run_of(pinned, "idle").wrong(pinned) == ["mp-speedup passed"]
    assert run_of(pinned, "one core").wrong(pinned) == []


def test_what_was_not_graded_is_no_killer() -> None:
    output = {id: "" for id in MP}
    output["mp-zombies"] = "not graded until it serves clients concurrently"
    output["mp-speedup"] = "not graded until a single client gets the right reply"
    run = run_of(WRONG, concurrency="failed", zombies="failed", speedup="failed")
    marks = marks_of(Grade(run.status, output, 1.0))
    assert marks == {"mp-zombies": "c", "mp-speedup": "r"}
    assert run._replace(spared=marks).all_killers() == ["mp-concurrency"]


def test_a_log_is_appended_to_and_survives_a_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    assert log.read(path) == []
    log.append(path, {"a": 1})
    with path.open("a") as file:
        file.write('{"a": ')
    log.append(path, {"a": 2})
    assert log.read(path) == [{"a": 1}, {"a": 2}]


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    folder = tmp_path / "submissions" / "correct" / "mp"
    folder.mkdir(parents=True)
    (folder / "made_up.c").write_text("/* Correct: it is. */\nint code;\n")
    return Submission(folder / "made_up.c", "title", NOTHING, NOTHING)


def test_runs_of_other_code_or_checkers_do_not_count(
        submission: Submission, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("selftest.corpus.FOLDER", tmp_path / "submissions")
    path, run = tmp_path / "log", run_of(submission)._replace(code=code_of(submission))
    log.append(path, run._asdict())
    log.append(path, run._replace(code="other")._asdict())
    assert recorded(path, [submission], same_judge=False) == [run]
    assert recorded(path, [submission], same_judge=True) == []
    submission.path.write_text("/* Correct: another header. */\nint code;\n")
    assert recorded(path, [submission], same_judge=False) == [run]
    submission.path.write_text("/* Correct: another header. */\nint other;\n")
    assert recorded(path, [submission], same_judge=False) == []


def test_what_is_to_be_done_comes_in_rounds() -> None:
    args = argparse.Namespace(rights=3, wrongs=1)
    todo = [one.name for one in to_do([RIGHT, WRONG], args, Counter({RIGHT.name: 1}))]
    assert todo[0] == WRONG.name and todo[1:] == [RIGHT.name] * 2
    assert to_do([WRONG], args, Counter({WRONG.name: 1})) == []


def do_all(todo: List[int], slots: int, seconds: float = math.inf) -> List[int]:
    """Returns what a crew noted; each item takes no time."""
    noted: List[int] = []
    worker: Crew[int, int] = Crew([[] for _ in range(slots)], lambda item, slot, _: item,
                                  noted.append)
    assert worker.do(todo, seconds) == len(noted)
    return noted


def test_a_crew_does_all_or_begins_nothing_after_the_time() -> None:
    assert sorted(do_all(list(range(9)), 4)) == list(range(9))
    assert do_all([1, 2, 3], 1) == [1, 2, 3]
    assert do_all([1, 2, 3], 2, seconds=0.0) == []
    assert do_all([], 1) == []


def test_an_interrupted_crew_ends_what_it_has_begun() -> None:
    begun = threading.Event()
    noted: List[int] = []

    def work(item: int, slot: List[str], started: Started) -> int:
        if item == 0:
            begun.wait(20)
            raise KeyboardInterrupt
        with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
            started(process)
            begun.set()
            return process.wait()
    worker: Crew[int, int] = Crew([[], []], work, noted.append)
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        worker.do([0, 1])
    assert noted == [] and time.monotonic() - before < 30


COMMANDS: Dict[str, List[str]] = {
    "make verdicts": [], "make verdicts ARGS='--jobs 2'": ["--jobs", "2"],
    'make verdicts ARGS="--state \'one core\'"': ["--state", "one core"],
    "PYTHONPATH=tests python3 -m selftest.campaigns.verdicts --match 'a$'": ["--match", "a$"]}


@pytest.mark.parametrize("text", COMMANDS)
def test_the_command_can_be_pasted(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["verdicts.py", *COMMANDS[text]])
    assert crew.command("verdicts") == text


def test_time_is_shared_between_states() -> None:
    now = time.monotonic()
    assert crew.shares(None, 3, now) == math.inf
    assert crew.shares(90.0, 3, now) == pytest.approx(30.0, abs=1.0)
    assert crew.shares(90.0, 3, now - 100) == 0.0


def test_rates_tell_false_fails_from_false_passes() -> None:
    runs = [run_of(RIGHT), run_of(RIGHT, "one core", zombies="failed"), run_of(WRONG)]
    judged = figures.judge(runs, BY_NAME)
    assert [rate.of(judged) for rate in figures.RATES] == [(1, 2), (0, 2), (1, 1), (0, 1), (0, 1)]
    assert figures.rates(judged, False)[2:] == [
        "| idle | 1 | 0 | 0.000 % to 97.5 % | 0 | 0.000 % to 97.5 % |",
        "| one core | 1 | 1 | 2.5 % to 100.0 % | 0 | 0.000 % to 97.5 % |",
        "| all | 2 | 1 | 1.3 % to 98.7 % | 0 | 0.000 % to 84.2 % |"]


def test_percentiles_are_by_nearest_rank() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [figures.percentile(values, share) for share in (0.5, 0.95, 1.0)] == [50, 95, 100]
    assert figures.percentile([3.0], 0.5) == 3.0


def test_times_are_apart_for_right_and_wrong() -> None:
    judged = figures.judge([run_of(RIGHT, seconds=7.5), run_of(WRONG, seconds=20.0)], BY_NAME)
    assert figures.times(judged)[2] == "| idle | 7.5 | 7.5 | 7.5 | 20.0 | 20.0 | 20.0 |"


CELLS: Dict[str, List[Run]] = {
    "": [run_of(WRONG)], "100": [run_of(WRONG, zombies="failed")],
    "50": [run_of(WRONG, zombies="failed"), run_of(WRONG)],
    "100?": [run_of(WRONG, zombies="inconclusive")],
    "c": [run_of(WRONG, zombies="failed")._replace(spared={"mp-zombies": "c"})],
    "50 50r": [run_of(WRONG, zombies="failed"),
               run_of(WRONG, zombies="failed")._replace(spared={"mp-zombies": "r"})]}


@pytest.mark.parametrize("text", CELLS)
def test_cells_of_kills(text: str) -> None:
    assert kills.cell(CELLS[text], "mp-zombies") == text


def test_right_ones_in_which_nothing_was_seen_are_one_line() -> None:
    other = RIGHT._replace(path=RIGHT.path.with_name("other.c"))
    runs = [run_of(RIGHT), run_of(other, speedup="failed"), run_of(WRONG, zombies="failed")]
    lines = kills.table("mp", runs, [RIGHT, other, WRONG])[2:]
    assert lines == ["| 1 right ones | 1 |  |  |  |  |  |  |  |",
                     "| correct/mp/other | 1 |  |  |  |  |  |  | 100 |",
                     "| buggy/mp/made_up | 1 |  |  |  | 100 |  |  |  |"]


def test_sole_killers_are_over_all_runs() -> None:
    runs = [run_of(WRONG, zombies="failed"), run_of(WRONG, zombies="failed")]
    mutants: List[Dict[str, List[str]]] = [
        {"killers": ["mp-zombies"]}, {"killers": ["mp-zombies", "mp-speedup"]}, {"killers": []}]
    assert "| mp-zombies | 1 | 1 | 2 | 1 | made_up |" in kills.sole(runs, mutants)
    runs.append(run_of(WRONG, zombies="failed", descriptors="failed"))
    assert "| mp-zombies | 1 | 0 | 2 | 1 |  |" in kills.sole(runs, mutants)


def test_the_report_keeps_what_was_written_by_hand(tmp_path: Path) -> None:
    runs = [run_of(RIGHT, zombies="failed")._replace(said={"mp-zombies": "3 children\nmore"})]
    before = f"old figures\n\n{BY_HAND}\n\n- a reason\n"
    text = report(runs, [], [RIGHT, WRONG], "make verdicts", tmp_path / "none", before)
    assert "(`--seed 7`)\n  - 3 children\n" in text
    assert text.endswith(f"\n{BY_HAND}\n\n- a reason\n") and "old figures" not in text
    again = report(runs, [], [RIGHT, WRONG], "make verdicts", tmp_path / "none", text)
    assert again == text
