"""classroom/: what becomes of the submissions of a class, whatever its checker does; which of them
a second run grades; parts."""
from __future__ import annotations

from pathlib import Path
from typing import List, Optional

import pytest

from checks.advice import ADVICE
from classroom import merge, queue, records
from classroom.attempt import Checker
from classroom.deciding import DOUBTFUL
from classroom.model import GRADED, INCONCLUSIVE, NOT_GRADED, UNSURE
from classroom.places import Places
from classroom.run import locked
from console import CommandFailed
from selftest.unit.made_up_class import Class, command, submission


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Class:
    """A class that is graded by a checker that does what the submissions say."""
    return Class(tmp_path, monkeypatch)


@pytest.mark.parametrize("source, status, total, note", [
    ("pass", GRADED, 100, ""),
    ("fail mp-zombies", GRADED, 94, ""),
    ("fail mp-robustness flood-lost; pass", UNSURE, 100,
     "graded 2 times: mp-robustness failed, passed"),
    ("fail mp-zombies mp-speedup", GRADED, 86, ""),
    ("fail mp-speedup; fail mp-speedup", GRADED, 92, ""),
    ("fail mp-speedup; pass", UNSURE, 100, "graded 2 times: mp-speedup failed, passed"),
    ("inconclusive mt-races; pass", GRADED, 100, ""),
    ("inconclusive mt-races; fail mt-races", GRADED, 94, ""),
    ("inconclusive mt-races; inconclusive mt-races; pass", GRADED, 100, ""),
    ("inconclusive mt-races", INCONCLUSIVE, 94, "inconclusive: mt-races"),
    ("crash; pass", GRADED, 100, ""),
    ("crash", NOT_GRADED, 0, "it did crash"),
    ("hang; pass", NOT_GRADED, 0, "it did hang"),
    (None, NOT_GRADED, 0, "neither mp_server.c nor mt_server.c was handed in")])
def test_what_becomes_of_a_submission(made_up: Class, source: Optional[str], status: str,
                                      total: int, note: str) -> None:
    one, other = made_up.run([submission("a", source, "from the intake"), submission("b", "pass")])
    assert (one.status, one.total, other.status, other.total) == (status, total, GRADED, 100)
    assert one.notes[-1] == "from the intake" and len(one.notes) <= 2
    assert one.notes[0].startswith(note or "from the intake")


@pytest.mark.parametrize("source, problem", [
    ("crash", "the checker failed: it broke\\x1b"),
    ("die", "the checker failed: killed by signal 9"),
    ("nothing", "the checker failed: no results that can be read"),
    ("garbage", "the checker failed: no results that can be read"),
    ("short", "the checker failed: no results that can be read: not one row for each check: mp-"),
    ("hang", "the grading did not end in 1 s")])
def test_a_grading_without_results_says_why(tmp_path: Path, source: str, problem: str) -> None:
    checker = Checker(tmp_path, command=command(tmp_path), longest=1 if source == "hang" else 60)
    attempt = checker({"mp_server": source.encode()}, lambda _: None)
    assert attempt.rows == () and attempt.problem.startswith(problem)
    assert attempt.hung == (source == "hang")


def test_a_grading_gives_rows_and_a_report(tmp_path: Path) -> None:
    checker = Checker(tmp_path, command=command(tmp_path))
    checker.prepare()
    attempt = checker({"mp_server": b"pass"}, lambda _: None)
    assert sum(row.score for row in attempt.rows) == 100 and not attempt.problem
    assert (attempt.folder / "report.txt").read_text() == "Total: 100/100\n"
    with pytest.raises(CommandFailed, match="the checker fails here: ended with status 7"):
        Checker(tmp_path, command=["sh", "-c", "exit 7"]).prepare()


def test_symptoms_that_may_be_the_machines_are_known() -> None:
    assert DOUBTFUL <= set(ADVICE)


def test_equal_bytes_are_graded_once(made_up: Class) -> None:
    graded = made_up.run([submission(name, "fail mp-zombies") for name in "abc"])
    assert [one.total for one in graded] == [94] * 3 and len(made_up.began) == 1
    assert all((Places(made_up.out).result(name) / "report.txt").read_text() == "Total: 94/100\n"
               for name in "abc")


def test_what_is_done_is_not_graded_again(made_up: Class) -> None:
    everything = [submission("a", "pass"), submission("b", "crash"), submission("c", None)]
    first = made_up.run(everything)
    begun = len(made_up.began)
    assert made_up.run(everything) == first and len(made_up.began) == begun
    changed = [everything[0]._replace(name="Renamed", notes=["new"]), submission("b", "pass"),
               submission("c", "fail mt-races"), submission("d", "pass")]
    assert [one.total for one in made_up.run(changed)] == [100, 100, 94, 100]
    assert len(made_up.began) == begun + 2 and made_up.run(changed)[0].notes == ["new"]


