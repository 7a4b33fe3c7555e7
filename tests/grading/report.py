"""What a grading looks like on the terminal: what contains the submission, a row for each check,
the total. A stranger's words are escaped and indented: see message.py."""
from __future__ import annotations

import errno
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, TextIO

from checks.catalogue import BY_ID, CHECKS, FULL
from checks.check import Check
from console import Progress, coloured, columns, discard
from grading.message import INDENT, message_of
from grading.outcome import FAILED, INCONCLUSIVE, PASSED, Outcome, referring

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
        points = f"{outcome.score}/{outcome.points}"
        message = message_of(outcome, columns(self._stream))
        self.say(f"{outcome.id} {dots} {status} ... {points}",
                 *(" " * INDENT + line for line in message))

    def spared(self, outcomes: Sequence[Outcome], needed: str) -> None:
        """Prints one row for all checks of a server that were not graded; `needed` is the id of the
        one that they wait for."""
        if len(outcomes) == 1:
            self.row(outcomes[0])
            return
        points = sum(outcome.points for outcome in outcomes)
        self.say(f"{needed[:2]}: {len(outcomes)} more checks wait for {needed} ... 0/{points}")

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
        self._rows: List[Outcome] = []  # whose rows are printed, or about to be
        self._spared: List[Outcome] = []  # the last of them, if they get a row together
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
        printed = {one.id for one in self._rows}
        for check in self._wanted():
            if check.id not in self.outcomes:
                return
            if check.id not in printed:
                self._print(self.outcomes[check.id])
        self._print_spared()

    def _print(self, outcome: Outcome) -> None:
        """Prints a row; those that wait for the same check get one together."""
        needed = self._needed(outcome)
        if self._spared and needed != self._needed(self._spared[-1]):
            self._print_spared()
        outcome = self.outcomes[outcome.id] = referring(outcome, self._rows)
        self._rows.append(outcome)
        if needed:
            self._spared.append(outcome)
        else:
            self.terminal.row(outcome)

    def _print_spared(self) -> None:
        if self._spared:
            self.terminal.spared(self._spared, self._needed(self._spared[-1]))
            self._spared = []

    def _needed(self, outcome: Outcome) -> str:
        """Returns which check a check that was not graded waits for; else the last one of its
        server that has failed. "" if it was graded, or that one was not selected."""
        failed = [one.id for one in self._rows if one.status == FAILED and not one.spared
                  and BY_ID[one.id].server == BY_ID[outcome.id].server]
        if not outcome.spared or not failed:
            return ""
        return outcome.waits_for if outcome.waits_for in failed else failed[-1]

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
