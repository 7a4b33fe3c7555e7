"""What is kept of the programs that run in boxes, to find out later why a check failed."""
import os
import shlex
from pathlib import Path
from typing import Mapping, NamedTuple, Sequence


class Journal(NamedTuple):
    """A folder in which each program that is started leaves two files, NAME-N.command and, when its
    box is closed, NAME-N.output: N counts the starts of programs of that name."""
    folder: Path
    programs: Path  # where they lie while they run: the commands call this folder "programs"

    def started(self, command: Sequence[str], box: Sequence[str],
                environment: Mapping[str, str]) -> Path:
        """Notes a start. Returns the path of the entry, without its ending."""
        self.folder.mkdir(parents=True, exist_ok=True)
        variables = [f"{name}={value}" for name, value in environment.items()]
        plain = shlex.join(["env", "-i", *variables, *command])
        text = f"{plain}\n\n# In the box:\n# {shlex.join(['env', '-i', *variables, *box])}\n"
        entry = self._new_entry(Path(command[0]).name)
        entry.with_suffix(".command").write_text(text.replace(str(self.programs), "programs"))
        return entry

    def _new_entry(self, name: str) -> Path:
        """Several processes may write into the folder at the same time."""
        number = 1
        while True:
            entry = self.folder / f"{name}-{number}"
            try:
                os.close(os.open(f"{entry}.command", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
                return entry
            except FileExistsError:
                number += 1
