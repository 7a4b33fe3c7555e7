"""pytest, as the lab wants it: whatever the environment or the current folder says."""
from __future__ import annotations

import os
from typing import Sequence

from grading import TESTS

CONFIGURATION = ("-c", str(TESTS / "pytest.ini"), "--rootdir", str(TESTS),
                 "--confcutdir", str(TESTS))


def run_pytest(words: Sequence[str], *plugins: object) -> int:
    """Runs pytest in this process; `plugins` are objects with hooks. Returns its exit status."""
    import pytest  # here: the process that supervises does without
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    return int(pytest.main([*CONFIGURATION, *words], plugins=list(plugins)))
