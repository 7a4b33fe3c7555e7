"""What learning platforms read in our output: the points are ours, whatever a submission says."""
from __future__ import annotations

import io
import json
import os
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any, Dict, List

import pytest

from checks.catalogue import CHECKS, FULL
from classroom.platforms.github import autograding, workflow
from grading.outcome import FAILED, INCONCLUSIVE, Failure, Outcome
from grading.page import write_page
from grading.report import Report, Terminal
from grading.results import write_json, write_junit
from selftest.process import LAB
from selftest.unit.platforms import BEGIN, END, FORGED, between, vmchecker, vpl

PLATFORMS = LAB / "tests" / "classroom" / "platforms"
# Grades without a submission: what it prints, writes and returns stands in files beside it.
CHECKER = """#!/bin/sh
here=$(dirname -- "$0")
echo . >>"$here/tries"
while [ $# -gt 1 ]; do
    [ "$1" != --json ] || cp "$here/results" "$2"
    shift
done
ls "$1" >"$here/graded" || exit 2
cat "$here/report"
exit "$(sed -n "$(wc -l <"$here/tries")p" "$here/statuses")"
"""
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


class Lab:
    """A lab that grades as it is told to."""

    def __init__(self, folder: Path, report: str, *statuses: int) -> None:
        self.folder = folder / "concurrent-servers"
        self.folder.mkdir()
        (self.folder / "checker.sh").write_text(CHECKER)
        (self.folder / "checker.sh").chmod(0o755)
        (self.folder / "report").write_text(report)
        (self.folder / "results").write_text("{}")
        (self.folder / "statuses").write_text("".join(f"{one}\n" for one in statuses))

    def said(self, name: str) -> str:
        """Returns what a grading has left behind."""
        return (self.folder / name).read_text()


