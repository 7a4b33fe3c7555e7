"""One program in a box, with all that it starts. box.c, which this drives, does the work; its first
comment has the command line, and the messages that travel between the two."""
import errno
import os
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from sandbox import BoxFailed
from sandbox.control import PATIENCE, SOCKETS, Control, Message
from sandbox.journal import Journal
from sandbox.limits import set_soft_limit
from sandbox.output import Output
from sandbox.program import Program, settings_of
from sandbox.signalling import send_signal
from sandbox.users import claimed_user, threads_by_user
from watching import procfs

START_PATIENCE = 60.0  # seconds for its first words: a busy machine may take its time for them
OVER = {"memory": "it used more memory than it may",
        "processes": "it created more processes than it may",
        "wall": "it took longer than it may"}


class Box:
    """One program and all that it starts. Its processes are the descendants of `pid`."""

    def __init__(self, launcher: Path, tier: int, own_user: bool, program: Program,
                 journal: Optional[Journal] = None) -> None:
        """Starts the program. `tier` is 1, 2 or 3, see box.c; `own_user` says whether it runs as a
        user of its own, for which the grader must be root. Raises BoxFailed."""
        self.tier = tier
        self.reason: Optional[str] = None  # why the box has killed the program, if it did
        self._status: Optional[int] = None
        self._started = False
        self._entry: Optional[Path] = None
        self._sockets: List[socket.socket] = []  # given by the box, and not used yet
        self._short = False  # a process may open few descriptors
        threads = threads_by_user()
        self.user = -1  # the grader's own
        self._claim: Optional[socket.socket] = None
        if own_user:
            self.user, self._claim = claimed_user(threads)
        try:
            running = threads.get(os.getuid() if self.user == -1 else self.user, 0)
            settings = settings_of(program, tier, self.user, running)
            words = [str(launcher), "CONTROL", str(tier), str(self.user), *settings, "--",
                     *program.command]
            if journal is not None:
                self._entry = journal.started(program.command, words, program.environment)
            self._launch(words, program)
        except BaseException:
            self._release_user()
            raise
        self._await_start()

    def _launch(self, words: List[str], program: Program) -> None:
        self._control = Control()
        theirs = self._control.theirs
        words[1] = str(theirs.fileno())
        reading, writing = os.pipe()
        stdin = program.preload.descriptor if program.preload else subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(
                words, stdin=stdin, stdout=writing, stderr=writing,
                cwd=program.folder, env=dict(program.environment), pass_fds=[theirs.fileno()])
        except BaseException:
            os.close(reading)
            self._control.close()
            raise
        finally:
            theirs.close()
            os.close(writing)
        self.pid = self._process.pid
        self.output = Output(reading)

    def _await_start(self) -> None:
        """Waits for the box's first words."""
        deadline = time.monotonic() + START_PATIENCE
        while not self._started:
            self._hear(PATIENCE)
            silent = time.monotonic() > deadline
            if (self._status is not None or silent) and not self._started:
                self.close()
                said = self.output.head.decode(errors="backslashreplace").strip()
                raise BoxFailed(said or "the box does not start")

    def _hear(self, timeout: float) -> Message:
        """Takes in one message of the box, waiting for it at most `timeout` seconds."""
        message = self._control.hear(timeout)
        if message.word == "box":
            self.pid, self._started = int(message.text), True
        elif message.word == "over":
            self.reason = OVER[message.text.split()[0]]
        elif message.word == "end":
            self._status = int(message.text)
        elif message.word == "gone" and self._status is None:
            self._status = -1
        return message

    def _ask(self, request: str, *words: str) -> Message:
        """Sends a request, and returns the answer, which begins with the first word of the request
        or one of `words`. Raises BoxFailed if there is none."""
        self._control.ask(request)
        answers = (request.split()[0], *words)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            message = self._hear(PATIENCE)
            if message.word in answers:
                return message
            if message.word == "gone":
                raise BoxFailed("the box is gone")
        raise BoxFailed(f"the box has not answered for {PATIENCE:g} s")

    def _given_sockets(self) -> Sequence[socket.socket]:
        """Asks the box for sockets: several, as each answer takes time; but one where the program
        may have few descriptors, and would be refused to send any itself while the same user's box
        sends more than that (ETOOMANYREFS, unix(7)). Raises BoxFailed if it gives none."""
        number = 1 if self._short else SOCKETS
        try:
            message = self._ask(f"sockets {number}", "nosocket")
        except BoxFailed as problem:
            raise BoxFailed(f"the box gives no socket: {problem}") from None
        if not message.attached:  # those that this process cannot have open do not arrive
            reason = int(message.text or errno.EMFILE)
            raise BoxFailed(f"the box gives no socket: {os.strerror(reason)}")
        return message.attached

    def socket(self) -> socket.socket:
        """Returns a TCP socket that can reach the program's ports: in tier 3, they are in a network
        of their own. Raises BoxFailed if the box gives none."""
        if self.tier < 3:
            return socket.socket()
        if not self._sockets:
            self._sockets += self._given_sockets()
        return self._sockets.pop()

    def inject(self, call: str, error: int, skip: int = 0, times: int = -1) -> bool:
        """Makes system calls of the program, and of all that it starts, fail. `call` is "create"
        (of processes and threads: fork, vfork, clone, clone3) or "accept" (accept, accept4). After
        `skip` more of them have been let go on, the next `times` (-1: all) fail with an errno;
        error 0 ends that. A call counts when it is made: an accept that waits for a client already
        is left alone. Returns False if this machine cannot do it, the program was started without
        `faults`, or the box is gone."""
        return self._yes(f"inject {call} {error} {skip} {times}")

    def injected(self, call: str) -> int:
        """Returns how many calls of a kind have failed so far because of inject()."""
        try:
            return int(self._ask(f"injected {call}").text)
        except BoxFailed:
            return 0

    def hold(self, call: str, on: bool) -> bool:
        """From now on, lets who makes a call of a kind (as for inject()) wait in it, or lets those
        that wait, and all later ones, go on. Returns False if this machine cannot (it takes Linux
        5.19), or as inject() does."""
        return self._yes(f"hold {call} {on:d}")

    def sync(self) -> None:
        """Returns once the box has dealt with all system calls of the program that were waiting for
        it, but for those that are held: who made one is runnable then, or has gone on."""
        self.interrupted()

    def interrupted(self) -> int:
        """Does what sync() does. Returns how many calls so far a signal has interrupted while they
        waited for the box. Those whose handlers do not restart them have failed with EINTR, even
        fork(): if a check fails, that may be why."""
        try:
            return int(self._ask("sync").text)
        except BoxFailed:
            return 0

    def refused(self) -> Dict[str, int]:
        """Returns the system calls that the filter has refused to the program so far, by name, with
        their numbers; what the C library only tries, and can do without, is not among them. Empty
        in tier 1, or if this machine cannot tell, or if the box is gone."""
        try:
            words = self._ask("refused").text.split()
        except BoxFailed:
            return {}
        return {name: int(number) for name, number in zip(words[::2], words[1::2])}

    def _yes(self, request: str) -> bool:
        try:
            return self._ask(request).text == "1"
        except BoxFailed:
            return False

    def status(self, timeout: float = 0) -> Optional[int]:
        """Returns how the program ended, as wait(2) has it, waiting for that at most `timeout`
        seconds; None if it still runs, -1 if that is unknown, because the box itself is gone."""
        deadline = time.monotonic() + timeout
        while self._status is None:
            left = deadline - time.monotonic()
            self._hear(max(left, 0))
            if left <= 0:
                break
        return self._status

    def tree(self) -> Dict[int, procfs.Process]:
        """Returns all that the program started and that is not reaped, itself included."""
        return procfs.tree(self.pid)

    def signal(self, pid: int, number: int) -> None:
        """Sends a signal to a process of the box; does nothing if it has ended."""
        send_signal(pid, number, lambda: procfs.descends_from(self.pid, pid))

    def limit_processes(self, pid: int, number: Optional[int]) -> None:
        """Lets a process of the box create processes and threads only up to a number, or (None) as
        many as at first: prlimit(2), RLIMIT_NPROC. Does nothing if the process has ended."""
        set_soft_limit(self.user, pid, resource.RLIMIT_NPROC, number)

    def limit_descriptors(self, pid: int, number: Optional[int]) -> None:
        """Lets a process of the box open descriptors below a number only, or (None) as at first."""
        self._short = number is not None
        set_soft_limit(self.user, pid, resource.RLIMIT_NOFILE, number)

    def close(self) -> None:
        """Ends all that is left, and waits until it has ended."""
        self._control.close()
        while self._sockets:
            self._sockets.pop().close()
        try:
            self._process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            for pid in self.tree():
                self.signal(pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()
        self.output.finish()
        if self._entry is not None:
            self._entry.with_suffix(".output").write_bytes(self.output.kept())
        self._release_user()

    def _release_user(self) -> None:
        if self._claim is not None:
            self._claim.close()
