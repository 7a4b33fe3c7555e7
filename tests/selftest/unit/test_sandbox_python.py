"""The parts of the sandbox's Python that need no box: users, journal, signals, output."""
from __future__ import annotations

import errno
import os
import resource
import select
import signal
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

from sandbox import BoxFailed, room, users
from sandbox.box import Box
from sandbox.control import Control
from sandbox.journal import Journal
from sandbox.output import HEAD, TAIL, Output
from sandbox.program import LIMITS
from sandbox.signalling import send_signal
from sandbox.sandbox import Containment, Sandbox, untried
from sandbox.tiers import at_least
from selftest.process import eventually


def test_no_user_of_ours_is_one_of_systemd_s_or_of_the_machine_s() -> None:
    assert users.USERS[0] > 60705 and users.USERS[-1] < 61184 and len(users.USERS) > 400


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's boxes have users of their own")
def test_a_claimed_user_is_claimed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "USERS", range(60710, 60712))
    first, claim = users.claimed_user({})
    second, another = users.claimed_user({})
    assert {first, second} == {60710, 60711}
    with pytest.raises(BoxFailed, match="are taken"):
        users.claimed_user({})
    claim.close()
    again, third = users.claimed_user({})
    assert again == first
    another.close()
    third.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's boxes have users of their own")
def test_a_user_that_runs_something_or_has_a_name_is_not_claimed(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "USERS", range(60710, 60713))
    monkeypatch.setattr(users, "has_a_name", lambda user: user == 60711)
    user, claim = users.claimed_user({60710: 1})
    assert user == 60712
    claim.close()


def test_this_user_runs_at_least_this_thread() -> None:
    assert users.threads_by_user()[os.geteuid()] >= 1


def test_a_journal_counts_the_starts_of_a_program(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "kept", tmp_path / "build")
    command = [str(tmp_path / "build" / "server"), "0"]
    entries = [journal.started(command, ["box", "1"], {"A": "b c"}) for _ in range(2)]
    assert [entry.name for entry in entries] == ["server-1", "server-2"]
    text = entries[0].with_suffix(".command").read_text()
    assert text.splitlines()[0] == "env -i 'A=b c' programs/server 0"


def test_a_signal_reaches_the_process_that_is_meant() -> None:
    child = subprocess.Popen(["sleep", "60"])
    try:
        send_signal(child.pid, signal.SIGTERM, lambda: True)
        assert child.wait(10) == -signal.SIGTERM
    finally:
        child.kill()
        child.wait()
    send_signal(child.pid, signal.SIGTERM, lambda: True)  # it has ended: nothing happens


def test_a_number_that_belongs_to_another_one_by_now_gets_no_signal() -> None:
    child = subprocess.Popen(["sleep", "60"])
    try:
        send_signal(child.pid, signal.SIGKILL, lambda: False)
        assert child.poll() is None
    finally:
        child.kill()
        assert child.wait() == -signal.SIGKILL


@pytest.fixture
def silent_box() -> Iterator[Box]:
    """A box without a process, whose control socket's other end is the test's."""
    box = Box.__new__(Box)
    box.tier, box._status, box._sockets, box._short = 3, None, [], False
    box._control = Control()
    with box._control.theirs:
        yield box
    box._control.close()


def test_a_box_without_a_socket_says_what_the_system_says(silent_box: Box) -> None:
    silent_box._control.theirs.send(b"nosocket %d" % errno.EMFILE)
    with pytest.raises(BoxFailed, match=os.strerror(errno.EMFILE)):
        silent_box.socket()


def test_what_a_box_says_of_its_program_is_noted_before_an_answer(silent_box: Box) -> None:
    for text in (b"over memory 0", b"end 9", b"inject 1"):
        silent_box._control.theirs.send(text)
    assert silent_box.inject("create", errno.EAGAIN, skip=2, times=3)
    assert silent_box._control.theirs.recv(64) == b"inject create 11 2 3"
    assert silent_box.status() == 9
    assert silent_box.reason == "it used more memory than it may"


def test_a_box_that_is_gone_injects_nothing(silent_box: Box) -> None:
    silent_box._control.theirs.close()
    assert not silent_box.inject("create", errno.EAGAIN)
    assert not silent_box.hold("create", True)
    assert silent_box.injected("create") == silent_box.interrupted() == 0
    silent_box.sync()
    with pytest.raises(BoxFailed, match="gone"):
        silent_box.socket()


