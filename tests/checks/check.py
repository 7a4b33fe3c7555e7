"""What a graded check is, apart from its code; and commands that the words of several share."""
from __future__ import annotations

from typing import NamedTuple

# bash: connects seven clients that stay silent, as the descriptors 3 to 9 of the shell.
SEVEN_SILENT = 'for i in 3 4 5 6 7 8 9; do eval "exec $i<>/dev/tcp/localhost/2999"; done'
CLOSE_SEVEN = "exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-"


class Check(NamedTuple):
    """One row of the report, and what a student is told when it fails."""
    id: str  # server and topic: mp-zombies is about mp_server, and its code is in zombies.py
    points: int
    title: str
    where: str  # the TODOs that a failure concerns
    hint: str  # what to think about next, without giving the answer away
    # bash commands that show the same on the student's own server at port 2999. PID stands for its
    # process.
    by_hand: str

    @property
    def server(self) -> str:
        """The server that is checked: mp_server or mt_server."""
        return self.id.partition("-")[0] + "_server"

    @property
    def pid(self) -> str:
        """What to put for PID, in bash."""
        return f"$(pgrep -o -x {self.server})"
