"""What a grading can be asked for."""
from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Optional


class Options(NamedTuple):
    """The options of one grading, as the command line has them."""
    folder: Path  # of the submission
    expression: str = ""  # which checks, for pytest's -k; "": all
    required_tier: str = "T1"  # of containment
    quick: bool = False  # without measuring the speed-up
    json: Optional[Path] = None
    junit: Optional[Path] = None
    keep: Optional[Path] = None  # the folder for what helps to find out why a check failed
