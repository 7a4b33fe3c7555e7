"""The box's own conduct: what it says, what it hands down, whom it signals."""
from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import termios
from pathlib import Path
from typing import Dict, FrozenSet, List, Tuple

import pytest

from sandbox import launcher, limits, tiers
from sandbox.sandbox import Sandbox
from selftest.gradings.boxes import driving
from selftest.gradings.boxes.driving import RawBox, fields
from selftest.process import eventually
from watching import procfs

SKIP = 77  # swap.c's status where the machine does not allow it
SILENCE = 0.4  # seconds: four times as long as the box waits between two looks at its limits
# Signals 32 and 33 are the C library's own: signal(3) refuses them, posix_spawn(3) ignores them.
INTERNAL = 1 << 31 | 1 << 32
DROPPED = ("CapInh", "CapPrm", "CapEff", "CapAmb")


def ignore_signals() -> None:
    """Ignores and blocks signals, as whatever starts a grader may do."""
    for number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD, signal.SIGUSR2])


def test_status_is_known_although_the_grader_ignores_sigchld(tools: Path,
                                                             sandbox: Sandbox) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        box = sandbox.start(["/bin/sh", "-c", "exit 3"], folder=tools, environment={})
        status = box.status(10)
        box.close()
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert status == 3 << 8


def test_program_starts_with_default_signals(tools: Path) -> None:
    with RawBox([str(tools / "box")], program=["/bin/cat", "/proc/self/status"],
                before=ignore_signals) as box:
        assert [message.split()[0] for message in box.until_end()] == [b"box", b"end"]
        seen = fields(box.close())
    assert seen["SigIgn"] & ~INTERNAL == seen["SigBlk"] == seen["SigCgt"] == 0


def test_end_is_told_although_the_grader_is_slow(tools: Path) -> None:
    with RawBox([str(tools / "box")], program=["/bin/cat"], small_buffer=True) as box:
        for _ in range(100):  # the answers are more than the box can send
            box.control.send(b"sockets 2")
        assert eventually(lambda: unread(box.control) == 0)
        box.end_input()  # the end of cat, and the box cannot say so yet
        assert eventually(lambda: not procfs.tree(box.process.pid))
        assert box.until_end()[-1] == b"end 0"


def unread(control: socket.socket) -> int:
    """Returns how much the other side has not read yet, in bytes: unix(7), SIOCOUTQ."""
    answer = fcntl.ioctl(control, termios.TIOCOUTQ, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])


def test_no_socket_is_told(tools: Path) -> None:
    poor = [str(tools / "without"), *driving.NO_SOCKETS, "--", str(tools / "box")]
    with RawBox(poor, program=["/bin/cat"]) as box:
        assert next(box.messages()).startswith(b"box ")
        box.control.send(b"sockets 2")
        assert next(box.messages()) == b"nosocket 24"  # EMFILE


def test_sockets_are_given(tools: Path) -> None:
    with RawBox([str(tools / "box")], program=["/bin/cat"]) as box:
        assert next(box.messages()).startswith(b"box ")
        box.control.send(b"sockets 2")
        data, attached, _, _ = box.control.recvmsg(64, socket.CMSG_SPACE(8))
        assert data == b"sockets" and len(attached) == 1
        for descriptor in struct.unpack("ii", attached[0][2]):
            os.close(descriptor)


def test_over_is_told_once(tools: Path) -> None:
    with RawBox([str(tools / "box")], "wall=1", program=["/bin/sleep", "60"]) as box:
        assert box.until_end()[1:] == [b"over wall 0", b"end 9"]
        box.control.settimeout(SILENCE)
        with pytest.raises(socket.timeout):
            box.control.recv(64)


@pytest.mark.parametrize("words", ["memory=", "wall=1s", "processes=-1"])
def test_settings_that_are_no_numbers_end_the_box(tools: Path, words: str) -> None:
    with RawBox([str(tools / "box")], words, program=["/bin/true"]) as box:
        list(box.messages())
        assert box.process.wait(10) == 126


@pytest.mark.parametrize("own_user", [True, False])
def test_capabilities_are_dropped(tools: Path, sandbox: Sandbox, own_user: bool) -> None:
    changed = dataclasses.replace(sandbox, own_user=sandbox.own_user and own_user)
    done = changed.run(["/bin/cat", "/proc/self/status"], folder=tools, environment={}, seconds=10)
    seen = fields(done.output)
    assert [seen[name] for name in DROPPED] == [0, 0, 0, 0]
    if os.geteuid() == 0 or sandbox.tier == 3:  # who may not drop them has no way to get them
        assert seen["CapBnd"] == 0


