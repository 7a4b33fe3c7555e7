"""Grades the attacks of the corpus: each loses what its bugs cost and no more, and nothing of it is
left behind. They run only where they can be contained: in the best tier of this machine, and with
--whole in each tier that contains them."""
from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import List

import pytest

from sandbox import tiers
from sandbox.launcher import compile_launcher
from selftest import corpus
from selftest.corpus import LEAST_TIER, Submission
from selftest.gradings.traces import named_in, of_boxes
from selftest.pool import GradeOf
from selftest.process import eventually

ATTACKS = corpus.submissions(["hostile"])
# These keep all cores busy for long: for --whole. The tests of boxes have short ones of each kind.
LONG = {"hostile/mp/endless_compile", "hostile/mp/includes_itself", "hostile/mp/macro_bomb",
        "hostile/mt/thread_bomb"}
CONTAINING = tiers.TIERS[tiers.TIERS.index(LEAST_TIER):]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "tier" in metafunc.fixturenames:
        whole = metafunc.config.getoption("whole")
        metafunc.parametrize("tier", CONTAINING if whole else [""],
                             ids=CONTAINING if whole else ["best"])
        attacks = [one for one in ATTACKS if whole or one.name not in LONG]
        metafunc.parametrize("submission", attacks, ids=str)


@pytest.fixture(scope="module")
def offered() -> List[str]:
    """The tiers that contain an attack on this machine, best first; "" stands for the best."""
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        os.chmod(folder, 0o755)
        launcher = compile_launcher(Path(folder))
        found = [tier for tier in reversed(CONTAINING)
                 if tiers.establish(launcher, tier).containment.tier == tier]
    return [*found, *([""] if found else [])]


def test_attack(submission: Submission, tier: str, offered: List[str], grade_of: GradeOf) -> None:
    if tier not in offered:
        pytest.skip(f"this machine does not offer {tier or LEAST_TIER}")
    grade = grade_of(submission, tier=tier)
    assert not grade.wrong(submission), grade.explained(submission)
    assert named_in(submission.path.read_text(errors="replace"), grade_of.began) == []


def test_nothing_is_left_of_any_box(grade_of: GradeOf, offered: List[str]) -> None:
    """What belongs to the users of boxes goes, and so does what other gradings are doing."""
    if os.geteuid() != 0:
        pytest.skip("only root gives boxes users of their own")
    seen = {trace.what: trace.made for trace in of_boxes(grade_of.began)}

    def left() -> List[str]:
        return [trace.what for trace in of_boxes(0.0) if trace.what in seen]
    assert eventually(lambda: not left()), [
        (what, "while these were graded:", grade_of.running_at(seen[what])) for what in left()]
