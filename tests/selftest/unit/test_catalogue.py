"""The list of checks: ids, points, and where each stands."""
from __future__ import annotations

import importlib

import pytest

from checks.catalogue import BY_ID, CHECKS, FULL
from checks.check import Check
from selftest.process import LAB

# An interface: scripts and grade books refer to them.
POINTS = {
    "mp-replies": 6, "mp-concurrency": 10, "mp-processes": 8, "mp-zombies": 6,
    "mp-descriptors": 6, "mp-robustness": 6, "mp-speedup": 8,
    "mt-replies": 6, "mt-concurrency": 10, "mt-threads": 6, "mt-races": 6, "mt-descriptors": 4,
    "mt-memory": 4, "mt-robustness": 6, "mt-speedup": 8}
each_check = pytest.mark.parametrize("check", CHECKS, ids=[check.id for check in CHECKS])


def test_ids_points_and_order_stay() -> None:
    assert [(check.id, check.points) for check in CHECKS] == list(POINTS.items())
    assert FULL == 100 and len(BY_ID) == len(CHECKS)


@each_check
def test_a_check_stands_in_the_file_of_its_topic(check: Check) -> None:
    topic = importlib.import_module("checks." + check.id.partition("-")[2])
    assert getattr(topic, check.id.replace("-", "_").upper()) is check


@each_check
def test_a_check_is_run_by_the_tests_of_its_server(check: Check) -> None:
    tests = (LAB / "tests" / f"test_{check.server}.py").read_text()
    assert tests.count(f'@pytest.mark.check("{check.id}")\n') == 1


def test_the_table_of_contents_is_short() -> None:
    for name in ("mp", "mt"):
        text = (LAB / "tests" / f"test_{name}_server.py").read_text()
        for body in text.split("@pytest.mark.check")[1:]:
            assert body.strip().count("\n") < 14
