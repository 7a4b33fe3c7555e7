"""What a program prints: taken in as it comes, so that it never waits for a reader."""
import threading

# Bytes that are kept, of the beginning and of the end. The first ones hold the announcement. Fewer,
# and a report of a sanitizer is cut; more, and a program that prints without end costs memory.
HEAD, TAIL = 16384, 4096


class Output:
    """Reads what a program prints until its end, and keeps its head and its tail."""

    def __init__(self, descriptor: int) -> None:
        self.head, self.tail, self.total = b"", b"", 0
        self._descriptor = descriptor
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with open(self._descriptor, "rb", buffering=0) as pipe:
            for data in iter(lambda: pipe.read(65536), b""):
                self.head += data[:HEAD - len(self.head)]
                self.tail = (self.tail + data)[-TAIL:]
                self.total += len(data)

    def finish(self) -> None:
        """Waits for the end of the output: when all who could write are gone, it has come."""
        self._thread.join(timeout=5)

    def kept(self) -> bytes:
        """Returns the head, and the tail as far as it is no part of the head."""
        left_out = self.total - len(self.head) - len(self.tail)
        if left_out > 0:
            return self.head + b"\n[...]\n" + self.tail
        return self.head + self.tail[-left_out:]
