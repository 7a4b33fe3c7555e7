"""What a graded check is, apart from its code."""
from __future__ import annotations

from typing import NamedTuple


class Check(NamedTuple):
    """One row of the report."""
    id: str  # server and topic: mp-zombies is about mp_server, and its code is in zombies.py
    points: int
    title: str

    @property
    def server(self) -> str:
        """The server that is checked: mp_server or mt_server."""
        return self.id.partition("-")[0] + "_server"