def test_ambient_capabilities_are_dropped(tools: Path) -> None:
    """A container can give them to whom it wants."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("needs root, and setpriv (util-linux)")
    given = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+kill",
             "--ambient-caps=+kill"]
    status = "/proc/self/status"
    before = fields(subprocess.check_output([*given, "cat", status]))
    assert before["CapAmb"] != 0
    with RawBox([*given, str(tools / "box")], program=["/bin/cat", status]) as box:
        box.until_end()
        seen = fields(box.close())
    assert [seen[name] for name in DROPPED] == [0, 0, 0, 0]


@pytest.mark.parametrize("moment, missing", [
    ("open", []), ("send", []), ("send", driving.NO_PIDFD)])
def test_stranger_with_a_reused_number_is_left_alone(tools: Path, moment: str,
                                                     missing: List[str]) -> None:
    poorer = [str(tools / "without"), *missing, "--"] if missing else []
    done = subprocess.run([str(tools / "swap"), moment, *poorer, str(tools / "box")],
                          stdout=subprocess.PIPE, timeout=60)
    if done.returncode == SKIP:
        pytest.skip("no PID namespace in which numbers can be chosen")
    assert (done.returncode, done.stdout) == (0, b"unharmed\n")


def fail() -> None:
    """Raises ZeroDivisionError."""
    raise ZeroDivisionError


def test_error_as_the_box_s_user_is_told(tools: Path, sandbox: Sandbox,
                                         capfd: pytest.CaptureFixture[str]) -> None:
    if not sandbox.own_user:
        pytest.skip("only root's boxes have users of their own")
    box = sandbox.start(["/bin/sleep", "60"], folder=tools, environment={})
    with contextlib.closing(box), pytest.raises(RuntimeError, match=str(box.user)):
        limits.as_user(box.user, fail)
    assert "ZeroDivisionError" in capfd.readouterr().err


def mounts(sandbox: Sandbox, folder: Path, writable: Path) -> Dict[str, FrozenSet[str]]:
    """Returns what is mounted in a box, by where, with the options: proc(5), mountinfo."""
    done = sandbox.run(["/bin/cat", "/proc/self/mountinfo"], folder=folder, environment={},
                       seconds=10, writable=writable)
    lines = [line.split() for line in done.output.decode().splitlines()]
    return {words[4]: frozenset(words[5].split(",")) for words in lines}


@pytest.fixture
def with_and_without_mount_setattr(tools: Path, public_folder: Path,
                                   tmp_path: Path) -> Tuple[Sandbox, Sandbox]:
    """A sandbox of tier 3, and the same as before Linux 5.12."""
    new = tiers.establish(tools / "box")
    if new.tier != 3:
        pytest.skip("no namespaces here")
    folder = public_folder / tmp_path.name
    folder.mkdir()
    return new, tiers.establish(driving.poorer(tools, driving.NO_MOUNT_SETATTR, folder))


def test_mounts_are_restricted(with_and_without_mount_setattr: Tuple[Sandbox, Sandbox],
                               tools: Path) -> None:
    new, old = with_and_without_mount_setattr
    assert old.tier == 3
    writable = tools / "a folder, with a \\ in its name"
    writable.mkdir(exist_ok=True)
    seen = mounts(new, tools, writable)
    assert seen == mounts(old, tools, writable)
    for place, options in seen.items():
        octal = str(writable).replace("\\", "\\134").replace(" ", "\\040")
        assert "nosuid" in options, place
        own = place in ("/dev/shm", "/dev/mqueue")
        assert ("nodev" in options) != (place.startswith("/dev/") and not own), place
        assert ("ro" in options) != (own or place in (octal, "/dev/null")), place


def test_numbers_of_processes_are_large(sandbox: Sandbox, tools: Path) -> None:
    if sandbox.tier < 3 or not os.access("/proc/sys/kernel/ns_last_pid", os.W_OK):
        pytest.skip("numbers cannot be chosen")
    done = sandbox.run(["/bin/sh", "-c", "echo $$; cat /proc/sys/kernel/pid_max"], folder=tools,
                       environment={}, seconds=10)
    number, largest = map(int, done.output.split())
    assert number > 1 << 16 or largest <= 1 << 16


def test_unknown_architecture_has_tier_1(tools: Path, public_folder: Path) -> None:
    folder = public_folder / "unknown"
    folder.mkdir()
    launcher.compile_launcher(folder)
    launcher.compile_as_one(folder / "box", [launcher.HERE / name for name in launcher.SOURCES],
                            "-DSECCOMP_ARCHITECTURE=0")
    found = tiers.establish(folder / "box").containment
    assert found.tier == "T1"
    assert any("seccomp: not on this architecture" in why for why in found.fallen)
