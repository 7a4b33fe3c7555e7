"""Which machine this is, and how much of it may be used: affinity (sched_getaffinity(2)) and CPU quota (cgroups(7))."""
import os
import platform
from pathlib import Path, PurePosixPath
from typing import Iterator, List, NamedTuple, Optional, Tuple

from checker import proc


class Machine(NamedTuple):
    """What figures depend on."""
    model: str
    kernel: str
    present: int  # cores of the machine
    allowed: int  # cores this process may run on
    quota: Optional[float]  # cores' worth of CPU time that its control groups allow; None: no limit

    @property
    def usable(self) -> float:
        """How many cores' worth of work can be done at a time."""
        return self.allowed if self.quota is None else min(float(self.allowed), self.quota)

    def share(self) -> str:
        """Returns in words what of the machine may be used."""
        quota = "no CPU quota" if self.quota is None else f"a CPU quota of {self.quota:g}"
        return f"{self.present} core{'s' * (self.present != 1)}, of which {self.allowed} may be used, {quota}"

    def words(self) -> str:
        """Returns the machine in one line, as it stands under every table and picture."""
        return f"{self.model}, {self.share()}; {self.kernel}"


def this_machine() -> Machine:
    return Machine(_model(), f"{platform.system()} {platform.release().split('-')[0]}", os.cpu_count() or 1, proc.cores(),
                   quota(Path("/proc/self/mountinfo"), Path("/proc/self/cgroup")))


def _model() -> str:
    """Returns the processor's name as /proc/cpuinfo has it, or the architecture where it has none (arm64)."""
    try:
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return " ".join(value.split())
    except OSError:
        pass
    return platform.machine() or "unknown processor"


def quota(mountinfo: Path, membership: Path) -> Optional[float]:
    """Returns the smallest CPU quota, in cores, among this process's control group and those around it; None if there is
    none. Version 2: cpu.max holds "QUOTA PERIOD" or "max PERIOD"; version 1: cpu.cfs_quota_us is -1 for no limit."""
    found: List[float] = []
    for folder in _groups(mountinfo, membership):
        try:
            if (folder / "cpu.max").exists():
                limit, period = (folder / "cpu.max").read_text().split()
            else:
                limit, period = ((folder / name).read_text().strip() for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us"))
            if limit not in ("max", "-1"):
                found.append(int(limit) / int(period))
        except (OSError, ValueError, ZeroDivisionError):
            continue
    return min(found) if found else None


def _groups(mountinfo: Path, membership: Path) -> Iterator[Path]:
    """Yields the folders of the control groups that may limit this process's CPU, from its own upwards."""
    try:
        member = dict(_memberships(membership))
        mounts = mountinfo.read_text().splitlines()
    except OSError:
        return
    for line in mounts:  # proc(5): ID PARENT DEVICE ROOT MOUNTPOINT ... - TYPE SOURCE OPTIONS
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) < 5 or len(kind) < 3:
            continue
        if kind[0] == "cgroup2":
            path = member.get("")
        elif kind[0] == "cgroup" and "cpu" in kind[2].split(","):
            path = member.get("cpu")
        else:
            continue
        if path is None:
            continue
        top = Path(fields[4])
        try:
            below = PurePosixPath(path).relative_to(fields[3])
        except ValueError:  # in a namespace: the mount shows a part of the tree that the path is not in
            below = PurePosixPath()
        folder = top / below
        yield folder
        while folder != top:
            folder = folder.parent
            yield folder


def _memberships(membership: Path) -> Iterator[Tuple[str, str]]:
    """Yields (controller, path) for each line "ID:CONTROLLERS:PATH"; version 2 has no controllers there."""
    for line in membership.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            yield controller, path
