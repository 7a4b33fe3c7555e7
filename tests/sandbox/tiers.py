"""Finds the best tier of containment that this machine allows, by trying it: in a box of each tier, from the best down,
a canary (canary.c) does what no submission may do, and the first tier that holds is taken.

 T3   namespaces on top of T2: processes, network, files and IPC of its own
 T2r  T2, and as the grader is root: a user of its own, not the grader's
 T2   Landlock and seccomp: few files, few system calls, no ports, no signals to others
 T1   limits, and nothing outlives the box"""
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

from checker import proc
from checker.box import Box, BoxFailed

TIERS = ("T1", "T2", "T2r", "T3")  # from the weakest
ENVIRONMENT = "LAB_CONTAINMENT"  # a tier that must not be exceeded: for tests of this
PATIENCE = 10.0  # seconds for a canary
# What a canary tries: what the report says of it where it succeeds.
ATTEMPTS = {"read": "files that you can read", "write": "files that you can write", "kill": "signals to your processes",
            "connect": "ports of this machine", "daemon": "daemons"}


class Containment(NamedTuple):
    """What protects the machine and the score from a submission, as it was found."""
    tier: str
    means: List[str]  # with the versions
    verified: List[str]  # the ATTEMPTS that failed
    not_contained: List[str]
    fallen: List[str]  # the better tiers, and why it is none of them
    can_limit_processes: bool

    @property
    def text(self) -> str:
        means = f" ({', '.join(self.means)})" if self.means else ""
        left = f"; not contained: {', '.join(self.not_contained)}" if self.not_contained else ""
        return f"containment: {self.tier}{means}, verified {len(self.verified)} of {len(ATTEMPTS)}{left}"


def at_least(containment: Containment, tier: str) -> bool:
    """Returns whether it is the tier, or a better one."""
    return TIERS.index(containment.tier) >= TIERS.index(tier)


def establish(launcher: Path, maximum: Optional[str] = None) -> Containment:
    """Finds the best tier, of all or up to a maximum, and lets all boxes from now on have it. The canary lies beside the
    launcher."""
    maximum = maximum or os.environ.get(ENVIRONMENT) or TIERS[-1]
    if maximum not in TIERS:
        raise ValueError(f"{maximum}: no such tier; there are {', '.join(TIERS)}")
    fallen: List[str] = []
    with tempfile.TemporaryDirectory(prefix="lab-canary-") as folder, socket.socket() as listener:
        os.chmod(folder, 0o755)  # what the canary is to be kept from is what the folder's rights leave open
        (Path(folder) / "secret").write_text("a secret")
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        for own_user in [True, False] if os.geteuid() == 0 else [False]:
            Box.own_user = own_user
            for name in reversed(TIERS[:TIERS.index(maximum) + 1]):
                if name == ("T2" if own_user else "T2r"):
                    continue
                Box.tier = int(name[1])
                found = _try(name, launcher, Path(folder), listener, fallen)
                if found is not None:
                    Box.can_limit_processes = found.can_limit_processes
                    return found
    raise BoxFailed("no box can be started here: " + "; ".join(fallen))


def _try(name: str, launcher: Path, folder: Path, listener: socket.socket, fallen: List[str]) -> Optional[Containment]:
    """Returns what the canary found, or None if the tier does not hold; then that is noted in `fallen`."""
    try:
        said = _attempts(launcher, folder, listener)
    except BoxFailed as problem:
        fallen.append(f"{name}: {problem}")
        return None
    version = int(said["landlock"])
    needed = {"daemon"} if name == "T1" else set(ATTEMPTS)
    if name == "T2" and version < 6:  # there, a signal reaches all processes of the same user
        needed.remove("kill")
    broken = [word for word in ATTEMPTS if word in said]
    if needed.intersection(broken):
        fallen.append(f"{name}: it did not contain {', '.join(ATTEMPTS[word] for word in broken if word in needed)}")
        return None
    means = [f"Landlock {version}"] * (Box.tier > 1 and version > 0) + ["seccomp"] * (Box.tier > 1)
    means += ["namespaces"] * (Box.tier == 3) + ["its own user"] * Box.own_user
    return Containment(name, means, [word for word in ATTEMPTS if word not in broken],
                       [ATTEMPTS[word] for word in broken] + _left(name, "bound" in said), fallen, "bound" in said)


def _left(name: str, bound: bool) -> List[str]:
    """Returns what the tier does not contain by its nature."""
    left = [] if bound else ["the number of processes"]
    if name == "T1":
        left += ["System V IPC", "what compiles may read"]
    if not Box.own_user and Box.tier < 3:
        left += ["the CPUs your processes may use"]
    return left + ["memory of the kernel"]


def _attempts(launcher: Path, folder: Path, listener: socket.socket) -> Dict[str, str]:
    """Runs a canary in a box. Returns its words, without those that turned out to be wrong, and "daemon" if one is left."""
    result = folder / "result"
    decoy = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        box = Box(launcher, [str(launcher.with_name("canary")), str(folder / "secret"), __file__, str(result),
                             str(decoy.pid), str(listener.getsockname()[1])], folder=launcher.parent, environment={})
        try:
            _await(box, b"ready\n")
            started = box.tree()
            for pid in started:
                box.limit_processes(pid, 0)
            _await(box, b"bound\n", b"forked\n")
        finally:
            box.close()
        said = dict((line + " ").split(" ", 1) for line in box.output.head.decode("ascii", "replace").splitlines())
        if decoy.poll() is not None:
            said["kill"] = ""
        if result.exists():
            said["write"] = ""
            result.unlink()
        if any(proc.process(pid) is not None for pid in started) or len(started) < 2:
            said["daemon"] = ""
        return said
    finally:
        decoy.kill()
        decoy.wait()


def _await(box: Box, *words: bytes) -> None:
    deadline = time.monotonic() + PATIENCE
    while not any(b"\n" + word in b"\n" + box.output.head for word in words):
        if box.status() is not None or time.monotonic() > deadline:
            box.close()
            text = box.output.head.decode(errors="backslashreplace").strip() or "the canary did not answer"
            raise BoxFailed(text.splitlines()[-1])
        time.sleep(0.001)
