"""How often to look: so that looking takes at most a tenth of the time, however long a look
takes."""
import contextlib
import time
from typing import Callable, Iterator

# The least time between two looks, in times of what the last one took. Smaller, and looking at a
# server with many threads takes the CPU from it; larger, and what happens there is seen later.
REST = 9


class Pace:
    """Says when the next look is due. Times are seconds."""

    def __init__(self, period: float, clock: Callable[[], float] = time.monotonic,
                 cpu_time: Callable[[], float] = time.thread_time) -> None:
        """The first look is due at once; between the others, `period` passes at least. `clock` only
        goes forward; `cpu_time` is that of who looks: so that a busy machine, on which each look
        takes longer by the clock, does not make looks rarer."""
        self._period, self._clock, self._cpu_time = period, clock, cpu_time
        self._next = clock()

    def due(self) -> bool:
        """Returns whether it is time for the next look."""
        return self._clock() >= self._next

    @contextlib.contextmanager
    def look(self) -> Iterator[None]:
        """The time that a look takes, which says when the next one is due."""
        began = self._cpu_time()
        try:
            yield
        finally:
            took = self._cpu_time() - began
            self._next = self._clock() + max(self._period, REST * took)
