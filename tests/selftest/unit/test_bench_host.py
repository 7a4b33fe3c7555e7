"""How much of the machine may be used: control groups of both versions, as files."""
from __future__ import annotations

from pathlib import Path
from typing import Tuple

import pytest

from bench.host import Host, quota


@pytest.fixture
def files(tmp_path: Path) -> Tuple[Path, Path, Path]:
    """/proc/self/mountinfo, /proc/self/cgroup, and the folder of the group a/b."""
    group = tmp_path / "cg/a/b"
    group.mkdir(parents=True)
    return tmp_path / "mountinfo", tmp_path / "cgroup", group


def mounted(root: str, point: Path, kind: str) -> str:
    return f"30 1 0:1 {root} {point} rw - {kind}\n"


def test_the_smallest_quota_of_all_groups_counts(files: Tuple[Path, Path, Path]) -> None:
    mounts, member, group = files
    mounts.write_text("garbage\n" + mounted("/", group.parent.parent, "cgroup2 cgroup2 rw"))
    member.write_text("0::/a/b\n")
    assert quota(mounts, member) is None
    (group / "cpu.max").write_text("max 100000\n")
    assert quota(mounts, member) is None
    (group.parent / "cpu.max").write_text("150000 100000\n")
    assert quota(mounts, member) == 1.5
    (group / "cpu.max").write_text("nonsense\n")
    assert quota(mounts, member) == 1.5


def test_version_1(files: Tuple[Path, Path, Path]) -> None:
    mounts, member, group = files
    mounts.write_text(mounted("/a", group.parent, "cgroup cgroup rw,cpu,cpuacct"))
    member.write_text("4:cpu,cpuacct:/a/b\n2:memory:/c\n")
    (group / "cpu.cfs_period_us").write_text("100000\n")
    (group / "cpu.cfs_quota_us").write_text("-1\n")
    assert quota(mounts, member) is None
    (group / "cpu.cfs_quota_us").write_text("50000\n")
    assert quota(mounts, member) == 0.5


def test_a_namespace_shows_another_part_of_the_tree(files: Tuple[Path, Path, Path]) -> None:
    mounts, member, group = files
    mounts.write_text(mounted("/elsewhere", group, "cgroup2 cgroup2 rw"))
    member.write_text("0::/a/b\n")
    (group / "cpu.max").write_text("200000 100000\n")
    assert quota(mounts, member) == 2.0


def test_without_the_files_there_is_no_quota(tmp_path: Path) -> None:
    assert quota(tmp_path / "mountinfo", tmp_path / "cgroup") is None


@pytest.mark.parametrize("present, allowed, limit, usable, words", [
    (1, 1, None, 1.0, "1 core, of which 1 may be used, no CPU quota"),
    (8, 4, 1.5, 1.5, "8 cores, of which 4 may be used, a CPU quota of 1.5"),
    (8, 2, 4.0, 2.0, "8 cores, of which 2 may be used, a CPU quota of 4"),
])
def test_what_may_be_used(present: int, allowed: int, limit: float, usable: float,
                          words: str) -> None:
    host = Host("A processor", "Linux 6", present, allowed, limit)
    assert host.usable == usable and host.share() == words
    assert host.words() == f"A processor, {words}; Linux 6"
