"""Two terminals, in which the by-hand commands of an advice are typed as a student does: bash with
job control, each on a terminal of its own."""
from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import socket
import subprocess
import termios
import threading
import time
from pathlib import Path
from typing import Dict, List, Mapping, Sequence

from checks.advice.kinds import CLIENT, SERVER
from watching import procfs

PORTS = ("2999", "2998")  # of the server, and of another one, as the commands have them
PROMPTS = (SERVER, CLIENT)
LONGEST = 90.0  # seconds until a command that is still running is given up
# Seconds that a program in the foreground gets to go on, or to print its last words. Shorter, and a
# busy machine is too slow for it; longer, and each of some hundred runs takes longer.
MOMENT = 0.4
PAUSE = 0.02  # seconds between two looks whether all processes of a terminal have ended
# Seconds until a server that does not say that it listens never will. Shorter, and a busy machine
# is too slow for the compiler; longer, and the few that never do take longer.
BUILT = 15.0
BASH = ["bash", "--noprofile", "--norc", "--noediting", "-i"]


class Terminal:
    """A shell on a terminal that does not echo what is typed."""

    def __init__(self, folder: Path, before: Sequence[str]) -> None:
        """`before` is put before the command, to become somebody else."""
        self.printed = ""
        self._more = threading.Condition()
        self._over = False
        self._ours, theirs = pty.openpty()
        _silence(theirs)
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(folder),
                       "LC_ALL": "C", "TERM": "dumb", "PS1": "", "PS2": "", "COLUMNS": "80"}
        self._shell = subprocess.Popen([*before, "setsid", "--ctty", "--wait", *BASH],
                                       stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder,
                                       env=environment)
        os.close(theirs)
        self._typed = 0
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def type(self, line: str) -> None:
        """Types a line."""
        os.write(self._ours, line.encode() + b"\n")

    def run(self, line: str) -> None:
        """Types a line, and waits until the shell has done what it says."""
        self._typed += 1
        mark = f"<done {self._typed}>"
        self.type(line)
        self.type(f"echo; echo '<done' {self._typed}'>'")
        self.wait_for(re.escape(mark))
        with self._more:
            self.printed = re.sub(rf"\n?{re.escape(mark)}\n", "", self.printed)

    def wait_for(self, pattern: str, patience: float = LONGEST) -> None:
        """Waits until something has been printed, or nothing more can be."""
        with self._more:
            self._more.wait_for(lambda: self._over or re.search(pattern, self.printed), patience)

    def _read(self) -> None:
        """Reads all the time, as a terminal does: who prints must not wait for the test."""
        while True:
            try:
                data = os.read(self._ours, 1 << 16)
            except OSError:  # EIO: nobody has the terminal open any more
                data = b""
            with self._more:
                self.printed += data.decode(errors="backslashreplace").replace("\r", "")
                self._over = not data
                self._more.notify_all()
            if not data:
                return

    def close(self) -> None:
        """Ends the shell, and all of its session: also what its parent has left behind."""
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:  # a process may have begun another one before its end
            left = _session(self._shell.pid)
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if not left:
                break
            time.sleep(PAUSE)
        self._shell.wait()
        self._reader.join()
        os.close(self._ours)


def _session(leader: int) -> List[int]:
    """Returns the live processes of a session, the leader last."""
    found = []
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        with contextlib.suppress(ProcessLookupError):
            process = procfs.process(pid) if os.getsid(pid) == leader else None
            if process and not process.zombie:
                found.append(pid)
    return sorted(found, reverse=True)


def _silence(terminal: int) -> None:
    settings = termios.tcgetattr(terminal)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, settings)


def free_port() -> int:
    """Returns a port that nobody uses right now."""
    with socket.socket() as found:
        found.bind(("", 0))
        port: int = found.getsockname()[1]
        return port


def replaced(text: str, numbers: Mapping[str, str]) -> str:
    """Returns a text with numbers replaced by others."""
    return re.sub(rf"\b({'|'.join(numbers)})\b", lambda found: numbers[found[0]], text)


def typed(commands: Sequence[str], folder: Path, before: Sequence[str]) -> str:
    """Types commands in two terminals, each in the one that its prompt names; the ports are
    replaced by free ones. Returns what was printed in both."""
    ports = {name: str(free_port()) for name in PORTS}
    port = ports[PORTS[0]]
    terminals: Dict[str, Terminal] = {prompt: Terminal(folder, before) for prompt in PROMPTS}
    try:
        for command in commands:
            prompt = next(prompt for prompt in PROMPTS if command.startswith(prompt))
            line = replaced(command[len(prompt):], ports)
            if prompt == CLIENT:
                terminals[CLIENT].run(line)
            elif f" {port}" not in line:
                _in_the_foreground(terminals[SERVER], line)
            else:
                terminals[SERVER].type(line)
                terminals[SERVER].wait_for(f"listening on {port}|rror", BUILT)
        time.sleep(MOMENT)
        printed = "".join(one.printed for one in terminals.values())
        return replaced(printed, {number: name for name, number in ports.items()})
    finally:
        for one in terminals.values():
            one.close()


def _in_the_foreground(terminal: Terminal, line: str) -> None:
    if line == "fg":
        terminal.type(line)
        time.sleep(MOMENT)
    else:
        terminal.run(line)
