"""The ways in which a check can end, and the words for the student."""
from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from checks.catalogue import BY_ID
from checks.check import Check
from checks.verdict import CheckFailed, Inconclusive, NotGraded
from console import escaped

PASSED, FAILED, INCONCLUSIVE = "passed", "failed", "inconclusive"
MESSAGE_COLUMNS = 500


class Outcome(NamedTuple):
    """How one check ended. It travels from the process that grades to the one that reports."""
    id: str
    status: str
    lines: List[str]  # the message, for the student
    output: str = ""  # what the compiler or the server printed: a stranger's words, not yet escaped
    seconds: float = 0.0
    spared: bool = False  # not graded, as another check was lost
    fault: bool = False  # inconclusive because the checker failed, not because of the machine

    @property
    def score(self) -> int:
        """The points that the check earns."""
        return BY_ID[self.id].points if self.status == PASSED else 0

    @property
    def message(self) -> List[str]:
        """What is shown below the row, a line each: the message, then the output, marked with
        bars. Nothing but printable ASCII."""
        own = [line for text in self.lines for line in escaped(text, MESSAGE_COLUMNS)]
        return own + ["| " + line for line in escaped(self.output)]

    def to_dict(self) -> Dict[str, object]:
        """Returns the outcome as JSON can hold it; from_dict() makes the same one of that."""
        return self._asdict()

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Outcome:
        """Returns the outcome that to_dict() has made this of."""
        return cls(**fields)


def outcome_of(check: Check, error: Optional[BaseException], output: str, notes: Sequence[str],
               seconds: float) -> Outcome:
    """Returns what it means for a check that it raised an error, or none (None). `notes` are
    what else it had to say."""
    notes = list(notes)
    if error is None:
        return Outcome(check.id, PASSED, notes, "", seconds)
    if isinstance(error, CheckFailed):
        return Outcome(check.id, FAILED, _explained(check, error) + notes, output, seconds)
    if isinstance(error, NotGraded):
        return Outcome(check.id, FAILED, [str(error)], output, seconds, spared=True)
    if isinstance(error, Inconclusive):
        lines = [f"could not tell: {error}", *notes]
        return Outcome(check.id, INCONCLUSIVE, lines, output, seconds)
    lines = [f"the checker itself failed: {type(error).__name__}: {error}", *notes]
    return Outcome(check.id, INCONCLUSIVE, lines, output, seconds, fault=True)


def _explained(check: Check, error: CheckFailed) -> List[str]:
    """Returns what a student is told about a failure."""
    by_hand = (error.by_hand or check.by_hand).replace("PID", check.pid)
    return [f"done:     {error.done}",
            f"expected: {error.expected}",
            f"seen:     {'; '.join(error.seen)}",
            f"where:    {check.where}",
            f"think:    {error.hint or check.hint}",
            f"by hand:  ./{check.server} 2999; then, in bash elsewhere: {by_hand}"]
