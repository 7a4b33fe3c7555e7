"""The probe (probe.h): a library that is preloaded into a server, and the memory by which it
reports to the grader. It leaves no trace in the environment; who executes another program loses
it."""
from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
from pathlib import Path
from types import TracebackType
from typing import Iterable, List, Optional, Type

from checks.verdict import CheckFailed
from sandbox.program import Preload
from watching import private, procfs

# As in probe.h: its size and magic number, what the probe is to do, and the words' positions.
SIZE, MAGIC = 4096, 0x6c616243
MODES = {"pages": 0, "delay": 1, "signals": 2}
_MAGIC, _MODE, _ORDER, _EXPECTED, _CAN_END = range(5)
_LOADED, _BLOCKS, _CREATED, _HELD, _MOST_HELD, _GIVEN_UP, _UNSEEN = range(5, 12)
_TO_END, _RAISED, _RETURNED, _FAULT = range(12, 16)
_CALLED, _INTERRUPTED, _NAME_SIZE = 16 * 4, 16 * 4 + 32, 32
FAULTS = {0: "", 1: "allocation", 2: "stdio", 3: "lock"}


class Probe:
    """What one server is told, and tells. Use it in a `with` block, or call close()."""

    def __init__(self, library: Path, mode: str, newest_first: bool = False) -> None:
        """`mode` is one of MODES; `newest_first` says in which order threads that were held back
        may begin."""
        self.mode = mode
        # Its name would show in /proc/PID/maps.
        self._file = os.memfd_create("", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self._file, SIZE)
        fcntl.fcntl(self._file, fcntl.F_ADD_SEALS,
                    fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        self._memory = mmap.mmap(self._file, SIZE)
        self._words = memoryview(self._memory).cast("I")
        self._words[_MAGIC], self._words[_MODE] = MAGIC, MODES[mode]
        self._words[_ORDER], self._words[_EXPECTED] = int(newest_first), 1
        self.preload = Preload(library, self._file)

    def expect(self, threads: int) -> None:
        """Tells how many threads are to be held back at the same time, at most."""
        self._words[_EXPECTED] = threads

    def can_end(self, children: int) -> None:
        """Tells that so many of the server's children will end, one after another, whenever the
        probe waits for that: to_end says how many it is, in all."""
        self._words[_CAN_END] = children

    def require(self, pids: Iterable[int], user: int, program: str) -> None:
        """Raises CheckFailed unless each of a server's processes, whose user is given, has the
        probe: it has reported, and its memory is mapped."""
        if self._words[_LOADED] == 0 or not all(self._is_in(pid, user) for pid in pids):
            raise CheckFailed(
                f"started ./{program} 0 with a library preloaded (ld.so(8), LD_PRELOAD)",
                "the library to stay loaded",
                "the server re-executed itself without it (execve(2))", symptom="reexecutes")

    def _is_in(self, pid: int, user: int) -> bool:
        status = os.fstat(self._file)
        device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
        wanted = [device, str(status.st_ino)]
        # The initial thread may have ended (pthread_exit(3)); then it shows no memory.
        seen = [_mappings(pid, task.tid, user) for task in procfs.tasks(pid)]
        return any(wanted in mapped for mapped in seen if mapped) or not any(
            mapped is None or mapped for mapped in seen)

    # --- what it reports ---

    @property
    def blocks(self) -> int:
        """How many blocks were allocated by malloc(3) and the like."""
        return self._words[_BLOCKS]

    @property
    def created(self) -> int:
        """How many threads were created, or were tried to."""
        return self._words[_CREATED]

    @property
    def held(self) -> int:
        """How many threads are held back now, at their beginning."""
        return self._words[_HELD]

    @property
    def most_held(self) -> int:
        """How many have been held back at the same time, at most."""
        return self._words[_MOST_HELD]

    @property
    def given_up(self) -> bool:
        """Whether threads are not held back any more: their creators wait, and do not show it."""
        return self._words[_GIVEN_UP] != 0

    @property
    def unseen(self) -> bool:
        """Whether a thread has replied whose creation the probe did not see."""
        return self._words[_UNSEEN] != 0

    @property
    def to_end(self) -> int:
        """How many children are to end, in all."""
        return self._words[_TO_END]

    @property
    def raised(self) -> int:
        """How many signals were raised."""
        return self._words[_RAISED]

    @property
    def in_handler(self) -> bool:
        """Whether a handler that was called so has not returned."""
        return self._words[_RAISED] != self._words[_RETURNED]

    @property
    def fault(self) -> str:
        """What a signal handler did that it must not: one of FAULTS."""
        return FAULTS.get(self._words[_FAULT], "")

    @property
    def called(self) -> str:
        """The function that the handler has called."""
        return self._name(_CALLED)

    @property
    def interrupted(self) -> str:
        """The function in which, or after which, the signal had come."""
        return self._name(_INTERRUPTED)

    def _name(self, position: int) -> str:
        name = self._memory[position:position + _NAME_SIZE]
        plain = name.partition(b"\0")[0].decode("ascii", "backslashreplace")
        return plain[len("__"):-len("_chk")] if plain.endswith("_chk") else plain

    # --- its end ---

    def close(self) -> None:
        """Gives the memory back; the server keeps its own mapping of it."""
        self._words.release()
        with contextlib.suppress(BufferError):
            self._memory.close()
        os.close(self._file)

    def __enter__(self) -> Probe:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()


def _mappings(pid: int, thread: int, user: int) -> Optional[List[List[str]]]:
    """Returns the device and the inode of each file that a thread sees in its memory: none if it
    has ended, None if the process hides them (prctl(2), PR_SET_DUMPABLE)."""
    try:
        with private.as_user(user), open(f"/proc/{pid}/task/{thread}/maps",
                                         errors="replace") as maps:
            return [line.split()[3:5] for line in maps]
    except (FileNotFoundError, ProcessLookupError):
        return []
    except PermissionError:
        return None
