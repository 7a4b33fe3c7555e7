"""Compiles a submission: its one file of each server, and the lab's own copies of everything else.

A stranger's C file can read while it is compiled (#include, .incbin), fill the disk or the memory,
and never end. So each of the two is compiled and linked in the sandbox, in a folder of its own,
which is all that it can write to; it can read only that and the system's headers and libraries, not
the other file, the solution or the tests. The folder holds copies of the lab's objects, which a
compiler or linker that has been made to misbehave could change: that would change one program of
the submission, as its own source could, and nothing else. Out of the folder comes one regular file,
of bounded size, and the rest is deleted.
"""
from __future__ import annotations

import concurrent.futures
import copy
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Dict, NamedTuple, Optional, Sequence, Set, Tuple

from console import CommandFailed
from grading import TESTS
from grading.tools import GIVEN, OBJECTS, PROBE, put_tools
from sandbox import BoxFailed, tiers
from sandbox.box import OVER
from sandbox.journal import Journal
from sandbox.sandbox import Sandbox

SERVERS = ("mp_server", "mt_server")
SOURCE_LIMIT = 1 << 20  # bytes of one file of a submission
PROGRAM_LIMIT = 1 << 26  # bytes of what is compiled from it
# Seconds of CPU for one program of the compiler's. Less, and a slow machine compiles nothing; more,
# and what never ends takes longer.
COMPILE_SECONDS = 20
# Seconds on the clock until the machine is to blame. Less, and a busy machine makes more gradings
# inconclusive; more, and it takes longer to say so.
COMPILE_PATIENCE = 120
COMPILE_LIMITS = {"as": 3 << 30, "fsize": 1 << 26, "memory": 3 << 29}
COMPILE_PATH = "/usr/local/bin:/usr/bin:/bin"
SANITIZED = "sanitized"  # the folder, in the build's, of what is compiled with a sanitizer
SANITIZED_MAKEFILE = TESTS / "grading" / "sanitized.mk"
SANITIZED_WITH = [TESTS / "checks" / name for name in ("c11_threads.c", "tsan_options.c")]
PROGRAMS = "programs"  # by this name, journal.py's commands call the build's folder


class Target(NamedTuple):
    """A program that is to be made, and how."""
    program: str
    folder: Path  # where it is put
    objects: Sequence[str] = ()  # of the lab's, which are not compiled anew
    words: Sequence[str] = ()  # for make, instead of the program's name
    files: Sequence[Path] = ()  # what is needed beside the lab's and the program's own


