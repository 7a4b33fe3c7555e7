"""What a program prints: taken in as it comes, so that it never waits for a reader."""
import array
import fcntl
import os
import select
import termios
import threading

# Bytes that are kept, of the beginning and of the end. The first ones hold the announcement. Fewer,
# and a report of a sanitizer is cut; more, and a program that prints without end costs memory.
HEAD, TAIL = 16384, 4096


class Output:
    """Reads what a program prints until its end, and keeps its head and its tail."""

    def __init__(self, descriptor: int) -> None:
        self.head, self.tail, self.total = b"", b"", 0
        self._descriptor = descriptor
        self._taking_in = threading.Lock()
        self._ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        more = select.poll()
        more.register(self._descriptor, select.POLLIN)
        while not self._ended:
            more.poll()
            with self._taking_in:
                data = os.read(self._descriptor, 65536)
                self.head += data[:HEAD - len(self.head)]
                self.tail = (self.tail + data)[-TAIL:]
                self.total += len(data)
                self._ended = not data
        os.close(self._descriptor)

    def up_to_date(self) -> bool:
        """Returns whether all has been taken in that was printed by now: on a busy machine, the
        program may be idle, and what it has printed still in the pipe."""
        with self._taking_in:
            waiting = array.array("i", [0])
            if not self._ended:
                fcntl.ioctl(self._descriptor, termios.FIONREAD, waiting)  # pipe(7)
            return waiting[0] == 0

    def finish(self) -> None:
        """Waits for the end of the output: when all who could write are gone, it has come."""
        self._thread.join(timeout=5)

    def kept(self) -> bytes:
        """Returns the head, and the tail as far as it is no part of the head."""
        left_out = self.total - len(self.head) - len(self.tail)
        if left_out > 0:
            return self.head + b"\n[...]\n" + self.tail
        return self.head + self.tail[-left_out:]
