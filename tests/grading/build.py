"""Compiles a submission: its one file of each server, and the lab's own copies of everything else, in a new folder.

A stranger's C file can read while it is compiled (#include, .incbin), fill the disk or the memory, and never end. So each
of the two is compiled and linked in a box, in a folder of its own, which is all that it can write; it can read only that
and the system's headers and libraries, not the other one, the solutions or the tests. The folder holds copies of the
lab's objects, which a compiler or linker gone mad could change: that would change one program of the submission, as its
own source could, and nothing else. Out of the folder comes one regular file, of bounded size, and the rest is deleted.
"""
import concurrent.futures
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Dict, Optional, Sequence

from checker import containment
from checker.box import BoxFailed, run

LAB = Path(__file__).resolve().parents[2]
SUPPORT = LAB / "support"
GIVEN = ("server.h", "main.c", "tcp.c", "fibonacci.c", "server.c", "Makefile")
OBJECTS = ("main.o", "tcp.o", "fibonacci.o")
SERVERS = ("mp_server", "mt_server")
SOURCE_LIMIT = 1 << 20  # bytes of one file of a submission
COMPILE_SECONDS = 20
COMPILE_LIMITS = {"as": 3 << 30, "fsize": 1 << 26, "memory": 3 << 29}
PROGRAM_LIMIT = 1 << 26  # bytes of what comes out
COMPILE_PATH = "/usr/local/bin:/usr/bin:/bin"


class CannotGrade(Exception):
    """Grading cannot even begin; the text is one line that says what to do."""


class Build:
    """A folder with a submission's servers in it, as far as they compile. Use it in a `with` block, or call close()."""

    def __init__(self, submission: Path, required_tier: str = containment.TIERS[0]) -> None:
        """Compiles the submission; raises CannotGrade, before anything of it is looked at, where the machine does not allow
        a tier of containment as good as the required one."""
        if not submission.is_dir():
            raise CannotGrade(f"{submission}: no such folder; name one that holds mp_server.c and mt_server.c")
        if not any((submission / f"{server}.c").exists() for server in SERVERS):
            raise CannotGrade(f"{submission}: holds neither mp_server.c nor mt_server.c; name the folder that does")
        if not shutil.which("make") or not shutil.which("cc"):
            raise CannotGrade("a C compiler and make are needed; on Debian or Ubuntu: apt-get install build-essential")
        self.errors: Dict[str, str] = {}  # by server: why there is none
        self._folder = tempfile.TemporaryDirectory(prefix="lab-")
        self.folder = Path(self._folder.name)
        self.folder.chmod(0o755)  # a user of their own runs what is built here
        try:
            self._build(submission, required_tier)
        except BaseException:
            self.close()
            raise

    def _build(self, submission: Path, required_tier: str) -> None:
        for name in GIVEN:
            shutil.copyfile(SUPPORT / name, self.folder / name)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            own = pool.submit(self._make, "server")
            tools = [pool.submit(self.tool, "box", "-o", "box"), pool.submit(self.tool, "canary", "-o", "canary"),
                     pool.submit(self.tool, "probe", "-fPIC", "-shared", "-pthread", "-ldl", "-o", "probe.so")]
        self.launcher, _, self.probe = (tool.result() for tool in tools)
        try:
            self.containment = containment.establish(self.launcher)
        except (BoxFailed, ValueError) as error:
            raise CannotGrade(str(error)) from None
        if not containment.at_least(self.containment, required_tier):
            why = "; ".join(self.containment.fallen) or "a better one was not looked for"
            raise CannotGrade(f"--require-contained={required_tier}: this machine offers {self.containment.tier} only: {why}")
        if own.result() is not None:
            raise CannotGrade(f"the lab's own files do not compile here: {(own.result() or 'make').splitlines()[-1]}")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            problems = pool.map(lambda server: take(submission / f"{server}.c", self.folder / f"{server}.c") or
                                self._compile(server, self.folder, OBJECTS), SERVERS)
        self.errors.update((server, problem) for server, problem in zip(SERVERS, problems) if problem is not None)

    def _compile(self, program: str, target: Path, objects: Sequence[str] = (), *words: str) -> Optional[str]:
        """Compiles and links one program in a box, with the lab's objects if there are some, and puts it in the target
        folder. Returns what went wrong, in the words of the compiler, or None."""
        work = self.folder / f"{program}.build"
        work.mkdir()
        try:
            for name in (*GIVEN, f"{program}.c", *objects):  # the objects last: for make, they must not be older
                shutil.copyfile(self.folder / name, work / name)
            done = run(self.launcher, [str(shutil.which("make")), "-s", *words, program], folder=work, writable=work,
                       seconds=COMPILE_SECONDS, limits=COMPILE_LIMITS,
                       environment={"PATH": COMPILE_PATH, "LC_ALL": "C", "TMPDIR": str(work)})
            said = done.output.decode(errors="backslashreplace")
            error = take(work / program, target / program, PROGRAM_LIMIT) if done.status == 0 else said
            if error is None:
                (target / program).chmod(0o755)
            return f"{said}\nthe compiler was stopped: {done.reason}" if done.reason else error
        finally:
            shutil.rmtree(work)

    def _make(self, *words: str) -> Optional[str]:
        """Returns what was printed if make failed, else None."""
        try:
            done = subprocess.run(["make", "-s", *words], cwd=self.folder, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=COMPILE_SECONDS,
                                  env=own_environment())
        except subprocess.TimeoutExpired:
            return f"the compiler was still busy after {COMPILE_SECONDS} s"
        return done.stdout.decode(errors="backslashreplace") if done.returncode else None

    def variant(self, name: str, flags: str, programs: Sequence[str]) -> Optional[Dict[str, Path]]:
        """Compiles some programs once more, with other flags, in a folder of that name. Returns their paths, or None."""
        folder = self.folder / name
        folder.mkdir()
        for program in programs:
            if self._compile(program, folder, (), f"SERVERS={program}", f"CFLAGS={flags}") is not None:
                return None
        return {program: folder / program for program in programs}

    def tool(self, name: str, *flags: str) -> Path:
        """Compiles one of the checker's own C files into the folder, and returns the path of what comes out. Not optimised:
        compiling takes longer than all that they do."""
        source = Path(__file__).with_name(name + ".c")
        output = self.folder / flags[flags.index("-o") + 1]
        done = subprocess.run(["cc", "-std=gnu17", "-O0", "-Wall", str(source), *flags], cwd=self.folder, env=own_environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise CannotGrade(f"{source.name} does not compile here: {done.stdout.decode(errors='replace').strip()}")
        return output

    def program(self, server: str) -> Path:
        return self.folder / server

    def __enter__(self) -> "Build":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._folder.cleanup()


def own_environment() -> Dict[str, str]:
    """Returns what of the environment reaches the compiler of the lab's own files."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def take(source: Path, target: Path, limit: int = SOURCE_LIMIT) -> Optional[str]:
    """Copies one file of a submission, if it is a regular file of a sane size. Returns what is wrong with it, or None."""
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return f"there is no {source.name} in the folder"
    except OSError as error:
        return f"{source.name} cannot be read: {error.strerror}"
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return f"{source.name} is not a regular file"
    with open(descriptor, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        return f"{source.name} is larger than {limit >> 10} KiB"
    target.write_bytes(content)
    return None
