"""The box holds: in each tier that this machine offers, attacks fail, limits bind, right things work, nothing is left."""
import contextlib
import errno
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterator, List, Optional, Sequence

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from checker import build as building  # noqa: E402
from checker import containment  # noqa: E402
from checker.box import Box, run, threads_by_user  # noqa: E402
from checker.build import Build  # noqa: E402
from checker.server import Server  # noqa: E402

HERE = Path(__file__).resolve().parent
CHECKER = HERE.parent / "checker"
NO_NAMESPACES = [f"272={errno.EPERM}"] if os.uname().machine == "x86_64" else [f"97={errno.EPERM}"]
NO_LANDLOCK = [f"444={errno.ENOSYS}"]
NO_SECCOMP = [f"317={errno.ENOSYS}"] if os.uname().machine == "x86_64" else [f"277={errno.ENOSYS}"]
# The attempts of attacks.c that may work, by tier; none in the others.
MAY = {"T1": set("secret home create tmpfs sysv memfd mqueue signal_all signal_box priority process_limit limits new_user "
                 "new_user_clone unix_socket udp port uring hide memory_of_other trace".split())}
USERLESS = ["memory_of_other", "signal_box"]  # as root, its own user keeps it even in T1 from these
ATTEMPTS = ("descriptors secret home create tmpfs fifo folder wipe sysv memfd mqueue trace memory_of_other signal_all signal_box priority "
            "process_limit limits new_user new_user_clone unix_socket udp port uring hide root real_time").split()


@pytest.fixture(scope="module")
def tools() -> Iterator[Path]:
    """A folder with the box, the canary and the attacks in it."""
    folder = Path(tempfile.mkdtemp(prefix="lab-test-"))
    folder.chmod(0o755)  # the box's user runs what is in it
    try:
        for source in (CHECKER / "box.c", CHECKER / "canary.c", HERE / "attacks.c", HERE / "without.c"):
            subprocess.run(["cc", "-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", str(source), "-o",
                            str(folder / source.stem)], check=True)
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=containment.TIERS)
def tier(request: pytest.FixtureRequest, tools: Path) -> Iterator[str]:
    """Each tier that works here, in force."""
    before = Box.tier, Box.own_user, Box.can_limit_processes
    try:
        if containment.establish(tools / "box", request.param).tier != request.param:
            pytest.skip("not on this machine, or not for this user")
        yield request.param
    finally:
        Box.tier, Box.own_user, Box.can_limit_processes = before