@pytest.mark.parametrize("size", [0, 10, HEAD, HEAD + 10, HEAD + TAIL, HEAD + TAIL + 1])
def test_output_keeps_its_head_and_its_tail_and_says_what_it_left_out(size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    reading, writing = os.pipe()
    output = Output(reading)
    with open(writing, "wb") as pipe:
        pipe.write(data)
    output.finish()
    whole = size <= HEAD + TAIL
    assert output.kept() == (data if whole else data[:HEAD] + b"\n[...]\n" + data[-TAIL:])


def test_output_that_is_still_in_the_pipe_is_not_up_to_date() -> None:
    reading, writing = os.pipe()
    output = Output(reading)
    with output._taking_in:  # the thread that reads gets no further
        os.write(writing, b"late")
        waiting = select.select([reading], [], [], 5)[0]
    assert waiting == [reading]
    assert eventually(output.up_to_date) and output.head == b"late"
    os.close(writing)
    output.finish()
    assert output.up_to_date()


@pytest.mark.parametrize("tier, wanted, enough", [
    ("T3", "T2", True), ("T2", "T2", True), ("T2", "T2r", False), ("T1", "T2", False)])
def test_tiers_are_in_order(tier: str, wanted: str, enough: bool) -> None:
    assert at_least(untried(tier, 5), wanted) == enough


@pytest.mark.parametrize("own_user, tier, name", [
    (False, 1, "T1"), (True, 1, "T1"), (False, 2, "T2"), (True, 2, "T2r"), (True, 3, "T3")])
def test_a_sandbox_with_another_tier_claims_nothing_of_it(own_user: bool, tier: int,
                                                          name: str) -> None:
    best = Containment("T3", ["namespaces"], ["read"], 5, [], [])
    other = Sandbox(Path("box"), 3, own_user, best, True).with_tier(tier)
    assert other.tier == tier and other.containment.text == f"containment: {name}, verified 0 of 5"


def test_the_first_line_of_a_report_names_what_is_not_contained() -> None:
    found = Containment("T1", ["its own user"], ["read"], 5, ["ports of this machine"], [])
    assert found.text == ("containment: T1 (its own user), verified 1 of 5; "
                          "not contained: ports of this machine")


PIDS_V1 = "5 1 0:1 /a /cg/pids rw - cgroup cgroup rw,pids\n"
UNIFIED = "6 1 0:2 / /cg/unified rw shared:1 - cgroup2 cgroup2 rw\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up machine without limits: its /proc, and its cgroups beside it."""
    proc = tmp_path / "proc"
    (proc / "self").mkdir(parents=True)
    (proc / "sys/kernel").mkdir(parents=True)
    (proc / "loadavg").write_text("0.00 0.00 0.00 1/100 1234\n")
    (proc / "sys/kernel/threads-max").write_text("100000\n")
    (proc / "sys/kernel/pid_max").write_text("4194304\n")
    (proc / "self/cgroup").write_text("2:pids:/a/b\n1:memory:/m\n0::/u/v\n")
    mounts = (PIDS_V1 + UNIFIED).replace("/cg", str(tmp_path / "cg"))
    (proc / "self/mountinfo").write_text(mounts)
    (tmp_path / "cg/pids/b").mkdir(parents=True)
    (tmp_path / "cg/unified/u/v").mkdir(parents=True)
    monkeypatch.setattr(room, "PROC", proc)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (-1, -1))
    return tmp_path


def test_a_machine_without_limits_has_room_for_what_a_box_may_have(machine: Path) -> None:
    assert room.room(0) == LIMITS["processes"]


@pytest.mark.parametrize("name, most, left", [
    ("threads-max", 1000, 1000 - 100 - room.SYSTEM), ("pid_max", 700, 700 - 100 - room.SYSTEM),
    ("threads-max", 10, 0)])
def test_the_kernel_has_limits(machine: Path, name: str, most: int, left: int) -> None:
    (machine / "proc/sys/kernel" / name).write_text(f"{most}\n")
    assert room.room(0) == left


@pytest.mark.parametrize("folder", ["pids/b", "pids", "unified/u/v", "unified/u"])
def test_each_cgroup_above_has_limits(machine: Path, folder: str) -> None:
    (machine / "cg" / folder / "pids.max").write_text("400\n")
    (machine / "cg" / folder / "pids.current").write_text("150\n")
    assert room.room(0) == 250
    (machine / "cg" / folder / "pids.max").write_text("max\n")
    assert room.room(0) == LIMITS["processes"]


def test_the_user_has_a_limit(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (50, 300))
    assert room.room(120) == 180
    assert room.room(400) == 0


def test_without_cgroups_and_settings_there_are_fewer_limits(machine: Path) -> None:
    for name in ("self/cgroup", "self/mountinfo", "sys/kernel/threads-max", "sys/kernel/pid_max"):
        (machine / "proc" / name).unlink()
    assert room.room(0) > 1000
