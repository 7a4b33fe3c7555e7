"""The lab's commands: `python3 -E -B tests grade|bench ...` (checker.sh and the Makefile know where
to find a Python that has what they need)."""
import sys
from functools import partial
from typing import List

from console import EXIT_COULD_NOT, CommandFailed, run_command
from grading import CLASS, NAME, TESTS


def main(words: List[str]) -> int:
    """Runs one of the commands; returns the exit status."""
    command, rest = (words or [""])[0], words[1:]
    if command == "grade" and rest[:1] == [CLASS]:
        return run_command(NAME, partial(grade_class, rest[1:]))
    if command == "grade":
        from grading import cli as grade
        return run_command(NAME, partial(grade.main, rest))
    if command == "bench":
        from bench import cli as bench
        return run_command("bench", partial(bench.main, rest))
    if command == "selftest":
        from grading import run_selftest
        return run_command(NAME, partial(run_selftest.run, rest))
    print("usage: python3 -E -B tests grade|bench|selftest ...", file=sys.stderr)
    return EXIT_COULD_NOT


def grade_class(words: List[str]) -> int:
    """Grades a class; returns the exit status. Raises CommandFailed in a handout."""
    if not (TESTS / "classroom").is_dir():
        raise CommandFailed(f"{CLASS}: this is a handout, which grades one folder at a time")
    from classroom import cli
    return cli.main(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
