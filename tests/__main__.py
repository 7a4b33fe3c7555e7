"""The lab's commands: `python3 -E -B tests grade|bench ...` (checker.sh and the Makefile know where
to find a Python that has what they need)."""
import sys
from functools import partial
from typing import List

from console import EXIT_COULD_NOT, run_command
from grading import NAME


def main(words: List[str]) -> int:
    """Runs one of the commands; returns the exit status."""
    command, rest = (words or [""])[0], words[1:]
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
