"""The result files: results.json in Gradescope's shape, junit.xml in the xunit1 form."""
from __future__ import annotations

import json
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import Any, Dict, Mapping, Sequence

from checks.catalogue import BY_ID
from console import write_whole
from grading.message import message_of, summary_of
from grading.outcome import FAILED, INCONCLUSIVE, PASSED, Outcome


def write_json(path: Path, outcomes: Sequence[Outcome], seconds: float, note: str,
               seed: int) -> None:
    """Writes results.json: gradescope-autograders, "Output format", which leaves extra_data to
    whoever writes it. Raises CommandFailed if it cannot."""
    document = {"score": sum(outcome.score for outcome in outcomes),
                "execution_time": round(seconds, 1),
                "output": note,
                "extra_data": {"seed": seed},
                "tests": [_test(outcome) for outcome in outcomes]}
    write_whole(path, json.dumps(document, indent=2) + "\n")


def _test(outcome: Outcome) -> Dict[str, object]:
    """Returns what is said of a check. Gradescope knows two statuses, and may refuse any other: so
    an inconclusive check has none, and each has its own among the extra data."""
    status = {"status": outcome.status} if outcome.status in (PASSED, FAILED) else {}
    return {"name": outcome.id,
            "score": outcome.score,
            "max_score": outcome.points,
            **status,
            "output": "\n".join(message_of(outcome)),
            "extra_data": {"status": outcome.status,
                           "symptom": outcome.failure.symptom if outcome.failure else ""}}


def status_of(test: Mapping[str, Any]) -> str:
    """Returns how a check has ended, by what results.json says of it. Raises KeyError if that does
    not say."""
    return str(test["extra_data"]["status"])


def write_junit(path: Path, outcomes: Sequence[Outcome], seconds: float) -> None:
    """Writes junit.xml: https://llg.cubic.org/docs/junit/. Raises CommandFailed if it cannot."""
    statuses = [outcome.status for outcome in outcomes]
    suites = xml.Element("testsuites")
    suite = xml.SubElement(suites, "testsuite", name="checker", tests=str(len(outcomes)),
                           failures=str(statuses.count(FAILED)), errors="0",
                           skipped=str(statuses.count(INCONCLUSIVE)), time=f"{seconds:.1f}")
    for outcome in outcomes:
        suite.append(_case(outcome))
    text = xml.tostring(suites, encoding="unicode")
    write_whole(path, f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n')


def _case(outcome: Outcome) -> xml.Element:
    case = xml.Element("testcase", classname=BY_ID[outcome.id].server, name=outcome.id,
                       time=f"{outcome.seconds:.3f}")
    text = "\n".join(message_of(outcome))
    if outcome.status == FAILED:
        xml.SubElement(case, "failure", message=summary_of(outcome)).text = text
    elif outcome.status == INCONCLUSIVE:
        xml.SubElement(case, "skipped", message="inconclusive").text = text
    elif text:
        xml.SubElement(case, "system-out").text = text
    return case
