"""Runs a program of a submission contained: within limits, as a user of its own where the grader is root, in the best
tier that the machine allows (containment.py finds it), and so that nothing it starts outlives the box. box.c, which this
drives, does the work."""
import array
import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from checker import proc
from checker.outcome import CheckFailed

HEAD, TAIL = 16384, 4096  # bytes of output that are kept: the first ones hold the announcement
PROCESSES = 2500  # beyond what the user has running: as many as two servers may have ("processes" below), and more
# Of each process, but for the last three. No "as" (address space): sanitizers reserve terabytes.
LIMITS = {"cpu": 60, "fsize": 1 << 26, "nofile": 1024, "core": 0, "stack": 8 << 20, "nice": 0, "rtprio": 0,
          "msgqueue": 0, "memlock": 1 << 16, "memory": 1 << 30, "processes": 1000, "wall": 600}
OF_ALL = ("memory", "processes", "wall")  # limits of all processes together, which box.c enforces
OVER = {"memory": "it used more memory than it may", "processes": "it created more processes than it may",
        "wall": "it took longer than it may"}
USERS = range(61000, 65000)  # for the programs, if the grader is root
# What a program may read and execute, beside its folder. A checkout of the lab lies in none of them.
READABLE = [path for path in (
    "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/libexec", "/usr/include", "/usr/local/bin",
    "/usr/local/lib", "/usr/local/include", "/bin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store",
    "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload", "/dev/zero",
    "/dev/full", "/dev/random", "/dev/urandom", "/proc", "/sys/devices/system/cpu") if os.path.exists(path)]


class BoxFailed(Exception):
    """The box itself could not start; the text says why."""


def threads_by_user() -> Dict[int, int]:
    """Returns how many threads each user runs: RLIMIT_NPROC counts them all (setrlimit(2))."""
    count: Dict[int, int] = {}
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdigit():
                user = entry.stat().st_uid
                count[user] = count.get(user, 0) + os.stat(entry.path + "/task").st_nlink - 2
        except OSError:
            continue
    return count


def claimed_user(taken: Mapping[int, int]) -> Tuple[int, Optional[socket.socket]]:
    """Returns the user that a program runs as: an unprivileged one of its own if the grader is root, else -1; and what to
    close when the user is free again. What runs as that user is killed with the box, so nobody else may have it."""
    if os.geteuid() != 0:
        return -1, None
    number = time.monotonic_ns() // 1000
    for user in (USERS[(number + more) % len(USERS)] for more in range(len(USERS))):
        claim = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError):  # another box, of whichever grader, has the user
            if user not in taken:
                claim.bind(f"\0lab-user-{user}")
                return user, claim
        claim.close()
    raise BoxFailed(f"all users from {USERS[0]} to {USERS[-1]} are taken")


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


