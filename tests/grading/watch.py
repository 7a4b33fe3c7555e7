"""Grades again whenever a file of the submission changes, and shows first what has changed in the verdicts."""
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import termios
import tty
from pathlib import Path
from typing import Dict, Iterator, List, Sequence, Tuple

from checker.build import SERVERS

LOOK = 0.3  # seconds between two looks at the files
QUIT = "q"


@contextlib.contextmanager
def keys() -> Iterator[bool]:
    """A time in which keys are read as they are typed; yields whether there is a terminal to read them from."""
    if not sys.stdin.isatty():
        yield False
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield True
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def quit_typed(terminal: bool) -> bool:
    """Waits LOOK seconds, or for a key; returns whether it is the one that quits."""
    ready = select.select([sys.stdin] if terminal else [], [], [], LOOK)[0]
    return bool(ready) and os.read(sys.stdin.fileno(), 1).decode(errors="replace") in (QUIT, "")


def state_of(folder: Path) -> List[Tuple[int, int]]:
    """Returns what changes when a file of the submission does."""
    found = []
    for server in SERVERS:
        try:
            status = (folder / f"{server}.c").stat()
            found.append((status.st_mtime_ns, status.st_size))
        except OSError:
            found.append((0, 0))
    return found


def changes(before: Dict[str, str], after: Dict[str, str]) -> List[str]:
    """Returns a line for each check whose status is another than before."""
    lines = []
    for id, status in after.items():
        if id in before and before[id] != status:
            word = "better" if status == "passed" else "worse" if before[id] == "passed" else "changed"
            lines.append(f"{word}: {id}: {before[id]} -> {status}")
    return lines


def watch(checker: Sequence[str], folder: Path) -> int:
    """Grades with the command, to which `--json FILE` and the folder are added, until somebody quits. Returns 0."""
    statuses: Dict[str, str] = {}
    with keys() as terminal, tempfile.TemporaryDirectory(prefix="lab-watch-") as temporary:
        results = Path(temporary) / "results.json"
        while True:
            seen = state_of(folder)
            print(f"Grading {folder} ...", flush=True)
            with open(Path(temporary) / "output", "w+b") as output:
                grading = subprocess.Popen([*checker, "--json", str(results), str(folder)], stdin=subprocess.DEVNULL,
                                           stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
                try:
                    while grading.poll() is None:
                        if quit_typed(terminal):
                            return 0
                    output.seek(0)
                    text = output.read().decode(errors="replace")
                    after = {test["name"]: test["status"] for test in json.loads(results.read_text())["tests"]}
                    for line in changes(statuses, after):
                        print(line)
                    statuses = after
                    print(text + f"Waiting for a change; {QUIT} or Ctrl-C quits.", flush=True)
                    while state_of(folder) == seen:
                        if quit_typed(terminal):
                            return 0
                except KeyboardInterrupt:
                    return 0
                finally:
                    if grading.poll() is None:
                        grading.send_signal(signal.SIGTERM)  # it ends all that it has started
                        grading.wait()
