"""results.py: the shapes of the result files."""
from __future__ import annotations

import json
import xml.etree.ElementTree as xml
from pathlib import Path

from grading.outcome import FAILED, INCONCLUSIVE, PASSED, Failure, Outcome
from grading.results import write_json, write_junit

FAILURE = Failure(["saw <&> \x1b", "and more"], "did", "wanted", "key", "TODO 1", "What?", ["make"])
OUTCOMES = [Outcome("mp-replies", PASSED, [], seconds=0.5),
            Outcome("mp-zombies", FAILED, [], "]]> \x00\n", failure=FAILURE),
            Outcome("mt-races", PASSED, ["a note"]),
            Outcome("mt-speedup", INCONCLUSIVE, ["could not tell: busy"])]


def test_json_has_gradescope_s_shape(tmp_path: Path) -> None:
    write_json(tmp_path / "results.json", OUTCOMES, 3.14159, "a note on all", 7)
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["score"] == 12
    assert results["execution_time"] == 3.1
    assert results["output"] == "a note on all"
    assert results["extra_data"] == {"seed": 7}
    assert results["tests"][0] == {"name": "mp-replies", "score": 6, "max_score": 6,
                                   "status": "passed", "output": "",
                                   "extra_data": {"status": "passed", "symptom": ""}}
    assert results["tests"][1]["output"].startswith("saw <&> \\x1b\n  and more\ndone: ")
    assert "\n| ]]> \\x00\n" in results["tests"][1]["output"]
    assert results["tests"][1]["extra_data"] == {"status": "failed", "symptom": "key"}
    assert results["tests"][2]["output"] == "a note"
    assert results["tests"][3] == {"name": "mt-speedup", "score": 0, "max_score": 8,
                                   "output": "could not tell: busy",
                                   "extra_data": {"status": "inconclusive", "symptom": ""}}


def test_junit_has_xunit1_s_shape(tmp_path: Path) -> None:
    write_junit(tmp_path / "junit.xml", OUTCOMES, 3.14159)
    suite = xml.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    assert suite is not None
    assert suite.attrib == {"name": "checker", "tests": "4", "failures": "1", "errors": "0",
                            "skipped": "1", "time": "3.1"}
    assert [(case.get("classname"), case.get("name")) for case in suite] == [
        ("mp_server", "mp-replies"), ("mp_server", "mp-zombies"), ("mt_server", "mt-races"),
        ("mt_server", "mt-speedup")]
    assert list(suite[0]) == [] and suite[0].get("time") == "0.500"
    failure = suite[1].find("failure")
    assert failure is not None and failure.get("message") == "saw <&> \\x1b"
    assert failure.text and "\n| ]]> \\x00\n" in failure.text
    assert suite[2].findtext("system-out") == "a note"
    assert suite[3].findtext("skipped") == "could not tell: busy"


def test_no_outcomes_are_no_trouble(tmp_path: Path) -> None:
    write_json(tmp_path / "results.json", [], 0.0, "", 7)
    write_junit(tmp_path / "junit.xml", [], 0.0)
    assert json.loads((tmp_path / "results.json").read_text())["tests"] == []
    suite = xml.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    assert suite is not None and suite.get("tests") == "0"
