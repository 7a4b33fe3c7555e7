"""The ways in which a check can end, and the words for the student."""
from typing import List


class CheckFailed(AssertionError):
    """A check found a fault. The texts are for a student: what was done, what should follow, what was seen instead
    (with numbers), and what to think about next."""

    def __init__(self, done: str, expected: str, seen: str, hint: str = "") -> None:
        super().__init__(seen)
        self.done, self.expected, self.seen, self.hint = done, expected, seen, hint

    def lines(self) -> List[str]:
        """Returns the message, a line a part, without the check's own TODO and hint."""
        return [f"done:     {self.done}", f"expected: {self.expected}", f"seen:     {self.seen}"]


class Inconclusive(Exception):
    """The machine did not let a check decide. The text says why, and what to do."""
