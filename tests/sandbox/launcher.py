"""Compiles the box, and the canary that tries it out."""
import concurrent.futures
import os
import subprocess
from pathlib import Path
from typing import Dict, Sequence

from sandbox import BoxFailed

HERE = Path(__file__).resolve().parent
SOURCES = ("box.c", "control.c", "family.c", "injection.c", "ipc.c", "landlock.c", "listener.c",
           "mounts.c", "namespaces.c", "privileges.c", "proc.c", "refusals.c", "requests.c",
           "rlimits.c", "root_directory.c", "seccomp.c", "seccomp_rules.c", "settings.c",
           "start.c")
CANARY = ("canary.c",)


def own_environment() -> Dict[str, str]:
    """Returns what of the environment reaches the compiler of the lab's own files."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def compile_tool(output: Path, sources: Sequence[Path], *flags: str) -> Path:
    """Compiles some of the lab's own C files into one program or library, and returns its path.
    Not optimised: compiling takes longer than all that they do. Raises BoxFailed, with what the
    compiler said, if that fails."""
    return _compile(output, [*map(str, sources), *flags], sources[0].name)


def compile_as_one(output: Path, sources: Sequence[Path], *flags: str) -> Path:
    """Does the same for files of one folder that share no names, as if they were a single file:
    many small ones take six times as long. Raises BoxFailed."""
    text = "".join(f'#include "{source.name}"\n' for source in sources)
    words = ["-iquote", str(sources[0].parent), "-x", "c", "-", *flags]
    return _compile(output, words, sources[0].name, text)


def _compile(output: Path, words: Sequence[str], name: str, text: str = "") -> Path:
    command = ["cc", "-std=gnu17", "-O0", "-Wall", *words, "-o", str(output)]
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=own_environment())
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip()
        raise BoxFailed(f"{name} does not compile here: {said}")
    return output


def compile_launcher(folder: Path) -> Path:
    """Compiles the box and the canary into a folder, and returns the path of the box. Raises
    BoxFailed if they do not compile."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        canary = pool.submit(compile_tool, folder / "canary", [HERE / name for name in CANARY])
        box = pool.submit(compile_as_one, folder / "box", [HERE / name for name in SOURCES])
    canary.result()
    return box.result()