class Build:
    """A folder with a submission's servers in it, those that compile, and the sandbox that they run
    in. Use it in a `with` block, or call close()."""

    def __init__(self, submission: Path, required_tier: str = tiers.TIERS[0],
                 keep: Optional[Path] = None, temporary: Optional[Path] = None) -> None:
        """Compiles the submission. `keep` is a folder for records of all programs that are run;
        `temporary` is where the build's folder is made, by default where the system says. Raises
        CommandFailed, before it looks at anything of the submission, where the machine does not
        allow a tier of containment as good as the required one."""
        _require_sources(submission)
        self.errors: Dict[str, str] = {}  # by server: why there is none
        self.starved: Set[str] = set()  # those of them that the machine left no time to compile
        self._keep = keep
        self._folder = tempfile.TemporaryDirectory(prefix="lab-", dir=temporary)
        self.folder = Path(self._folder.name)
        self.folder.chmod(0o755)  # what is built here runs as another user
        try:
            put_tools(self.folder)
            self.probe = self.folder / PROBE
            self.sandbox = _established(self.folder, required_tier, temporary)
            self._compile_all(submission)
        except BoxFailed as error:
            self.close()
            raise CommandFailed(str(error)) from None
        except BaseException:
            self.close()
            raise

    def _compile_all(self, submission: Path) -> None:
        def compiled(server: str) -> Optional[str]:
            source = f"{server}.c"
            problem = copy_regular_file(submission / source, self.folder / source)
            return problem or self._compile(Target(server, self.folder, OBJECTS))

        with concurrent.futures.ThreadPoolExecutor() as pool:
            for server, problem in zip(SERVERS, pool.map(compiled, SERVERS)):
                if problem is not None:
                    self.errors[server] = problem
        self._keep_programs(self.folder)

    def _compile(self, target: Target) -> Optional[str]:
        """Makes a program in the sandbox. Returns what went wrong, in the words of the compiler, or
        None."""
        work = self.folder / f"{target.folder.name}-{target.program}.build"
        work.mkdir()
        try:
            # The objects come last: for make, they must not be older than their sources.
            for name in (*GIVEN, f"{target.program}.c", *target.objects):
                shutil.copyfile(self.folder / name, work / name)
            for path in target.files:
                shutil.copyfile(path, work / path.name)
            return self._make(target, work)
        finally:
            shutil.rmtree(work)

    def _make(self, target: Target, work: Path) -> Optional[str]:
        command = [str(shutil.which("make")), "-s", *(target.words or [target.program])]
        environment = {"PATH": COMPILE_PATH, "LC_ALL": "C", "TMPDIR": str(work)}
        sandbox = self.keeping("compile").sandbox
        done = sandbox.run(command, folder=work, writable=work, environment=environment,
                           seconds=COMPILE_SECONDS,
                           limits={**COMPILE_LIMITS, "wall": COMPILE_PATIENCE})
        said = done.output.decode(errors="backslashreplace")
        if done.reason:
            if done.reason == OVER["wall"]:
                self.starved.add(target.program)
            return f"{said}\nthe compiler was stopped: {done.reason}"
        if done.status != 0:
            return said
        made = target.folder / target.program
        problem = copy_regular_file(work / target.program, made, PROGRAM_LIMIT)
        if problem is None:
            made.chmod(0o755)
        return problem

    def sanitized(self, flags: str, name: str) -> Tuple[Path, str]:
        """Compiles a program once more, with a sanitizer: flags for the compiler. Returns its path,
        and what went wrong, in the words of the compiler, or ""."""
        folder = self.folder / SANITIZED
        folder.mkdir(exist_ok=True)
        words = ["-f", SANITIZED_MAKEFILE.name, f"SANITIZER={flags}", f"{name}.sanitized"]
        target = Target(name, folder, words=words, files=(SANITIZED_MAKEFILE, *SANITIZED_WITH))
        problem = self._compile(target)
        self._keep_programs(folder)
        return folder / name, problem or ""

    def program(self, name: str) -> Path:
        """Returns the path of "server" or of one of the submission's servers."""
        return self.folder / name

    def copied(self, name: str) -> Path:
        """Returns the path of a copy of a program: a file of its own for each server, so that what
        one locks, or leaves behind, is nothing to another that lives beside it."""
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        folder.chmod(0o755)
        copied = Path(shutil.copy(self.program(name), folder))
        self._keep_programs(folder)
        return copied

    def keeping(self, name: str) -> Build:
        """Returns the same build, with records of the programs that are run going into a folder of
        that name; only where records are wanted."""
        if self._keep is None:
            return self
        other = copy.copy(self)
        other.sandbox = self.sandbox.keeping(Journal(self._keep / name, self.folder))
        return other

    def _keep_programs(self, folder: Path) -> None:
        """Copies what was compiled to where the recorded commands look for it."""
        if self._keep is not None:
            target = self._keep / PROGRAMS / folder.relative_to(self.folder)
            target.mkdir(parents=True, exist_ok=True)
            for path in folder.iterdir():
                if path.is_file() and not path.is_symlink():
                    shutil.copy(path, target)

    def __enter__(self) -> Build:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Removes the folder."""
        self._folder.cleanup()


def _require_sources(submission: Path) -> None:
    """Raises CommandFailed if nothing can be compiled."""
    if not submission.is_dir():
        raise CommandFailed(f"{submission}: no such folder; name one that holds mp_server.c and "
                            "mt_server.c")
    if not any((submission / f"{server}.c").exists() for server in SERVERS):
        raise CommandFailed(f"{submission}: holds neither mp_server.c nor mt_server.c; name the "
                            "folder that does")
    if not shutil.which("make") or not shutil.which("cc"):
        raise CommandFailed("a C compiler and make are needed; on Debian or Ubuntu: "
                            "apt-get install build-essential")


def _established(folder: Path, required_tier: str, temporary: Optional[Path]) -> Sandbox:
    """Finds the best tier, by the launcher in the folder; raises CommandFailed if it is not good
    enough."""
    try:
        sandbox = tiers.establish(folder / "box", temporary=temporary)
    except ValueError as error:
        raise CommandFailed(str(error)) from None
    found = sandbox.containment
    if not tiers.at_least(found, required_tier):
        why = "; ".join(found.fallen) or "a better one was not looked for"
        raise CommandFailed(f"--require-contained={required_tier}: this machine offers "
                            f"{found.tier} only: {why}")
    return sandbox


def copy_regular_file(source: Path, target: Path, limit: int = SOURCE_LIMIT) -> Optional[str]:
    """Copies a file that a stranger has made, if read_regular_file() reads it. Returns what is
    wrong with it, or None."""
    content, problem = read_regular_file(source, limit)
    if problem is None:
        target.write_bytes(content)
    return problem


def read_regular_file(source: Path, limit: int = SOURCE_LIMIT) -> Tuple[bytes, Optional[str]]:
    """Returns what a file holds that a stranger has made, if it is a regular one of at most `limit`
    bytes; and what is wrong with it, or None. Never waits for a pipe, never follows a link."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(source, flags)
    except FileNotFoundError:
        return b"", f"there is no {source.name} in the folder"
    except OSError as error:
        return b"", f"{source.name} cannot be read: {error.strerror}"
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return b"", f"{source.name} is not a regular file"
    with open(descriptor, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        return b"", f"{source.name} is larger than {limit >> 10} KiB"
    return content, None
