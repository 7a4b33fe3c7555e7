"""The ways in which a check can end, and the words for the student."""
from typing import Dict, List, NamedTuple, Optional

from checker.catalogue import Check

PASSED, FAILED, INCONCLUSIVE = "passed", "failed", "inconclusive"


class CheckFailed(AssertionError):
    """A check found a fault. The texts are for a student: what was done, what should follow, what was seen instead
    (with numbers), and, where the check's own do not fit, what to think about next, and how to see the same by hand."""

    def __init__(self, done: str, expected: str, seen: str, hint: str = "", by_hand: str = "") -> None:
        super().__init__(seen)
        self.done, self.expected, self.seen, self.hint, self.by_hand = done, expected, seen, hint, by_hand


class NotGraded(Exception):
    """A check that another one spared: its points are lost with the other's."""


class Inconclusive(Exception):
    """The machine did not let a check decide. The text says why, and what to do."""


class Outcome(NamedTuple):
    """How one check ended. It travels from the process that grades to the one that reports."""
    id: str
    status: str
    lines: List[str]  # the message, for the student
    output: str = ""  # what the compiler or the server printed: a stranger's words, not yet escaped
    seconds: float = 0.0
    spared: bool = False  # not graded, as another check was lost
    fault: bool = False  # inconclusive by a fault of the checker, not for the machine's sake

    def to_dict(self) -> Dict[str, object]:
        return self._asdict()


def outcome_of(check: Check, error: Optional[BaseException], output: str, note: str, seconds: float) -> Outcome:
    """Returns what an exception, or none, means for a check."""
    if error is None:
        return Outcome(check.id, PASSED, note.splitlines(), "", seconds)
    if isinstance(error, CheckFailed):
        lines = [f"done:     {error.done}", f"expected: {error.expected}", f"seen:     {error.seen}",
                 f"where:    {check.where}", f"think:    {error.hint or check.hint}", f"by hand:  ./{check.server} 2999; then, in bash elsewhere: "
                 + (error.by_hand or check.by_hand).replace("PID", check.pid)]
        return Outcome(check.id, FAILED, lines, output, seconds)
    if isinstance(error, NotGraded):
        return Outcome(check.id, FAILED, [str(error)], output, seconds, spared=True)
    if isinstance(error, Inconclusive):
        return Outcome(check.id, INCONCLUSIVE, [f"could not tell: {error}"], output, seconds)
    return Outcome(check.id, INCONCLUSIVE, [f"the checker itself failed: {type(error).__name__}: {error}"], output, seconds,
                   fault=True)

