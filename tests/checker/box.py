"""Runs a program of a submission contained: within limits, as a user of its own where the grader is root, and so that
nothing it starts outlives the box. box.c, which this drives, does the work."""
import json
import os
import resource
import signal
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from checker import proc

HEAD, TAIL = 16384, 4096  # bytes of output that are kept: the first ones hold the announcement
PROCESSES = 1200  # beyond what the user has running: a flood of 300 clients needs 300, twice that if it is clumsy
LIMITS = {"cpu": 60, "fsize": 1 << 26, "nofile": 1024, "core": 0}


def box_user() -> int:
    """Returns the user that programs run as: an unprivileged one of their own if the grader is root, else -1."""
    return 61000 + os.getpid() % 4000 if os.geteuid() == 0 else -1


def processes_of(user: int) -> int:
    """Returns how many threads the user runs already: RLIMIT_NPROC counts them all (setrlimit(2))."""
    count = 0
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdigit() and entry.stat().st_uid == user:
                count += len(os.listdir(entry.path + "/task"))
        except OSError:
            continue
    return count


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

    def __init__(self, launcher: Path, command: Sequence[str], *, folder: Path, environment: Mapping[str, str],
                 limits: Optional[Mapping[str, int]] = None) -> None:
        """Starts the command (its first word a path) in the folder. `limits` are changes to LIMITS."""
        self.user = box_user()
        count = processes_of(self.user if self.user != -1 else os.getuid())
        wanted = {**LIMITS, "nproc": count + PROCESSES, **(limits or {})}
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        reading, writing = os.pipe()
        words = [str(launcher), str(theirs.fileno()), str(self.user),
                 *(f"{name}={_allowed(name, number)}" for name, number in wanted.items()), "--", *command]
        try:
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing,
                                             cwd=folder, env=dict(environment), pass_fds=[theirs.fileno()])
        except BaseException:
            os.close(reading)
            raise
        finally:
            theirs.close()
            os.close(writing)
        self.pid = self._process.pid
        self.output = Output(reading)
        self._status: Optional[int] = None

    def socket(self) -> socket.socket:
        """Returns a TCP socket that can reach the program's ports."""
        return socket.socket()

    def status(self, timeout: float = 0) -> Optional[int]:
        """Returns how the program ended, as wait(2) has it, waiting for that up to so many seconds; None if it runs."""
        if self._status is None:
            self._control.settimeout(timeout)
            try:
                word, _, number = self._control.recv(256).decode().partition(" ")
            except (BlockingIOError, socket.timeout):
                return None
            except OSError:
                word = ""
            self._status = int(number) if word == "end" else -1  # the box itself is gone
        return self._status

    def tree(self) -> Dict[int, proc.Process]:
        """Returns all that the program started and that is not reaped, itself included."""
        return proc.tree(self.pid)

    def descriptors(self, pid: int) -> int:
        """Returns how many descriptors a process of the box has open; 0 if it has ended."""
        return self._as_user(_count_descriptors, pid)

    def waits_in(self, tasks: Sequence[proc.Task]) -> List[str]:
        """Returns the kernel functions in which threads of the box sleep (proc(5), wchan); "" where that is not known."""
        return self._as_user(_wchan, [(task.pid, task.tid) for task in tasks])

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


def _allowed(name: str, number: int) -> int:
    """Returns the number, or what the grader's own hard limit leaves of it."""
    hard = resource.getrlimit(getattr(resource, "RLIMIT_" + name.upper()))[1]
    return number if hard == resource.RLIM_INFINITY else min(number, hard)


def _count_descriptors(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except (FileNotFoundError, ProcessLookupError):
        return 0


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