@pytest.mark.parametrize("what, again", [
    ("all", "abcd"), ("inconclusive", "b"), ("unsure", "c"), ("not-graded", "d"), ("failed", "a"),
    ("mp-zombies", "a"), ("mt-races", "b"), ("mp-threads", None), ("Name c", "c"), ("c", "c"),
    ("nobody", None)])
def test_again_means(made_up: Class, what: str, again: Optional[str]) -> None:
    sources = ["fail mp-zombies", "inconclusive mt-races", "fail mp-speedup; pass", "crash"]
    everything = [submission(name, source) for name, source in zip("abcd", sources)]
    made_up.run(everything)
    begun = len(made_up.began)
    if again is None:
        with pytest.raises(CommandFailed, match="no such check, and nobody"):
            made_up.run(everything, what)
    else:
        made_up.run(everything, what)
    assert set(made_up.began[begun:]) == {sources["abcd".index(name)] for name in again or ""}


def test_another_lab_grades_nothing_without_again(made_up: Class,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    everything = [submission("a", "fail mp-zombies"), submission("b", "pass")]
    made_up.run(everything)
    made_up.lab("another", monkeypatch)
    with pytest.raises(CommandFailed, match="another state of the lab .*--again"):
        made_up.run(everything)
    assert [one.lab for one in made_up.run(everything, "mp-zombies")] == ["another", "a lab"]
    assert [one.lab for one in made_up.run(everything, "all")] == ["another", "another"]


def test_an_interrupted_again_goes_on(made_up: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = [submission("a", "fail mp-zombies"), submission("b", "fail mp-replies")]
    made_up.run(everything)

    def interrupted(items: List[queue.Item], *rest: object) -> None:
        queue.grade_all(items[:1], *rest)  # type: ignore[arg-type]
        raise KeyboardInterrupt
    with monkeypatch.context() as patch:
        patch.setattr("classroom.run.grade_all", interrupted)
        with pytest.raises(KeyboardInterrupt):
            made_up.run(everything, "failed")
    made_up.run(everything, "failed")
    assert len(made_up.began) == 4
    made_up.run(everything, "failed")
    assert len(made_up.began) == 6


def test_nobody_else_writes_to_the_same_folder(made_up: Class, tmp_path: Path) -> None:
    with locked(Places(made_up.out)), pytest.raises(CommandFailed, match="another run"):
        made_up.run([submission("a", "pass")])
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").touch()
    with pytest.raises(CommandFailed, match="something else"):
        made_up.run([submission("a", "pass")], out=tmp_path / "other")


def test_a_full_disk_is_said_and_costs_nothing(made_up: Class,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    everything = [submission("a", "fail mp-zombies"), submission("b", "pass")]
    first = made_up.run(everything)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(CommandFailed, match="No space left on device"):
            made_up.run(everything, "all")
    assert made_up.run(everything) == first


def test_parts_are_put_together(made_up: Class, tmp_path: Path,
                                monkeypatch: pytest.MonkeyPatch) -> None:
    everything = [submission(name, f"pass; {name}") for name in "abcde"]
    folders = [tmp_path / str(number) for number in range(4)]
    for number, folder in enumerate(folders[:3], start=1):
        made_up.run(everything, part=f"{number}/3", out=folder)
    parts = [merge.part(folder) for folder in folders[:3]]
    fitting = merge.fitting(parts[::-1])
    assert [one.key for part in fitting for one in part.graded] == list("abcde")
    assert [one for part in fitting for one in part.submissions()] == everything
    for wrong, words in (([parts[0], parts[2]], "no part 2/3"),
                         (parts + parts[:1], "1/3 is there")):
        with pytest.raises(CommandFailed, match=words):
            merge.fitting(wrong)
    made_up.run(everything[:4], part="1/3", out=folders[3])
    with pytest.raises(CommandFailed, match="different submissions"):
        merge.fitting([merge.part(folders[3]), *parts[1:]])
    made_up.lab("another", monkeypatch)
    made_up.run(everything, "all", part="2/3", out=folders[1])
    with pytest.raises(CommandFailed, match="different states of the lab"):
        merge.fitting([parts[0], merge.part(folders[1]), parts[2]])
    merge.copy(parts, Places(made_up.out))
    assert records.read(Places(made_up.out), "e")


def test_jobs_fit_cores_and_memory(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemAvailable: {queue.MEMORY * 3 >> 10} kB\n")
    assert 1 <= queue.default_jobs(meminfo) <= 3
    meminfo.write_text("MemAvailable: 1 kB\n")
    assert queue.default_jobs(meminfo) == 1
