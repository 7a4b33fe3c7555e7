"""One program in a box, with all that it starts. box.c, which this drives, does the work; its first
comment has the command line, and the messages that travel between the two."""
import array
import contextlib
import os
import resource
import signal
import socket
import subprocess
import threading
import time
import traceback
from pathlib import Path
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from sandbox import BoxFailed
from sandbox.journal import Journal
from sandbox.signalling import send_signal
from sandbox.users import claimed_user, threads_by_user
from watching import procfs

HEAD, TAIL = 16384, 4096  # bytes of output that are kept: the first ones hold the announcement
PATIENCE = 10.0  # seconds for the box itself to answer; what it runs does not hold it up
START_PATIENCE = 60.0  # seconds for its first words: a busy machine may take its time for them
PROCESSES = 2500  # beyond what the user has running: as many as two servers may have, and more
# Of each process, but for the last three. No "as" (address space): sanitizers reserve terabytes.
LIMITS = {"cpu": 60, "fsize": 1 << 26, "nofile": 1024, "core": 0, "stack": 8 << 20, "nice": 0,
          "rtprio": 0, "msgqueue": 0, "memlock": 1 << 16,
          "memory": 1 << 30, "processes": 1000, "wall": 600}
OF_ALL = ("memory", "processes", "wall")  # of all processes together, which box.c enforces
OVER = {"memory": "it used more memory than it may",
        "processes": "it created more processes than it may",
        "wall": "it took longer than it may"}
# What a program may read and execute beside its folder. The lab is not meant to lie in any of it.
READABLE = [path for path in (
    "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/libexec",
    "/usr/include", "/usr/local/bin", "/usr/local/lib", "/usr/local/include",
    "/bin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store",
    "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
    "/etc/ld.so.preload", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/proc",
    "/sys/devices/system/cpu") if os.path.exists(path)]


class Preload(NamedTuple):
    """A library that is loaded into the program, though not into the box (ld.so(8))."""
    library: Path
    descriptor: int  # the program's standard input, by which the library reaches the grader


class Program(NamedTuple):
    """What is to run in a box."""
    command: Sequence[str]  # its first word is a path
    folder: Path  # where it starts; it may read what is in it
    environment: Mapping[str, str]
    limits: Mapping[str, int]  # changes to LIMITS
    writable: Optional[Path] = None  # the one folder where it may write
    readable: Sequence[Path] = ()  # what it may read beside READABLE and its folder
    preload: Optional[Preload] = None


class Finished(NamedTuple):
    """A program that was run to its end in a box."""
    status: int  # as wait(2) has it
    output: bytes  # its head, and its tail if there is more
    reason: Optional[str]  # why the box has killed it, if it did


