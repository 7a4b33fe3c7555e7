"""The ways in which a check can end, and what is then known of it; message.py makes lines of it."""
from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from checks.advice import GENERAL, advice_for, of_one_fault
from checks.advice.refine import refined
from checks.catalogue import BY_ID
from checks.check import Check
from checks.verdict import CheckFailed, Inconclusive, NotGraded

PASSED, FAILED, INCONCLUSIVE = "passed", "failed", "inconclusive"


class Failure(NamedTuple):
    """What a student is told about a failure."""
    seen: List[str]  # the verdict, then a line for each process, thread or connection
    done: str
    expected: str
    symptom: str  # the key of the advice (checks/advice/), "" if it has none
    where: str
    think: str
    commands: List[str]  # to see the same by hand, each behind the prompt of its terminal

    @property
    def cause(self) -> str:
        """What two failures of one cause have in common; numbers differ from one to the next."""
        return f"{self.symptom}: " + re.sub(r"\d+", "N", self.seen[0])


class Outcome(NamedTuple):
    """How one check ended. It travels from the process that grades to the one that reports."""
    id: str
    status: str
    lines: List[str]  # for the student; where the check has failed, beside what `failure` says
    output: str = ""  # what the compiler or the server printed: a stranger's words, not yet escaped
    seconds: float = 0.0
    spared: bool = False  # not graded, as another check was lost
    waits_for: str = ""  # the id of that one, if it is known
    fault: bool = False  # inconclusive because the checker failed, not because of the machine
    failure: Optional[Failure] = None
    same_as: str = ""  # the id of an earlier check that has failed by the same cause

    @property
    def points(self) -> int:
        """The points that the check can earn."""
        return BY_ID[self.id].points

    @property
    def score(self) -> int:
        """The points that the check earns."""
        return self.points if self.status == PASSED else 0

    def to_dict(self) -> Dict[str, object]:
        """Returns the outcome as JSON can hold it; from_dict() makes the same one of that."""
        return self._asdict()

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Outcome:
        """Returns the outcome that to_dict() has made this of."""
        outcome = cls(**fields)
        return outcome._replace(failure=Failure(*outcome.failure)) if outcome.failure else outcome


def outcome_of(check: Check, error: Optional[BaseException], output: str, notes: Sequence[str],
               seconds: float) -> Outcome:
    """Returns what it means for a check that it raised an error, or none (None). `notes` are
    what else it had to say."""
    notes = list(notes)
    if error is None:
        return Outcome(check.id, PASSED, notes, "", seconds)
    if isinstance(error, CheckFailed):
        said = output if error.printed is None else error.printed
        return Outcome(check.id, FAILED, notes, said, seconds, failure=_failure(check, error))
    if isinstance(error, NotGraded):
        return Outcome(check.id, FAILED, [str(error)], output, seconds, spared=True,
                       waits_for=error.waits_for)
    if isinstance(error, Inconclusive):
        lines = [f"could not tell: {error}", *notes]
        return Outcome(check.id, INCONCLUSIVE, lines, output, seconds)
    lines = [f"the checker itself failed: {type(error).__name__}: {error}", *notes]
    return Outcome(check.id, INCONCLUSIVE, lines, output, seconds, fault=True)


def _failure(check: Check, error: CheckFailed) -> Failure:
    """Returns what a student is told about a failure."""
    seen = error.seen or ["?"]
    symptom = refined(check.server, error.symptom, seen, error.done)
    advice = advice_for(check.server, symptom) or GENERAL
    return Failure(seen, error.done, error.expected, symptom, advice.where(check.server),
                   advice.question(check.server), advice.commands(check.server))


def referring(outcome: Outcome, earlier: Sequence[Outcome]) -> Outcome:
    """Returns an outcome, referring to the first earlier one of the same server that has failed by
    the same cause, if there is one."""
    if outcome.failure and outcome.failure.symptom:
        for other in earlier:
            if (other.failure and BY_ID[other.id].server == BY_ID[outcome.id].server
                    and (other.failure.cause == outcome.failure.cause
                         or of_one_fault(other.failure.symptom, outcome.failure.symptom))):
                return outcome._replace(same_as=other.id)
    return outcome
