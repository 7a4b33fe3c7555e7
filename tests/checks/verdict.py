"""The ways in which a check can end, other than by passing: the exceptions that it raises."""
from __future__ import annotations

from typing import Optional, Sequence, Tuple, Union


class CheckFailed(AssertionError):
    """A check has found a fault. The texts are for a student."""

    def __init__(self, done: str, expected: str, seen: Union[str, Sequence[str]],
                 symptom: str = "") -> None:
        """`done` is what the checker did, `expected` what should have followed. `seen` is what was
        seen instead, with numbers: the first line is the verdict, the others are about one process,
        thread or connection each. `symptom` is the key of the advice that follows (advice/): where
        to look, what to think about, how to see the same by hand."""
        self.seen = [seen] if isinstance(seen, str) else list(seen)
        super().__init__("; ".join(self.seen))
        self.done, self.expected, self.symptom = done, expected, symptom
        # What the server printed, where the check has used several, or some of it before what has
        # failed; None: no matter.
        self.printed: Optional[str] = None

    def __reduce__(self) -> Tuple[object, ...]:
        """How it is copied and pickled: with all that it was made of."""
        return type(self), (self.done, self.expected, self.seen, self.symptom)


class NotGraded(Exception):
    """The check was not run, because another one has failed: its points are lost with it."""

    def __init__(self, text: str, waits_for: str = "") -> None:
        """`text` says until when; `waits_for` is the id of the check that has failed, if there is
        one."""
        super().__init__(text)
        self.waits_for = waits_for


class Inconclusive(Exception):
    """The machine did not let the check decide. The text says why, and what to do."""


def too_busy(reason: str) -> Inconclusive:
    """Returns what to raise when the machine leaves a server no CPU time. `reason` says how that
    showed."""
    return Inconclusive(f"the machine was too busy ({reason}). Stop other programs and grade "
                        "again.")