class Message(NamedTuple):
    """What a box says on the control socket: see box.c."""
    word: str  # "": nothing has come; "gone": the box itself has ended
    text: str = ""  # what follows the word
    attached: Optional[socket.socket] = None  # what came with it


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
        threads = threads_by_user()
        self.user = -1  # the grader's own
        self._claim: Optional[socket.socket] = None
        if own_user:
            self.user, self._claim = claimed_user(threads)
        try:
            settings = self._settings(program, threads)
            words = [str(launcher), "CONTROL", str(tier), str(self.user), *settings, "--",
                     *program.command]
            if journal is not None:
                self._entry = journal.started(program.command, words, program.environment)
            self._launch(words, program)
        except BaseException:
            self._release_user()
            raise
        self._await_start()

    def _settings(self, program: Program, threads: Mapping[int, int]) -> List[str]:
        """Returns box.c's SETTINGs: limits, and what may be read and written."""
        user = os.getuid() if self.user == -1 else self.user
        limits = {**LIMITS, "nproc": threads.get(user, 0) + PROCESSES, **program.limits}
        settings = [f"{name}={_allowed(name, number)}" for name, number in limits.items()]
        readable = (*READABLE, program.folder.resolve(), *program.readable)
        settings += [f"read={path}" for path in readable]
        if program.writable is not None:
            if self.user != -1:
                os.chown(program.writable, self.user, self.user)
            settings.append(f"write={program.writable.resolve()}")
        if program.preload is not None:
            settings.append(f"preload={program.preload.library}")
        return settings

    def _launch(self, words: List[str], program: Program) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
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
        self._control.settimeout(timeout)
        try:
            data, attached, _, _ = self._control.recvmsg(256, socket.CMSG_SPACE(4))
        except (BlockingIOError, socket.timeout):
            return Message("")
        except OSError:
            data, attached = b"", []
        word, _, text = data.decode().partition(" ")
        if word == "box":
            self.pid, self._started = int(text), True
        elif word == "over":
            self.reason = OVER[text.split()[0]]
        elif word == "end":
            self._status = int(text)
        elif word == "" and self._status is None:  # the box itself is gone
            self._status = -1
        return Message(word or "gone", text, _received_socket(attached))

    def socket(self) -> socket.socket:
        """Returns a TCP socket that can reach the program's ports: in tier 3, they are in a network
        of their own. Raises BoxFailed if the box gives none."""
        if self.tier < 3:
            return socket.socket()
        deadline = time.monotonic() + PATIENCE
        try:
            self._control.settimeout(PATIENCE)
            self._control.send(b"socket")
        except OSError:
            raise BoxFailed("the box gives no socket: it is gone") from None
        while time.monotonic() < deadline:
            message = self._hear(PATIENCE)
            if message.attached is not None:
                return message.attached
            if message.word == "nosocket":
                raise BoxFailed(f"the box gives no socket: {os.strerror(int(message.text))}")
            if message.word == "gone":
                raise BoxFailed("the box gives no socket: it is gone")
        raise BoxFailed(f"the box gives no socket: it has not answered for {PATIENCE:g} s")

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
        self._as_user(lambda: _set_soft_limit(pid, resource.RLIMIT_NPROC, number))

    def limit_descriptors(self, pid: int, number: Optional[int]) -> None:
        """Lets a process of the box open descriptors below a number only, or (None) as at first."""
        self._as_user(lambda: _set_soft_limit(pid, resource.RLIMIT_NOFILE, number))

    def _as_user(self, act: Callable[[], None]) -> None:
        """Calls the function as the box's user. In a container, root may do less than that user
        (CAP_SYS_RESOURCE is missing there), and prlimit(2) asks for the real user. A process cannot
        take that back, so a child does it. Raises RuntimeError if the function raised something;
        the traceback is on standard error."""
        if self.user == -1:
            act()
            return
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.setgroups([])
                os.setresgid(self.user, self.user, self.user)
                os.setresuid(self.user, self.user, self.user)
                act()
                status = 0
            except BaseException:
                os.write(2, traceback.format_exc().encode())  # sys.stderr may keep it back
            finally:
                os._exit(status)
        if os.waitpid(child, 0)[1] != 0:
            raise RuntimeError(f"a limit could not be set as user {self.user}: see the log")

    def close(self) -> None:
        """Ends all that is left, and waits until it has ended."""
        self._control.close()
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


def _received_socket(attached: List[Tuple[int, int, bytes]]) -> Optional[socket.socket]:
    """Returns the socket among what came with a message: cmsg(3), SCM_RIGHTS."""
    for _, _, content in attached:
        descriptors = array.array("i")
        descriptors.frombytes(content[:descriptors.itemsize])
        return socket.socket(fileno=descriptors[0])
    return None


def _allowed(name: str, number: int) -> int:
    """Returns the number, or what the grader's own hard limit leaves of it."""
    if name in OF_ALL:
        return number
    hard = resource.getrlimit(getattr(resource, "RLIMIT_" + name.upper()))[1]
    return number if hard == resource.RLIM_INFINITY else min(number, hard)


def _set_soft_limit(pid: int, which: int, number: Optional[int]) -> None:
    with contextlib.suppress(ProcessLookupError):
        hard = resource.prlimit(pid, which)[1]
        resource.prlimit(pid, which, (hard if number is None else number, hard))
