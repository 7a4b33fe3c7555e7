"""The box holds: in each tier that this machine offers, attacks fail, limits bind, right things
work, and nothing is left."""
from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Set

import pytest

from checks.server import Server
from sandbox import BoxFailed, tiers
from sandbox.launcher import compile_launcher
from sandbox.sandbox import Sandbox
from selftest.gradings.boxes import driving
from selftest.gradings.boxes.driving import Attack, left_over, small_number
from selftest.process import eventually
from watching import procfs

ATTEMPTS = set(
    "descriptors secret home create tmpfs fifo folder wipe sysv sysv_semaphores semaphore memfd "
    "mqueue trace memory_of_other signal_all signal_box priority process_limit limits new_user "
    "new_user_clone unix_socket udp port uring hide root real_time policy".split())
# What works in tier 3, where it ends with the box.
OWN = set("tmpfs sysv sysv_semaphores semaphore mqueue".split())
# What may work in tier 1; in tier 2, nothing may.
ONLY_LIMITED = OWN | set(
    "secret home create memfd signal_all priority process_limit limits new_user new_user_clone "
    "unix_socket udp port uring hide trace".split())
# In tier 1 the program's own user keeps it from these, so they may work where it has none.
USERLESS = {"memory_of_other", "signal_box", "policy"}
# In tier 1 without a user of its own these would work, and do harm.
HARMFUL = {"wipe", "fifo", "folder", "trace"}
MADE = ("/tmp/lab-there", "/dev/shm/lab-there")  # by attempts that work
PROCESSES = 160  # small_number(), and the box
LONGEST = 60.0  # seconds for what takes one, on a machine that does other things
CROWD = 1200  # processes, more than "crowd" has
WATCHED, AT_ONCE = 2.0, 1.5  # seconds; a busy machine may be slow to answer
ALIVE = 20  # processes that "daemons" leaves, at least
GRADER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from sandbox import BoxFailed, tiers
folder = Path(sys.argv[2])
sandbox = tiers.establish(folder / "box", sys.argv[3] or None)
print(sandbox.containment.text, flush=True)
box = sandbox.start([str(folder / "attacks"), "daemons"], folder=folder, environment={})
while b"there" not in box.output.head and box.status() is None:
    time.sleep(0.01)
