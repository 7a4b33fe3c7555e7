"""What the tests of the sandbox share: how to drive a box by hand, and poorer machines."""
from __future__ import annotations

import contextlib
import errno
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Protocol, Sequence

from sandbox.box import Box
from sandbox.users import threads_by_user
from selftest.process import PATIENCE

HERE = Path(__file__).resolve().parent
# Numbers of system calls that differ between architectures; from 424 on they do not.
CALLS = {"x86_64": {"socket": 41, "unshare": 272, "seccomp": 317},
         "aarch64": {"socket": 198, "unshare": 97, "seccomp": 277}}[os.uname().machine]
PIDFD_OPEN, MOUNT_SETATTR, LANDLOCK_CREATE_RULESET = 434, 442, 444
NO_NAMESPACES = [f"{CALLS['unshare']}={errno.EPERM}"]
NO_SECCOMP = [f"{CALLS['seccomp']}={errno.ENOSYS}"]
# seccomp(2): flags of SECCOMP_SET_MODE_FILTER.
NEW_LISTENER, WAIT_KILLABLE_RECV = 1 << 3, 1 << 5
NO_LISTENER = [f"{CALLS['seccomp']}:{NEW_LISTENER}={errno.EBUSY}"]  # there is one outside
NO_PATIENCE = [f"{CALLS['seccomp']}:{WAIT_KILLABLE_RECV}={errno.EINVAL}"]  # before Linux 5.19
NO_LANDLOCK = [f"{LANDLOCK_CREATE_RULESET}={errno.ENOSYS}"]
NO_MOUNT_SETATTR = [f"{MOUNT_SETATTR}={errno.ENOSYS}"]
NO_PIDFD = [f"{PIDFD_OPEN}={errno.ENOSYS}"]
NO_SOCKETS = [f"{CALLS['socket']}={errno.EMFILE}"]


class Attack(Protocol):
    """What the fixture `attack` gives: starts attacks.c in a box."""

    def __call__(self, *words: str, **limits: int) -> Box:
        """Returns the box; the words are those of attacks.c, the limits changes to box.LIMITS."""


def poorer(tools: Path, missing: Iterable[str], folder: Path) -> Path:
    """Returns a launcher as on a machine where system calls are missing: it is put into the folder,
    with the canary beside it. What is missing is a list of words for without.c."""
    words = " ".join(missing)
    launcher = folder / "box"
    launcher.write_text(f'#!/bin/sh\nexec "{tools}/without" {words} -- "{tools}/box" "$@"\n')
    launcher.chmod(0o755)
    shutil.copy(tools / "canary", folder)
    return launcher


def left_over(program: Path) -> List[int]:
    """Returns the processes that still run a program, whatever they call themselves."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if os.fsencode(program) == words[0]:
                found.append(int(pid))
    return found


def small_number() -> int:
    """Returns a limit of processes that leaves a fork bomb 150."""
    own = 0 if os.geteuid() == 0 else threads_by_user().get(os.getuid(), 0)
    return 150 + own


def fields(status: bytes) -> Dict[str, int]:
    """Returns the hexadecimal numbers in a /proc/PID/status: proc(5)."""
    found = {}
    for line in status.decode().splitlines():
        name, _, value = line.partition(":\t")
        if name.startswith(("Sig", "Cap")) and "/" not in value:
            found[name] = int(value, 16)
    return found


class RawBox:
    """A box in tier 1 without a user of its own, and its end of the control socket, as box.c's
    first comment describes them. Use it in a `with` block."""

    def __init__(self, command: Sequence[str], *settings: str, program: Sequence[str],
                 small_buffer: bool = False, before: Optional[Callable[[], None]] = None) -> None:
        """Starts the program in the box that a command starts. `before` is called in the new
        process; a small buffer holds only a few of the box's messages."""
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(PATIENCE)
        if small_buffer:
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        words = [*command, str(theirs.fileno()), "1", "-1", *settings, "--", *program]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        pass_fds=[theirs.fileno()], preexec_fn=before)
        theirs.close()

    def messages(self) -> Iterator[bytes]:
        """Yields the box's messages as they come, until it is gone or silent for PATIENCE."""
        with contextlib.suppress(socket.timeout):
            yield from iter(lambda: self.control.recv(256), b"")

    def until_end(self) -> List[bytes]:
        """Returns the box's messages, up to the one that the program has ended."""
        found = []
        for message in self.messages():
            found.append(message)
            if message.startswith(b"end "):
                break
        return found

    def end_input(self) -> None:
        """Ends the program's standard input."""
        if self.process.stdin is not None:
            self.process.stdin.close()
            self.process.stdin = None

    def close(self) -> bytes:
        """Ends the box, and returns what the program has printed."""
        self.control.close()
        self.end_input()
        with self.process:
            return self.process.communicate(timeout=PATIENCE)[0]

    def __enter__(self) -> RawBox:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.close()
