"""What a grading can be asked for."""
from __future__ import annotations

import secrets
from pathlib import Path
from typing import NamedTuple, Optional

# Smaller, and a submission could find out by trying them all what will be drawn; larger, and it is
# tedious to type.
LARGEST_SEED = (1 << 32) - 1


class Options(NamedTuple):
    """The options of one grading, as the command line has them."""
    folder: Path  # of the submission
    expression: str = ""  # which checks, for pytest's -k; "": all
    required_tier: str = "T1"  # of containment
    quick: bool = False  # without measuring the speed-up
    json: Optional[Path] = None
    junit: Optional[Path] = None
    html: Optional[Path] = None
    keep: Optional[Path] = None  # the folder for what helps to find out why a check failed
    seed: int = 0  # of what the checks draw at random; 0: each grading draws one, too

    def drawn(self) -> Options:
        """Returns the options with a seed, drawn if there was none."""
        return self if self.seed else self._replace(seed=1 + secrets.randbelow(LARGEST_SEED))
