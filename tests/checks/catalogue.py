"""All graded checks, in the order of the report. Each stands in the file of its topic, beside its
code; the tests (test_mp_server.py, test_mt_server.py) refer to them by id."""
from __future__ import annotations

from typing import Dict, List

from checks.check import Check
from checks.concurrency import MP_CONCURRENCY, MT_CONCURRENCY
from checks.descriptors import MP_DESCRIPTORS, MT_DESCRIPTORS
from checks.memory import MT_MEMORY
from checks.processes import MP_PROCESSES
from checks.races import MT_RACES
from checks.replies import MP_REPLIES, MT_REPLIES
from checks.robustness import MP_ROBUSTNESS, MT_ROBUSTNESS
from checks.speedup import MP_SPEEDUP, MT_SPEEDUP
from checks.threads import MT_THREADS
from checks.zombies import MP_ZOMBIES

CHECKS: List[Check] = [
    MP_REPLIES,
    MP_CONCURRENCY,
    MP_PROCESSES,
    MP_ZOMBIES,
    MP_DESCRIPTORS,
    MP_ROBUSTNESS,
    MP_SPEEDUP,
    MT_REPLIES,
    MT_CONCURRENCY,
    MT_THREADS,
    MT_RACES,
    MT_DESCRIPTORS,
    MT_MEMORY,
    MT_ROBUSTNESS,
    MT_SPEEDUP,
]
BY_ID: Dict[str, Check] = {check.id: check for check in CHECKS}
FULL = sum(check.points for check in CHECKS)
assert FULL == 100
