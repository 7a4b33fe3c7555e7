"""Finds the best tier of containment that this machine allows, by trying it: in a box of each tier,
from the best down, a canary (canary.c) does what no submission may do, and the first tier that
holds is taken.

 T3   namespaces on top of T2: processes, network, files and IPC of its own
 T2r  T2, and as the grader is root: a user of its own, not the grader's
 T2   Landlock and seccomp: few files, few system calls, no ports, no signals to others
 T1   limits, and nothing outlives the box"""
import contextlib
import dataclasses
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional

from sandbox import BoxFailed
from sandbox.box import Box
from sandbox.sandbox import Containment, Sandbox, untried
from watching import procfs

TIERS = ("T1", "T2", "T2r", "T3")  # from the weakest
ENVIRONMENT = "LAB_CONTAINMENT"  # upper bound for the tier (for tests)
PATIENCE = 10.0  # seconds for a canary
SIGNALS_CONTAINED = 6  # the version of Landlock from which on signals stay within the box
# What a canary tries: what the report says of it where it succeeds.
ATTEMPTS = {"read": "files that you can read", "write": "files that you can write",
            "kill": "signals to your processes", "connect": "ports of this machine",
            "daemon": "daemons"}


class Trial(NamedTuple):
    """What a canary is tried with."""
    launcher: Path
    folder: Path  # holds the file "secret", which it must not be able to read
    listener: socket.socket  # which it must not be able to reach


def at_least(containment: Containment, tier: str) -> bool:
    """Returns whether it is the tier, or a better one."""
    return TIERS.index(containment.tier) >= TIERS.index(tier)


def establish(launcher: Path, maximum: Optional[str] = None,
              temporary: Optional[Path] = None) -> Sandbox:
    """Finds the best tier, of all or up to a maximum, and returns the sandbox that has it. The
    canary lies beside the launcher; `temporary` is where its files are made, by default where the
    system says. Raises BoxFailed if no box can be started here, ValueError if the maximum is no
    tier."""
    maximum = maximum or os.environ.get(ENVIRONMENT) or TIERS[-1]
    if maximum not in TIERS:
        raise ValueError(f"{maximum}: no such tier; there are {', '.join(TIERS)}")
    fallen: List[str] = []
    with _trial(launcher, temporary) as trial:
        for own_user in [True, False] if os.geteuid() == 0 else [False]:
            for name in reversed(TIERS[:TIERS.index(maximum) + 1]):
                if name == ("T2" if own_user else "T2r"):
                    continue
                found = _try(name, own_user, trial, fallen)
                if found is not None:
                    return found
    raise BoxFailed("no box can be started here: " + "; ".join(fallen))


@contextlib.contextmanager
def _trial(launcher: Path, temporary: Optional[Path]) -> Iterator[Trial]:
    with tempfile.TemporaryDirectory(prefix="lab-canary-", dir=temporary) as folder:
        # What the canary is to be kept from is what the folder's permissions leave open.
        os.chmod(folder, 0o755)
        (Path(folder) / "secret").write_text("a secret")
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            yield Trial(launcher, Path(folder), listener)


def _try(name: str, own_user: bool, trial: Trial, fallen: List[str]) -> Optional[Sandbox]:
    """Returns a sandbox of the tier, or None if the tier does not hold; then that is noted in
    `fallen`."""
    tier = int(name[1])
    before = untried(name, len(ATTEMPTS))
    sandbox = Sandbox(trial.launcher, tier, own_user, before, can_limit_processes=False)
    try:
        said = _attempts(sandbox, trial)
    except BoxFailed as problem:
        fallen.append(f"{name}: {problem}")
        return None
    version = int(said["landlock"])
    broken = [word for word in ATTEMPTS if word in said]
    fatal = [ATTEMPTS[word] for word in broken if word in _needed(name, version)]
    if fatal:
        fallen.append(f"{name}: it did not contain {', '.join(fatal)}")
        return None
    bound = "bound" in said
    left = [ATTEMPTS[word] for word in broken] + _left(sandbox, bound)
    verified = [word for word in ATTEMPTS if word not in broken]
    found = Containment(name, _means(sandbox, version), verified, len(ATTEMPTS), left, fallen)
    return dataclasses.replace(sandbox, containment=found, can_limit_processes=bound)


def _needed(name: str, landlock: int) -> List[str]:
    """Returns the attempts that a tier must withstand."""
    if name == "T1":
        return ["daemon"]
    if name == "T2" and landlock < SIGNALS_CONTAINED:  # a signal reaches all of the same user
        return [word for word in ATTEMPTS if word != "kill"]
    return list(ATTEMPTS)


def _means(sandbox: Sandbox, landlock: int) -> List[str]:
    """Returns by what a sandbox contains programs, with versions."""
    means: List[str] = []
    if sandbox.tier > 1:
        means += [f"Landlock {landlock}"] if landlock > 0 else []
        means.append("seccomp")
    if sandbox.tier == 3:
        means.append("namespaces")
    if sandbox.own_user:
        means.append("its own user")
    return means


def _left(sandbox: Sandbox, bound: bool) -> List[str]:
    """Returns what a sandbox does not contain by its nature."""
    left = [] if bound else ["the number of processes"]
    if sandbox.tier == 1:
        left += ["System V IPC", "shared memory", "what compiles may read"]
    if not sandbox.own_user and sandbox.tier < 3:
        left.append("the CPUs your processes may use")
    return left + ["memory of the kernel"]


def _attempts(sandbox: Sandbox, trial: Trial) -> Dict[str, str]:
    """Runs a canary in a box. Returns its words, without those that turned out to be wrong, and
    with "daemon" if one is left."""
    result = trial.folder / "result"
    decoy = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port = trial.listener.getsockname()[1]
        canary = [str(trial.launcher.with_name("canary")), str(trial.folder / "secret"), __file__,
                  str(result), str(decoy.pid), str(port)]
        box = sandbox.start(canary, folder=trial.launcher.parent, environment={})
        started = _let_it_try(box)
        words = box.output.head.decode("ascii", "replace").splitlines()
        said = {word: rest for word, _, rest in (line.partition(" ") for line in words)}
        if decoy.poll() is not None:
            said["kill"] = ""
        if result.exists():
            said["write"] = ""
            result.unlink()
        if len(started) < 2 or any(procfs.process(pid) is not None for pid in started):
            said["daemon"] = ""
        return said
    finally:
        decoy.kill()
        decoy.wait()


def _let_it_try(box: Box) -> List[int]:
    """Waits until the canary has tried all, and closes the box. Returns the processes that it had
    started, its daemon among them. Raises BoxFailed if it does not get that far."""
    try:
        if _says(box, b"ready\n"):
            started = list(box.tree())
            for pid in started:
                box.limit_processes(pid, 0)
            if _says(box, b"bound\n", b"forked\n"):
                return started
    finally:
        box.close()
    text = box.output.head.decode(errors="backslashreplace").strip()
    raise BoxFailed((text or "the canary did not answer").splitlines()[-1])


def _says(box: Box, *words: bytes) -> bool:
    """Returns whether the canary prints one of the words, before it ends and in time."""
    deadline = time.monotonic() + PATIENCE
    while not any(b"\n" + word in b"\n" + box.output.head for word in words):
        if box.status() is not None or time.monotonic() > deadline:
            return False
        time.sleep(0.001)
    return True