@pytest.fixture
def attack(tools: Path, tier: str) -> Iterator[Callable[..., Box]]:
    """Starts attacks.c in a box; all boxes are closed at the end."""
    with contextlib.ExitStack() as stack:
        def start(*words: str, **limits: int) -> Box:
            box = Box(tools / "box", [str(tools / "attacks"), *words], folder=tools, environment={}, limits=limits)
            stack.callback(box.close)
            return box
        yield start


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def left_over(program: Path) -> List[int]:
    """Returns the processes that still run a program, whatever they call themselves."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.fsencode(program) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:1]:
                found.append(int(pid))
    return found


def small_number() -> int:
    """A limit of processes that leaves a fork bomb 150."""
    return 150 + (0 if os.geteuid() == 0 else threads_by_user().get(os.getuid(), 0))


def driver(tools: Path, code: str, prefix: Sequence[str] = (), user: Optional[int] = None) -> "subprocess.Popen[bytes]":
    """Starts another grader: Python with the checker at hand, TOOLS the folder."""
    code = f"import sys, time; sys.path.insert(0, {str(HERE.parent)!r})\nfrom pathlib import Path\n" \
        f"from checker import containment\nfrom checker.box import Box\nTOOLS = Path({str(tools)!r})\n{code}"
    return subprocess.Popen([*prefix, sys.executable, "-B", "-c", code], stdout=subprocess.PIPE,
                            preexec_fn=(lambda: os.setuid(user)) if user else None)


def test_canaries_fail(tools: Path, tier: str) -> None:
    found = containment.establish(tools / "box", tier)
    own_user = os.geteuid() == 0
    assert len(found.verified) == (5 if tier != "T1" else 3 if own_user else 1), found.text
    assert found.text.startswith(f"containment: {tier}") and found.can_limit_processes
    assert containment.at_least(found, tier) and containment.at_least(found, "T1")
    assert containment.at_least(found, "T3") == (tier == "T3")


def test_establishing_is_cheap(tools: Path) -> None:
    took = []
    for _ in range(5):
        began = time.monotonic()
        containment.establish(tools / "box")
        took.append(time.monotonic() - began)
    assert statistics.median(took) < 0.150


def test_attempts_fail(attack: Callable[..., Box], tier: str) -> None:
    harmful = ["wipe", "fifo", "folder", "trace"] if tier == "T1" and os.geteuid() != 0 else []  # they would work
    attempts = [name for name in ATTEMPTS if name not in harmful]
    box = attack(*attempts)
    box.status(10)
    box.close()
    for made in ("/tmp/lab-there", "/dev/shm/lab-there"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(made)
    results = dict(line.split() for line in box.output.head.decode().splitlines())
    assert set(results) == set(attempts)
    may = MAY.get(tier, set()) - set(USERLESS if os.geteuid() == 0 else [])
    assert {name for name, result in results.items() if result == "worked"} <= may


def test_right_things_work(attack: Callable[..., Box]) -> None:
    box = attack("right")
    assert within(10, lambda: b"done\n" in box.output.head)
    assert box.output.head == b"done\n"


@pytest.mark.parametrize("name", ["memory", "shared_memory", "many"])
def test_memory_is_limited(attack: Callable[..., Box], name: str) -> None:
    box = attack(name, memory=256 << 20)
    assert box.status(20) == signal.SIGKILL
    assert box.reason == "it used more memory than it may"
    assert within(5, lambda: not box.tree())


def test_time_is_limited(attack: Callable[..., Box]) -> None:
    cpu, wall = attack("spin", cpu=1), attack("stop", wall=1)
    assert cpu.status(20) in (signal.SIGKILL, signal.SIGXCPU)
    assert wall.status(20) == signal.SIGKILL
    assert wall.reason == "it took longer than it may"


def test_output_is_bounded(attack: Callable[..., Box]) -> None:
    box = attack("output", cpu=1)
    box.status(20)
    box.close()
    assert box.output.total > 1 << 20 and len(box.output.head) + len(box.output.tail) < 1 << 16


@pytest.mark.parametrize("name", ["fork_bomb", "chain", "daemons", "stop"])
def test_nothing_is_left(attack: Callable[..., Box], tools: Path, tier: str, name: str) -> None:
    box = attack(name, nproc=small_number())
    time.sleep(0.5)
    assert left_over(tools / "attacks") or name == "chain"
    began = time.monotonic()
    box.close()
    assert left_over(tools / "attacks") == []
    assert time.monotonic() - began < 5


def test_number_of_processes_is_limited(attack: Callable[..., Box]) -> None:
    box = attack("fork_bomb", nproc=small_number())
    time.sleep(0.5)
    assert len(box.tree()) <= 160
    bomb = attack("fork_bomb", nproc=small_number(), processes=100)
    assert bomb.status(20) == signal.SIGKILL and bomb.reason == "it created more processes than it may"


def test_grader_dies(tools: Path, tier: str) -> None:
    code = f"Box.tier, Box.own_user = {Box.tier}, {Box.own_user}\n" \
        "box = Box(TOOLS / 'box', [str(TOOLS / 'attacks'), 'daemons'], folder=TOOLS, environment={})\n" \
        "while b'there' not in box.output.head and box.status() is None: time.sleep(0.01)\nprint('there', flush=True)\ntime.sleep(60)"
    grader = driver(tools, code)
    try:
        assert grader.stdout and grader.stdout.readline() == b"there\n"
        assert within(5, lambda: len(left_over(tools / "attacks")) > 20)
    finally:
        grader.kill()
        grader.communicate()
    assert within(5, lambda: left_over(tools / "attacks") == [] and left_over(tools / "box") == [])


def test_start_is_cheap(tools: Path, tier: str) -> None:
    took = []
    for _ in range(15):
        began = time.monotonic()
        run(tools / "box", ["/bin/true"], folder=tools, environment={}, seconds=10)
        took.append(time.monotonic() - began)
    assert statistics.median(took) < 0.050


def test_servers_work(tools: Path, tier: str) -> None:
    """The measures from outside see into the box, and clients reach it; two boxes do not touch each other."""
    with contextlib.closing(Build(HERE.parents[1] / "support")) as build:
        with Server(build.launcher, build.program("server")) as one, Server(build.launcher, build.program("server")) as two:
            client = one.ask(10)
            assert one.wait(lambda: client.line == "89", client)
            assert one.descriptors() >= 4 and len(one.idle) == 1 and one.activity() is not None
            two.close()
            assert one.live() == one.idle


@pytest.mark.parametrize("text, seen", [
    ('#include "{secret}"', "No such file|Permission denied"), ('__asm__(".incbin \\"{secret}\\"");', "incbin|file"),
    ('#include __FILE__\n#include __FILE__', "nested"), ('char big[1 << 30] = {{1}}; char more[1 << 29] = {{1}};', "File size|limit|error"),
    ("#define A(x) x x x x x x x x\n#define B(x) A(A(A(A(A(A(A(A(A(x)))))))))\nint i = B(B(B(1+)));", "stopped|memory|error")])
def test_hostile_sources(monkeypatch: pytest.MonkeyPatch, tier: str, text: str, seen: str) -> None:
    if tier == "T1" and "{secret}" in text:
        pytest.skip("not contained in T1")
    monkeypatch.setattr(building, "COMPILE_SECONDS", 8)
    monkeypatch.setenv(containment.ENVIRONMENT, tier)
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "secret.c"
        secret.write_text("void run_server(int listenfd) { (void)listenfd; }\n")
        os.chmod(folder, 0o755)
        for server in ("mp_server.c", "mt_server.c"):
            (Path(folder) / server).write_text("#include \"server.h\"\nvoid run_server(int fd) { for (;;) tcp_accept(fd); }\n")
        with (Path(folder) / "mt_server.c").open("a") as file:
            file.write(text.format(secret=secret))
        with contextlib.closing(Build(Path(folder))) as build:
            assert list(build.errors) == ["mt_server"]
            assert re.search(seen, build.errors["mt_server"]), build.errors["mt_server"][-500:]


@pytest.mark.parametrize("missing, tiers", [
    ([], ("T3",)), (NO_NAMESPACES, ("T2", "T2r")), (NO_LANDLOCK, ("T3",)), (NO_SECCOMP, ("T1",)),
    (NO_NAMESPACES + NO_LANDLOCK, ("T1",))])
@pytest.mark.parametrize("user", [None, 1000])
def test_poorer_machines(tools: Path, missing: List[str], tiers: Sequence[str], user: Optional[int]) -> None:
    """The tier is found by trying: on a machine that lacks something, it is the best of the rest."""
    if user is not None and os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    best = containment.establish(tools / "box")
    grader = driver(tools, "print(containment.establish(TOOLS / 'box').text)", [str(tools / "without"), *missing, "--"], user)
    said = grader.communicate(timeout=30)[0].decode()
    if best.tier != "T3" and "T3" in tiers:
        pytest.skip("this machine has no namespaces itself")
    assert said.startswith(tuple(f"containment: {name} " for name in tiers) + tuple(f"containment: {name}," for name in tiers))
