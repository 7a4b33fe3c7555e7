"""How programs are contained here: found once (tiers.py), then handed down to all that start
one."""
import dataclasses
import os
from pathlib import Path
from typing import List, Mapping, Optional, Sequence

from sandbox.box import Box
from sandbox.journal import Journal
from sandbox.program import Finished, Preload, Program
from sandbox.room import room
from sandbox.users import threads_by_user


@dataclasses.dataclass(frozen=True)
class Containment:
    """What protects the machine and the score from a submission, as it was found by trying."""
    tier: str  # one of tiers.TIERS
    means: List[str]  # with the versions
    verified: List[str]  # the tiers.ATTEMPTS that failed
    attempts: int  # how many there were
    not_contained: List[str]
    fallen: List[str]  # the better tiers, and why it is none of them

    @property
    def text(self) -> str:
        """The first line of a report."""
        means = f" ({', '.join(self.means)})" if self.means else ""
        verified = f"verified {len(self.verified)} of {self.attempts}"
        left = f"; not contained: {', '.join(self.not_contained)}" if self.not_contained else ""
        return f"containment: {self.tier}{means}, {verified}{left}"


def untried(tier: str, attempts: int) -> Containment:
    """Returns what is known of a tier before anything has been tried in it."""
    return Containment(tier, means=[], verified=[], attempts=attempts, not_contained=[], fallen=[])


@dataclasses.dataclass(frozen=True)
class Sandbox:
    """Starts programs in boxes, all in the same tier."""
    launcher: Path  # the compiled box.c
    tier: int  # 1, 2 or 3, see box.c
    own_user: bool  # whether root's boxes get a user of their own
    containment: Containment
    can_limit_processes: bool  # whether Box.limit_processes() works here: it has been tried
    journal: Optional[Journal] = None  # what keeps a record of each program that is started

    def start(self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str],
              limits: Optional[Mapping[str, int]] = None, writable: Optional[Path] = None,
              readable: Sequence[Path] = (), preload: Optional[Preload] = None,
              faults: bool = False) -> Box:
        """Starts a command in a box, which the caller closes: see program.Program. Raises
        BoxFailed."""
        program = Program(command, folder, environment, limits or {}, writable, readable,
                          preload, faults)
        return Box(self.launcher, self.tier, self.own_user, program, self.journal)

    def run(self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str],
            seconds: int, limits: Optional[Mapping[str, int]] = None,
            writable: Optional[Path] = None) -> Finished:
        """Runs a command in a box to its end, for at most `seconds` seconds of CPU time, and, where
        `limits` says nothing else, on the clock. Raises BoxFailed."""
        within = {"cpu": seconds, "wall": seconds, **(limits or {})}
        box = self.start(command, folder=folder, environment=environment, writable=writable,
                         limits=within)
        try:
            status = box.status(within["wall"] + 10)
        finally:
            box.close()
        return Finished(-1 if status is None else status, box.output.kept(), box.reason)

    def room(self) -> int:
        """Returns how many processes and threads, at most, a program may have in a box now: what
        the machine has room for, too (room.py)."""
        return room(0 if self.own_user else threads_by_user().get(os.getuid(), 0))

    def with_tier(self, tier: int) -> "Sandbox":
        """Returns the same sandbox with another tier, which the machine must allow: that has not
        been tried."""
        name = "T2r" if tier == 2 and self.own_user else f"T{tier}"
        containment = untried(name, self.containment.attempts)
        return dataclasses.replace(self, tier=tier, containment=containment)

    def keeping(self, journal: Optional[Journal]) -> "Sandbox":
        """Returns the same sandbox with another journal."""
        return dataclasses.replace(self, journal=journal)
