"""Which machine this is, and how much of it the bench may use: affinity (sched_getaffinity(2)) and
CPU quota (cgroups(7))."""
from __future__ import annotations

import os
import platform
from pathlib import Path, PurePosixPath
from typing import Dict, Iterator, List, NamedTuple, Optional

from watching import procfs


class Host(NamedTuple):
    """What figures depend on."""
    model: str
    kernel: str
    present: int  # cores of the machine
    allowed: int  # cores that this process may run on
    quota: Optional[float]  # cores' worth of CPU time that its control groups allow; None: no limit

    @property
    def usable(self) -> float:
        """How many cores' worth of work can be done at a time."""
        if self.quota is None:
            return float(self.allowed)
        return min(float(self.allowed), self.quota)

    def share(self) -> str:
        """Returns in words what of the machine may be used."""
        cores = "1 core" if self.present == 1 else f"{self.present} cores"
        limit = "no CPU quota" if self.quota is None else f"a CPU quota of {self.quota:g}"
        return f"{cores}, of which {self.allowed} may be used, {limit}"

    def words(self) -> str:
        """Returns the machine in one line, as it stands above every table and under every
        picture."""
        return f"{self.model}, {self.share()}; {self.kernel}"


def this_host() -> Host:
    """Returns the machine that this process runs on."""
    kernel = f"{platform.system()} {platform.release().split('-')[0]}"
    limit = quota(Path("/proc/self/mountinfo"), Path("/proc/self/cgroup"))
    return Host(_model(), kernel, os.cpu_count() or 1, procfs.cores(), limit)


def _model() -> str:
    """Returns the processor's name as /proc/cpuinfo has it, or the architecture where it has none
    (arm64)."""
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() == "model name" and value.strip():
            return " ".join(value.split())
    return platform.machine() or "unknown processor"


def quota(mountinfo: Path, membership: Path) -> Optional[float]:
    """Returns the smallest CPU quota, in cores, among this process's control group and those around
    it; None if there is none. The arguments are /proc/self/mountinfo and /proc/self/cgroup."""
    quotas = map(_quota_of, _groups(mountinfo, membership))
    return min((found for found in quotas if found is not None), default=None)


def _quota_of(group: Path) -> Optional[float]:
    """Returns the quota of one control group, in cores; None if it has none. Version 2: cpu.max
    holds "QUOTA PERIOD" or "max PERIOD"; version 1: cpu.cfs_quota_us is -1 for no limit."""
    try:
        if (group / "cpu.max").exists():
            limit, period = (group / "cpu.max").read_text().split()
        else:
            limit = (group / "cpu.cfs_quota_us").read_text().strip()
            period = (group / "cpu.cfs_period_us").read_text().strip()
        return None if limit in ("max", "-1") else int(limit) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None


def _groups(mountinfo: Path, membership: Path) -> Iterator[Path]:
    """Yields the folders of the control groups that may limit this process's CPU, from its own
    upwards."""
    try:
        paths = _memberships(membership.read_text().splitlines())
        mounts = [_mount(line) for line in mountinfo.read_text().splitlines()]
    except OSError:
        return
    for mount in mounts:
        controller = None if mount is None else mount.controller
        if mount is None or controller not in paths:
            continue
        try:
            below = PurePosixPath(paths[controller]).relative_to(mount.root)
        except ValueError:  # in a namespace: the mount shows a part of the tree without the path
            below = PurePosixPath()
        group = mount.point / below
        yield group
        while group != mount.point:
            group = group.parent
            yield group


class _Mount(NamedTuple):
    """A mount of a control group file system."""
    root: str  # what of the tree of groups it shows
    point: Path
    controller: str  # as in /proc/self/cgroup: "" for version 2


def _mount(line: str) -> Optional[_Mount]:
    """Returns what a line of mountinfo (proc(5): ID PARENT DEVICE ROOT MOUNTPOINT ... - TYPE SOURCE
    OPTIONS) says; None if no group that limits CPU time is mounted there."""
    before, _, after = line.partition(" - ")
    fields, kind = before.split(), after.split()
    if len(fields) < 5 or len(kind) < 3:
        return None
    if kind[0] == "cgroup2":
        return _Mount(fields[3], Path(fields[4]), "")
    if kind[0] == "cgroup" and "cpu" in kind[2].split(","):
        return _Mount(fields[3], Path(fields[4]), "cpu")
    return None


def _memberships(lines: List[str]) -> Dict[str, str]:
    """Returns the path of the group by controller, of lines "ID:CONTROLLERS:PATH"; version 2 has no
    controllers there."""
    found: Dict[str, str] = {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            found[controller] = path
    return found