class Box:
    """One program and all that it starts. Its processes are the descendants of `pid`."""

    tier = 1  # of the boxes to come: 1, 2 or 3, see box.c; containment.establish() sets it
    own_user = True  # whether root's boxes get a user of their own
    can_limit_processes = False  # whether limit_processes() works here; containment.establish() has tried it

    def __init__(self, launcher: Path, command: Sequence[str], *, folder: Path, environment: Mapping[str, str],
                 limits: Optional[Mapping[str, int]] = None, writable: Optional[Path] = None,
                 readable: Sequence[Path] = (), tier: Optional[int] = None) -> None:
        """Starts the command (its first word a path) in the folder, which it may read. `limits` are changes to LIMITS;
        `writable` is the one folder where it may write."""
        self.tier = Box.tier if tier is None else tier
        threads = threads_by_user()
        self.user, self._claim = claimed_user(threads) if Box.own_user else (-1, None)
        wanted = {**LIMITS, "nproc": threads.get(os.getuid() if self.user == -1 else self.user, 0) + PROCESSES,
                  **(limits or {})}
        settings = [f"{name}={_allowed(name, number)}" for name, number in wanted.items()]
        settings += [f"read={path}" for path in (*READABLE, folder.resolve(), *readable)]
        if writable is not None:
            if self.user != -1:
                os.chown(writable, self.user, self.user)
            settings.append(f"write={writable.resolve()}")
        self.reason: Optional[str] = None  # why the box has killed the program, if it did
        self._status: Optional[int] = None
        self._started = False
        self._start([str(launcher), "%d", str(self.tier), str(self.user), *settings, "--", *command], folder, environment)

    def _start(self, words: List[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words[1] = str(theirs.fileno())
        reading, writing = os.pipe()
        try:
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing,
                                             cwd=folder, env=dict(environment), pass_fds=[theirs.fileno()])
        except BaseException:
            os.close(reading)
            self._control.close()
            raise
        finally:
            theirs.close()
            os.close(writing)
        self.pid = self._process.pid
        self.output = Output(reading)
        while not self._started:
            self._hear(10)
            if self._status is not None and not self._started:
                self.close()
                raise BoxFailed(self.output.head.decode(errors="backslashreplace").strip() or "the box does not start")

    def _hear(self, timeout: float) -> Optional[socket.socket]:
        """Takes in one message of the box (see box.c), waiting so long for it. Returns the socket that came with it."""
        self._control.settimeout(timeout)
        try:
            data, attached, _, _ = self._control.recvmsg(256, socket.CMSG_SPACE(4))
        except (BlockingIOError, socket.timeout):
            return None
        except OSError:
            data, attached = b"", []
        word, _, text = data.decode().partition(" ")
        if word == "box":
            self.pid, self._started = int(text), True
        elif word == "over":
            self.reason = OVER[text.split()[0]]
        elif word in ("end", ""):  # nothing: the box itself is gone
            self._status = int(text) if word else (-1 if self._status is None else self._status)
        for _, _, content in attached:
            descriptors = array.array("i")
            descriptors.frombytes(content[:4])
            return socket.socket(fileno=descriptors[0])
        return None

    def socket(self) -> socket.socket:
        """Returns a TCP socket that can reach the program's ports: in tier 3, they are in a network of their own."""
        if self.tier < 3:
            return socket.socket()
        deadline = time.monotonic() + 10
        try:
            self._control.settimeout(10)
            self._control.send(b"socket")
            while time.monotonic() < deadline:
                found = self._hear(10)
                if found is not None:
                    return found
                if self._status == -1:
                    break
        except OSError:
            pass
        raise BoxFailed("the box gives no socket: it is gone")

    def status(self, timeout: float = 0) -> Optional[int]:
        """Returns how the program ended, as wait(2) has it, waiting for that up to so many seconds; None if it runs."""
        deadline = time.monotonic() + timeout
        while self._status is None:
            left = deadline - time.monotonic()
            self._hear(max(left, 0))
            if left <= 0:
                break
        return self._status

    def tree(self) -> Dict[int, proc.Process]:
        """Returns all that the program started and that is not reaped, itself included."""
        return proc.tree(self.pid)

    def descriptors(self, pid: int) -> int:
        """Returns how many descriptors a process of the box has open; 0 if it has ended."""
        count = self._as_user(_count_descriptors, pid)
        if count is None:
            raise CheckFailed("looked at the server's open descriptors", "to see them",
                              "it hides them: it is not dumpable (prctl(2))")
        return count

    def has_mapped(self, pid: int, library: Path) -> bool:
        """Returns whether a process of the box has the library in its memory, or has ended."""
        return self._as_user(_has_mapped, pid, library.name)

    def waits_in(self, tasks: Sequence[proc.Task]) -> List[str]:
        """Returns the kernel functions in which threads of the box sleep (proc(5), wchan); "" where that is not known."""
        return self._as_user(_wchan, [(task.pid, task.tid) for task in tasks])

    def holders(self, pids: Sequence[int], inode: int) -> List[Tuple[int, int]]:
        """Returns which of the processes have a socket open, and as which descriptor, the first of each."""
        return [(pid, descriptor) for pid, descriptor in self._as_user(_holders, list(pids), f"socket:[{inode}]")]

    def limit_processes(self, pid: int, number: Optional[int]) -> None:
        """Lets a process of the box create processes and threads only up to a number, or (None) as many as at first:
        prlimit(2), RLIMIT_NPROC. Does nothing if the process has ended."""
        self._as_user(_set_soft_limit, pid, resource.RLIMIT_NPROC, number)

    def limit_descriptors(self, pid: int, number: Optional[int]) -> None:
        """Lets a process of the box open descriptors below a number only, or (None) as at first."""
        self._as_user(_set_soft_limit, pid, resource.RLIMIT_NOFILE, number)

    def _as_user(self, act: Callable[..., Any], *args: Any) -> Any:
        """Calls the function with the rights of the box's user: in a container, root alone may do less than that user
        (CAP_SYS_PTRACE and CAP_SYS_RESOURCE are missing there)."""
        if self.user == -1:
            return act(*args)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setresgid(self.user, self.user, self.user)
                os.setresuid(self.user, self.user, self.user)
                os.write(writing, json.dumps(act(*args)).encode())
            finally:
                os._exit(0)
        os.close(writing)
        with open(reading, "rb") as pipe:
            answer = pipe.read()
        os.waitpid(child, 0)
        if not answer:
            raise RuntimeError(f"the helper of user {self.user} gave no answer for {act.__name__}{args}")
        return json.loads(answer)

    def signal(self, pid: int, number: int) -> None:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    def close(self) -> None:
        """Ends all that is left, and waits until it has ended."""
        self._control.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            for pid in self.tree():
                self.signal(pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()
        self.output.finish()
        if self._claim is not None:
            self._claim.close()


class Finished(NamedTuple):
    """A program that was run to its end in a box."""
    status: int  # as wait(2) has it
    output: bytes  # its head, and its tail if there is more
    reason: Optional[str]  # why the box has killed it, if it did


def run(launcher: Path, command: Sequence[str], *, folder: Path, environment: Mapping[str, str], seconds: int,
        limits: Optional[Mapping[str, int]] = None, writable: Optional[Path] = None) -> Finished:
    """Runs a command in a box to its end, so many seconds long at most."""
    box = Box(launcher, command, folder=folder, environment=environment, writable=writable,
              limits={"cpu": seconds, "wall": seconds, **(limits or {})})
    try:
        status = box.status(seconds + 10)
    finally:
        box.close()
    head, tail, total = box.output.head, box.output.tail, box.output.total
    if total > len(head) + len(tail):
        head += b"\n[...]\n"
    return Finished(-1 if status is None else status, head + tail[max(len(tail) - total + len(box.output.head), 0):],
                    box.reason)


def _allowed(name: str, number: int) -> int:
    """Returns the number, or what the grader's own hard limit leaves of it."""
    if name in OF_ALL:
        return number
    hard = resource.getrlimit(getattr(resource, "RLIMIT_" + name.upper()))[1]
    return number if hard == resource.RLIM_INFINITY else min(number, hard)


def _count_descriptors(pid: int) -> Optional[int]:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except PermissionError:
        seen = proc.process(pid)
        return None if seen and not seen.zombie else 0


def _holders(pids: Sequence[int], target: str) -> List[Tuple[int, int]]:
    found = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            for name in sorted(os.listdir(f"/proc/{pid}/fd"), key=int, reverse=True):
                if os.readlink(f"/proc/{pid}/fd/{name}") == target:
                    found[pid] = int(name)
    return list(found.items())


def _has_mapped(pid: int, name: str) -> bool:
    try:
        with open(f"/proc/{pid}/maps") as maps:
            return any(line.rstrip().endswith("/" + name) for line in maps)
    except (FileNotFoundError, ProcessLookupError):
        return True
    except PermissionError:
        return False


def _wchan(tasks: Sequence[Tuple[int, int]]) -> List[str]:
    found = []
    for pid, tid in tasks:
        try:
            with open(f"/proc/{pid}/task/{tid}/wchan") as file:
                found.append(file.read())
        except OSError:
            found.append("")
    return found


def _set_soft_limit(pid: int, which: int, number: Optional[int]) -> None:
    try:
        hard = resource.prlimit(pid, which)[1]
        resource.prlimit(pid, which, (hard if number is None else number, hard))
    except ProcessLookupError:
        pass
