"""What a server is made of, as the kernel shows it: processes, threads, descriptors, memory."""
from __future__ import annotations

from typing import List, Mapping, Optional, Set

from checks.verdict import CheckFailed
from sandbox.box import Box
from watching import private, procfs
from watching.quiet import Activity, activity_of

Tree = Mapping[int, procfs.Process]


class Family:
    """The processes of one server: all that descend from its box."""
    box: Box

    def __init__(self) -> None:
        self.idle: Set[int] = set()  # the processes that are there without clients
        self.bystanding: Set[int] = set()  # those of clients that a check is not about
        self._cpu_time = 0.0  # as last read

    def activity(self, tree: Optional[Tree] = None) -> Optional[Activity]:
        """Returns what changes whenever a thread of the server runs; None if one could run now.
        `tree`: its processes, looked at just now."""
        return activity_of(self.box.tree() if tree is None else tree, self.box.user)

    def cpu_time(self, tree: Optional[Tree] = None) -> float:
        """Returns the seconds of CPU of all processes of the server: of those that live, and of
        those that their parent or the box has waited for. `tree`: as for activity()."""
        box = procfs.process(self.box.pid)
        used = box.reaped_time if box else 0.0
        for process in (self.box.tree() if tree is None else tree).values():
            used += process.own_time + process.reaped_time
        # A child that is reaped after its parent was read is missed, but was there before.
        self._cpu_time = max(self._cpu_time, used)
        return self._cpu_time

    def live(self) -> Set[int]:
        """Returns the processes of the server that have not ended."""
        return {pid for pid, process in self.box.tree().items() if not process.zombie}

    def workers(self) -> Set[int]:
        """Returns the live processes for the clients that a check is about: those that are there
        neither without clients nor for bystanders (asking.py)."""
        return self.live() - self.idle - self.bystanding

    def zombies(self) -> List[procfs.Process]:
        """Returns the ended children that the server has not waited for. Those whose parent has
        ended are the box's to reap."""
        tree = self.box.tree()
        return [process for process in tree.values() if process.zombie and process.parent in tree]

    def tasks(self) -> List[procfs.Task]:
        """Returns all threads of all its processes."""
        return [task for pid in self.box.tree() for task in procfs.tasks(pid)]

    def threads(self) -> int:
        """Returns how many threads the idle processes have."""
        return sum(1 for pid in self.idle for _ in procfs.tasks(pid))

    def descriptors(self) -> int:
        """Returns how many descriptors the idle processes have open. Raises CheckFailed if one
        hides them."""
        return sum(self.descriptors_of(pid) for pid in self.idle)

    def descriptors_of(self, pid: int) -> int:
        """Returns how many descriptors a process has open, 0 if it has ended. Raises CheckFailed if
        it hides them."""
        number = private.descriptor_count(pid, self.box.user)
        if number is None:
            raise CheckFailed("looked at the server's open descriptors",
                              "them to be visible in /proc", "the server hides them "
                              "(prctl(2), PR_SET_DUMPABLE)")
        return number

    def address_space(self) -> int:
        """Returns the bytes of memory that the idle processes have mapped."""
        tree = self.box.tree()
        return sum(process.address_space for pid, process in tree.items() if pid in self.idle)
