"""results.json and junit.xml of real gradings; their shapes are tested in unit/test_results.py."""
from __future__ import annotations

import json
import os
import shutil
import stat
import xml.etree.ElementTree as xml
from pathlib import Path

from grading.results import status_of
from selftest.gradings.checker import ONE, Checker, total


def test_the_files_say_what_the_terminal_says(checker: Checker, tmp_path: Path,
                                              checkout: Path) -> None:
    json_file, junit_file = tmp_path / "results.json", tmp_path / "junit.xml"
    shutil.copy(checkout / "solution" / "mt_server.c", tmp_path)
    shutil.copy(checkout / "support" / "mp_server.c", tmp_path)
    done = checker("-k", "replies or mp-zombies", "--json", json_file, "--junit", junit_file,
                   tmp_path)
    results = json.loads(json_file.read_text())
    assert results["score"] == total(done) == 6
    assert [(test["name"], test["score"], test["status"]) for test in results["tests"]] == [
        ("mp-replies", 0, "failed"), ("mp-zombies", 0, "failed"), ("mt-replies", 6, "passed")]
    assert all(line in done.stdout for line in results["tests"][0]["output"].splitlines())
    assert all(line in done.stdout for line in results["output"].splitlines())
    suite = xml.parse(junit_file).getroot().find("testsuite")
    assert suite is not None and (suite.get("tests"), suite.get("failures")) == ("3", "2")


def test_a_result_file_that_is_a_pipe_stays_one(checker: Checker, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDWR)
    checker(*ONE, "--json", pipe)
    os.close(reading)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_cannot_be_graded_is_in_the_files_too(checker: Checker, tmp_path: Path) -> None:
    json_file = tmp_path / "results.json"
    done = checker("--json", json_file, tmp_path)
    assert done.returncode == 2
    results = json.loads(json_file.read_text())
    assert results["score"] == 0 and "holds neither" in results["output"]
    assert {status_of(test) for test in results["tests"]} == {"inconclusive"}
