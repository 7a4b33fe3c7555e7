"""What a grading looks like on the terminal: what contains the submission, a row for each check,
the total. A stranger's words are escaped and indented: see outcome.py."""
from __future__ import annotations

import errno
from typing import Any, Dict, Iterable, List, Mapping, Optional, Set, TextIO

from checks.catalogue import BY_ID, CHECKS, FULL
from checks.check import Check
from console import Progress, coloured, discard
from grading.outcome import FAILED, INCONCLUSIVE, PASSED, Outcome

STATUS_END = 34  # the column in which a row's status ends
COLOURS = {PASSED: "32", FAILED: "31", INCONCLUSIVE: "33"}


class Terminal:
    """Prints, until nobody reads any more: a grading goes on without its terminal."""

    def __init__(self, stream: TextIO) -> None:
        self.lost: Optional[OSError] = None  # why standard output could not be written
        self._stream = stream
        self._progress = Progress(stream)
        self._coloured = coloured(stream)

    def began(self, check: Check) -> None:
        """Shows on a terminal what is going on; the next row replaces it."""
        try:
            self._progress(f"{check.id}: {check.title}")
        except OSError as error:
            self._lose(error)

    def row(self, outcome: Outcome) -> None:
        """Prints how a check ended."""
        dots = "." * (STATUS_END - len(outcome.id) - len(outcome.status) - 2)
        status = outcome.status
        if self._coloured:
            status = f"\x1b[{COLOURS[status]}m{status}\x1b[0m"
        self.say(f"{outcome.id} {dots} {status} ... {outcome.score:2d}",
                 *(f"    {line}" for line in outcome.message))

    def say(self, *lines: str) -> None:
        """Prints some lines."""
        try:
            self._progress.clear()
            print(*lines, sep="\n", file=self._stream, flush=True)
        except OSError as error:
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        if self.lost is None:
            self.lost = error
            discard(self._stream)

    @property
    def closed(self) -> bool:
        """Whether whoever read standard output has gone."""
        return self.lost is not None and self.lost.errno == errno.EPIPE


class Report:
    """What is known of a grading so far. Outcomes arrive in any order; rows are printed in the
    order of the catalogue."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.outcomes: Dict[str, Outcome] = {}
        self.cannot = ""  # why nothing can be graded
        self.contained = "containment: none was established"
        self.problems: List[str] = []  # why outcomes may be missing
        self._selected: Dict[str, List[str]] = {}  # ids, by server
        self._printed: Set[str] = set()
        self._begun = False

    def handle(self, event: Mapping[str, Any]) -> None:
        """Notes what one event of the grading process says, and prints the rows that are due.
        grader.py lists the events; raises ValueError for any other."""
        if "contained" in event:
            self.contained = event["contained"]
        elif "selected" in event:
            self._selected[event["server"]] = event["selected"]
        elif "began" in event:
            self._begin(BY_ID[event["began"]])
        elif "ended" in event:
            self._add(Outcome.from_dict(event["ended"]))
        elif "problem" in event:
            self.problems.append(event["problem"])
        elif "cannot" in event:
            self.cannot = event["cannot"]
        else:
            raise ValueError(f"no such event: {event}")

    def _begin(self, check: Check) -> None:
        if not self._begun:
            self._begun = True
            self.terminal.say(self.contained)
        self.terminal.began(check)

    def _add(self, outcome: Outcome) -> None:
        """Adds an outcome, and prints the rows that now have all rows before them."""
        self.outcomes[outcome.id] = outcome
        for check in self._wanted():
            if check.id not in self.outcomes:
                return
            if check.id not in self._printed:
                self._printed.add(check.id)
                self.terminal.row(self.outcomes[check.id])

    def _wanted(self) -> List[Check]:
        """Returns the checks that are, or may yet be, selected."""
        return [check for check in CHECKS if check.id in self._selected.get(check.server, BY_ID)]

    def complete(self, reason: str) -> None:
        """Gives each selected check that has no outcome one that says why."""
        missing = [check.id for check in self._wanted() if check.id not in self.outcomes]
        for id in missing:
            why = reason if id == missing[0] else f"see {missing[0]}"
            self._add(Outcome(id, INCONCLUSIVE, [f"could not tell: {why}"], fault=True))

    def ordered(self) -> List[Outcome]:
        """Returns the outcomes in the order of the catalogue."""
        return [self.outcomes[check.id] for check in CHECKS if check.id in self.outcomes]

    def total(self) -> str:
        """Returns the last line."""
        return f"Total: {sum(outcome.score for outcome in self.outcomes.values())}/{FULL}"

    def notes(self, expression: str, seed: int) -> List[str]:
        """Returns what must be known to understand the total. `expression` is that of -k, `seed`
        that of --seed."""
        found: List[str] = []
        undecided = [one.id for one in self.ordered() if one.status == INCONCLUSIVE]
        if undecided:
            found.append(f"Inconclusive, {points_of(undecided)} points not in the total: "
                         f"{', '.join(undecided)}. Grade again.")
        if expression:
            found.append(f"Selected by -k: {len(self.outcomes)} of {len(CHECKS)} checks, "
                         f"{points_of(self.outcomes)} of {FULL} points.")
        if any(one.status != PASSED for one in self.ordered()):
            found.append(f"To draw the same numbers and pauses again: --seed {seed}")
        return found


def points_of(ids: Iterable[str]) -> int:
    """Returns the points of some checks, by their ids."""
    return sum(BY_ID[id].points for id in ids)