print("there", flush=True)
time.sleep(60)
"""


def grader(tools: Path, tier: str = "", user: Optional[int] = None,
           missing: Iterable[str] = ()) -> subprocess.Popen[str]:
    """Starts another grader, which says how it contains, starts daemons in a box, and says "there".
    `user` is who it runs as, `missing` what without.c takes from it."""
    become = (lambda: os.setuid(user)) if user is not None else None
    words = [str(tools / "without"), *missing, "--", sys.executable, "-B", "-c", GRADER,
             str(driving.HERE.parents[2]), str(tools), tier]
    return subprocess.Popen(words, stdout=subprocess.PIPE, preexec_fn=become,
                            universal_newlines=True)


def said(process: subprocess.Popen[str]) -> str:
    """Returns the next line that a process prints."""
    assert process.stdout is not None
    return process.stdout.readline()


def tier_in(text: str) -> str:
    """Returns the tier in the line that says how programs are contained."""
    return text.split()[1].rstrip(",")


def test_canaries_fail(sandbox: Sandbox) -> None:
    found = sandbox.containment
    verified = 5 if found.tier != "T1" else 3 if sandbox.own_user else 1
    assert len(found.verified) == verified, found.text
    assert found.text.startswith(f"containment: {found.tier}")
    assert sandbox.can_limit_processes
    assert tiers.at_least(found, found.tier) and tiers.at_least(found, "T1")
    assert tiers.at_least(found, "T3") == (found.tier == "T3")


def results_of(attack: Attack, attempts: Set[str]) -> Dict[str, bool]:
    """Returns which of the attempts worked."""
    box = attack(*sorted(attempts))
    box.status(LONGEST)
    box.close()
    if box.tier == 3:
        assert not any(os.path.exists(made) for made in MADE)
    for made in MADE:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(made)
    lines = [line.split() for line in box.output.head.decode().splitlines()]
    return {name: result == "worked" for name, result in lines}


def test_attempts_fail(attack: Attack, sandbox: Sandbox) -> None:
    attempts, may_work = set(ATTEMPTS), set()
    if sandbox.tier == 1:
        may_work = ONLY_LIMITED
        if not sandbox.own_user:
            attempts -= HARMFUL
            may_work = ONLY_LIMITED | USERLESS
    results = results_of(attack, attempts)
    assert set(results) == attempts
    worked = {name for name, result in results.items() if result}
    assert worked == OWN if sandbox.tier == 3 else worked <= may_work


def test_named_ipc_stays_in_the_box(attack: Attack, sandbox: Sandbox) -> None:
    if sandbox.tier < 3:
        pytest.skip("tier 3 alone has IPC of its own")
    before = [Path("/proc/sysvipc", name).read_text() for name in ("shm", "sem", "msg")]
    box = attack("keeps_ipc")
    assert eventually(lambda: b"there" in box.output.head)
    assert not any(os.path.exists(path) for path in MADE)
    after = [Path("/proc/sysvipc", name).read_text() for name in ("shm", "sem", "msg")]
    assert before == after


def test_right_things_work(attack: Attack) -> None:
    box = attack("right")
    assert eventually(lambda: b"done\n" in box.output.head)
    assert box.output.head == b"done\n"


@pytest.mark.parametrize("name", ["memory", "shared_memory", "many"])
def test_memory_is_limited(attack: Attack, name: str) -> None:
    box = attack(name, memory=256 << 20)
    assert box.status(LONGEST) == signal.SIGKILL
    assert box.reason == "it used more memory than it may"
    assert eventually(lambda: not box.tree())


def test_time_is_limited(attack: Attack) -> None:
    cpu, wall = attack("spin", cpu=1), attack("stop", wall=1)
    assert cpu.status(LONGEST) in (signal.SIGKILL, signal.SIGXCPU)
    assert wall.status(LONGEST) == signal.SIGKILL
    assert wall.reason == "it took longer than it may"


def test_output_is_bounded(attack: Attack) -> None:
    box = attack("output", cpu=1)
    box.status(LONGEST)
    box.close()
    assert box.output.total > 1 << 20
    assert len(box.output.head) + len(box.output.tail) < 1 << 16


@pytest.mark.parametrize("name, alive", [
    ("fork_bomb", PROCESSES // 2), ("chain", 1), ("daemons", ALIVE), ("stop", 1)])
def test_nothing_is_left(attack: Attack, tools: Path, name: str, alive: int) -> None:
    box = attack(name, nproc=small_number())
    assert eventually(lambda: len(left_over(tools / "attacks")) >= alive)
    box.close()
    assert left_over(tools / "attacks") == []


def test_number_of_processes_is_limited(attack: Attack) -> None:
    limit = small_number()
    box = attack("fork_bomb", nproc=limit)
    assert eventually(lambda: len(box.tree()) > PROCESSES // 2)
    # What else the same user runs counts, too (setrlimit(2)), and may have ended meanwhile.
    assert len(box.tree()) <= max(limit, PROCESSES)
    box.close()
    bomb = attack("fork_bomb", nproc=small_number(), processes=100)
    assert bomb.status(LONGEST) == signal.SIGKILL
    assert bomb.reason == "it created more processes than it may"


def test_many_processes_do_not_keep_the_box_busy(attack: Attack, sandbox: Sandbox) -> None:
    """Its looks at them cost little CPU time, and do not hold up an answer."""
    if sandbox.room() < CROWD:
        pytest.skip("no room for so many processes")
    box = attack("crowd")
    assert eventually(lambda: box.output.head == b"there\n", LONGEST)
    used, began = procfs.cpu_clock(box.pid), time.monotonic()
    while time.monotonic() - began < WATCHED:
        asked = time.monotonic()
        box.sync()
        assert time.monotonic() - asked < AT_ONCE
        time.sleep(0.05)
    assert procfs.cpu_clock(box.pid) - used < WATCHED / 10


def test_grader_dies(tools: Path, sandbox: Sandbox) -> None:
    with grader(tools, sandbox.containment.tier) as process:
        try:
            assert tier_in(said(process)) == sandbox.containment.tier
            assert said(process) == "there\n"
            assert eventually(lambda: len(left_over(tools / "attacks")) > ALIVE)
        finally:
            process.kill()
    assert eventually(lambda: not left_over(tools / "attacks") and not left_over(tools / "box"))


def test_servers_work(tools: Path, sandbox: Sandbox, server: Path) -> None:
    """What looks from outside sees into the box, and clients reach it; two boxes do not touch each
    other."""
    with Server(sandbox, server) as one, Server(sandbox, server) as two:
        client = one.ask(10)
        assert one.wait(lambda: client.line == "89", client)
        assert one.descriptors() >= 4 and len(one.idle) == 1
        assert eventually(lambda: one.activity() is not None)  # it has fallen asleep
        two.close()
        assert one.live() == one.idle


@pytest.mark.parametrize("missing, expected", [
    ([], ["T3"]), (driving.NO_MOUNT_SETATTR, ["T3"]), (driving.NO_LANDLOCK, ["T3"]),
    (driving.NO_NAMESPACES, ["T2", "T2r"]), (driving.NO_SECCOMP, ["T1"]),
    (driving.NO_NAMESPACES + driving.NO_LANDLOCK, ["T1"])],
    ids=["nothing", "mount_setattr", "Landlock", "namespaces", "seccomp", "two"])
@pytest.mark.parametrize("user", [None, 65534], ids=["same user", "nobody"])
def test_poorer_machines(tools: Path, missing: List[str], expected: List[str],
                         user: Optional[int]) -> None:
    """The tier is found by trying: on a machine that lacks something, it is the best of the
    rest."""
    if user is not None and os.geteuid() != 0:
        pytest.skip("only root can become another user")
    best = tiers.establish(tools / "box").containment
    if best.tier != "T3" and "T3" in expected:
        pytest.skip("this machine has no namespaces itself")
    with grader(tools, user=user, missing=missing) as process:
        text = said(process)
        process.kill()
    assert tier_in(text) in expected


def test_launcher_that_does_not_work_is_no_tier(tools: Path, tmp_path: Path) -> None:
    compile_launcher(tmp_path)
    (tmp_path / "box").write_text("#!/bin/sh\necho broken\nexit 126\n")
    with pytest.raises(BoxFailed, match="no box can be started here: T3: broken"):
        tiers.establish(tmp_path / "box")