def ran(*words: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a script to its end."""
    return subprocess.run([str(word) for word in words], cwd=cwd, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True, timeout=60,
                          env={**os.environ, **environment})


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


@pytest.mark.parametrize("statuses, tries, status", [
    ((0,), 1, 0), ((1,), 1, 0), ((3, 1), 2, 0), ((3, 3, 3), 3, 1), ((2,), 1, 1), ((137,), 1, 1)])
def test_vmchecker_gets_a_verdict_or_a_job_that_fails(
        tmp_path: Path, report: str, statuses: Any, tries: int, status: int) -> None:
    lab = Lab(tmp_path, report, *statuses)
    (tmp_path / "src" / "support").mkdir(parents=True)
    (tmp_path / "src" / "support" / "mp_server.c").touch()
    (tmp_path / "checker").mkdir()
    script = tmp_path / "checker" / "checker.sh"
    script.symlink_to(PLATFORMS / "vmchecker" / "checker.sh")
    done = ran(script, cwd=tmp_path, LAB=str(lab.folder))
    assert (done.returncode, lab.said("tries").count("."), lab.said("graded")) == (
        status, tries, "mp_server.c\n")
    assert vmchecker(done.stdout) == 0 and between(done.stdout) == report


@pytest.mark.parametrize("statuses, kept", [
    ((0,), True), ((3, 1), True), ((3, 3, 3), True), ((2,), False), ((143,), False)])
def test_gradescope_gets_results_or_none(tmp_path: Path, statuses: Any, kept: bool) -> None:
    lab = Lab(tmp_path, "Total: 0/100\n", *statuses)
    for name in ("submission", "results"):
        (tmp_path / name).mkdir()
    (tmp_path / "submission" / "mt_server.c").touch()
    (tmp_path / "results" / "results.json").write_text("the student's?")
    done = ran(PLATFORMS / "gradescope" / "run_autograder", cwd=tmp_path, AUTOGRADER=str(tmp_path))
    assert (tmp_path / "results" / "results.json").exists() == kept == (done.returncode == 0)
    assert lab.said("tries").count(".") == len(statuses) and "The first try" in done.stdout
    assert not kept or (tmp_path / "results" / "results.json").read_text() == "{}"


@pytest.mark.parametrize("outcomes", [HOSTILE, HOSTILE[-1:], []], ids=len)
def test_gradescope_knows_each_field_and_status(tmp_path: Path, outcomes: List[Outcome]) -> None:
    """By its specification: https://gradescope-autograders.readthedocs.io/en/latest/specs/"""
    write_json(tmp_path / "json", outcomes, 1.0, "a note", 7)
    results = json.loads((tmp_path / "json").read_text())
    assert set(results) <= {"score", "execution_time", "output", "output_format", "visibility",
                            "stdout_visibility", "extra_data", "tests", "leaderboard"}
    assert results["score"] == sum(test["score"] for test in results["tests"])
    for test in results["tests"]:
        assert set(test) <= {"score", "max_score", "status", "name", "number", "output", "tags",
                             "visibility", "extra_data"}
        assert test.get("status", "passed") in ("passed", "failed")


def evaluated(folder: Path, report: str, *statuses: int, **environment: str) -> str:
    """Returns what vpl_execution prints in a folder as VPL makes it, with a student's files."""
    lab = Lab(folder, report, *statuses)
    jail = folder / "jail"
    jail.mkdir()
    for name in ("mp_server.c", "pytest.py", "checker.sh"):
        (jail / name).touch()
    (jail / "vpl_environment.sh").write_text(
        "".join(f"export {key}='{value}'\n" for key, value in environment.items()))
    with tarfile.open(jail / "concurrent-servers.tar.gz", "w:gz") as archive:
        archive.add(lab.folder, "concurrent-servers")
    done = ran(PLATFORMS / "vpl" / "vpl_evaluate.sh", cwd=jail)
    if done.returncode:
        assert not (jail / "vpl_execution").exists()
        return done.stdout
    return ran("./vpl_execution", cwd=jail).stdout


@pytest.mark.parametrize("statuses, grade", [
    ((1,), "0.00"), ((0,), "0.00"), ((3, 1), "0.00"), ((3, 3, 3), ""), ((2,), ""), ((137,), "")])
def test_vpl_gets_a_grade_if_there_is_a_verdict(tmp_path: Path, report: str, statuses: Any,
                                                grade: str) -> None:
    found = vpl(evaluated(tmp_path, report, *statuses))
    assert found.grade == grade and (statuses == (2,) or "-Total: 0/100" in found.comments)
    titles = [line for line in found.comments if not line.startswith(">")]
    assert all(re.match("-(m[pt][-:]|Selected|Inconclusive|To draw|Total|This is no)", line)
               for line in titles) and len(titles) > len(CHECKS)


@pytest.mark.parametrize("total, least, most, grade", [
    (94, "0", "100", "94.00"), (94, "0", "10", "9.40"), (0, "1", "6", "1.00"),
    (100, "1", "6", "6.00")])
def test_vpl_gets_a_grade_of_its_scale(tmp_path: Path, total: int, least: str, most: str,
                                       grade: str) -> None:
    said = evaluated(tmp_path, f"Total: {total}/100\n", 1, VPL_GRADEMIN=least, VPL_GRADEMAX=most)
    assert vpl(said) == (grade, [f"-Total: {total}/100"])


def test_vpl_takes_no_lab_from_a_student(tmp_path: Path) -> None:
    names = "mp_server.c\nconcurrent-servers.tar.gz.b64\n"
    assert "rename it" in evaluated(tmp_path, "Total: 100/100\n", 0, VPL_SUBFILES=names)


def commands() -> Dict[str, Dict[str, Any]]:
    """Returns the steps of the workflow, by their id or name."""
    yaml = pytest.importorskip("yaml")
    document = yaml.safe_load(workflow())
    assert document["name"] == "Autograding Tests" and document["permissions"]["checks"] == "write"
    [(job, found)] = document["jobs"].items()
    assert job == "run-autograding-tests"
    return {step.get("id", step["name"]): step for step in found["steps"]}


def test_github_gives_the_points_of_each_check() -> None:
    steps = commands()
    graded = {id: steps[id]["with"]["max-score"] for id in steps if "with" in steps[id]
              and "max-score" in steps[id]["with"]}
    assert graded == {check.id: check.points for check in CHECKS} and sum(graded.values()) == FULL
    reporter = steps["Autograding Reporter"]
    runners = reporter["with"]["runners"].split(",")
    assert runners == list(graded)
    assert reporter["env"] == {f"{runner.upper()}_RESULTS":
                               f"${{{{steps.{runner}.outputs.result}}}}" for runner in runners}
    tests = json.loads(autograding())["tests"]
    assert {test["name"]: test["points"] for test in tests} == graded
    assert {tuple(test) for test in tests} == {("name", "setup", "run", "input", "output",
                                                "comparison", "timeout", "points")}


def test_github_asks_results_json(tmp_path: Path) -> None:
    if ran("sh", "-c", "command -v jq", cwd=tmp_path).returncode:
        pytest.skip("jq is not installed; GitHub's runners have it")
    write_json(tmp_path / "results.json", [Outcome("mp-zombies", "passed", []), *HOSTILE[:1],
                                           Outcome("mt-races", INCONCLUSIVE, [])], 1.0, "", 7)
    passed = {test["name"]: ran("sh", "-c", test["run"], cwd=tmp_path).returncode == 0
              for test in json.loads(autograding())["tests"]}
    assert [name for name in passed if passed[name]] == ["mp-zombies"]


@pytest.mark.parametrize("statuses, status", [((1,), 0), ((3, 0), 0), ((3, 3, 3), 1), ((2,), 1)])
def test_github_takes_no_commands_of_a_submission(tmp_path: Path, statuses: Any,
                                                  status: int) -> None:
    lab = Lab(tmp_path, FORGED, *statuses)
    (lab.folder / "support").mkdir()
    done = ran("bash", "-e", "-c", commands()["Grade"]["run"], cwd=lab.folder, LAB_REPOSITORY="",
               RUNNER_TEMP=str(tmp_path))
    lines = done.stdout.splitlines()
    word = lines[0].partition("::stop-commands::")[2]
    assert (done.returncode, lines[-1]) == (status, f"::{word}::") and len(word) == 32
    assert lines.count(lines[-1]) == 1 and "::notice" in done.stdout
