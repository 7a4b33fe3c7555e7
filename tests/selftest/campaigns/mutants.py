"""Changes the reference servers mechanically, one statement at a time, and lets the checker look
for the change: a mutant that keeps all points is either equivalent to the reference, with a reason
in EQUIVALENT, or shows a hole in the checks. `make mutants` calls this.

Three changes: `delete` a statement, `swap` it with the next one of its block, `negate` or `always`
take a condition."""
from __future__ import annotations

import argparse
import itertools
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Counter as Count, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from grading.build import SERVERS
from grading.outcome import FAILED, PASSED
from selftest import corpus
from selftest.process import LAB

SOLUTION = LAB / "solution"
STATEMENT = re.compile(r"\t+(?!for|while|if|return NULL)[^#/*\s{}].*;(\s*/\*.*\*/)?$")
COMMENT = re.compile(r"\s*(/\*| \*)")
CONDITION = re.compile(r"^(\t+if )\((.*)\)( \{)?$")
COMPILER = "the compiler"

# Why a mutant may keep all points: by server, change and the statement's text.
NEVER_FAILS = "the call cannot fail here, and nothing makes it"
MESSAGE = "a message for whoever runs the server; no client sees it"
INDEPENDENT = "the two do not depend on each other"
WARNX = 'warnx("pthread_create: %s: a client is dropped", strerror(error));'
EQUIVALENT: Dict[Tuple[str, str, str], str] = {
    ("mp_server", "swap", "int saved_errno = errno;"): INDEPENDENT,
    ("mp_server", "delete", "(void)signo;"): "only silences a warning",
    ("mp_server", "delete", "errno = saved_errno;"):
        "the handler interrupts nothing that looks at errno: accept(2) is restarted",
    ("mp_server", "delete", 'err(EXIT_FAILURE, "sigaction");'): NEVER_FAILS,
    ("mp_server", "delete", 'warn("fork: a client is dropped");'): MESSAGE,
    ("mp_server", "swap", 'warn("fork: a client is dropped");'): MESSAGE,
    ("mt_server", "swap", "int connfd = tcp_accept(listenfd);"): INDEPENDENT,
    ("mt_server", "swap", "int error = ENOSYS;"): INDEPENDENT,
    ("mt_server", "swap", WARNX): MESSAGE,
    ("mt_server", "delete", 'err(EXIT_FAILURE, "pthread_attr_init");'): NEVER_FAILS,
    ("mt_server", "delete", 'err(EXIT_FAILURE, "pthread_attr_setdetachstate");'): NEVER_FAILS,
    ("mt_server", "delete", WARNX): MESSAGE,
}


class Mutant(NamedTuple):
    """A reference server with one change; `line` and `text` are those of the changed statement."""
    server: str
    change: str
    line: int
    text: str
    source: str

    @property
    def reason(self) -> str:
        """Why it is equivalent to the reference; empty if nobody has said so."""
        return EQUIVALENT.get((self.server, self.change, self.text), "")


def mutants(server: str, source: str) -> Iterator[Mutant]:
    """Yields every mutant of one server's source."""
    lines = source.splitlines()

    def mutant(change: str, at: int, replacement: List[str], width: int = 1) -> Mutant:
        changed = lines[:at] + replacement + lines[at + width:]
        text = re.sub(r"\s*/\*.*\*/", "", lines[at]).strip()
        return Mutant(server, change, at + 1, text, "\n".join(changed) + "\n")

    for at, line in enumerate(lines):
        if line.strip() == ";":  # the body of the loop above
            yield mutant("delete", at - 1, [], width=2)
        elif STATEMENT.match(line):
            yield mutant("delete", at, [_indent(line) + ";"])
            after = following(lines, at)
            if after:
                swapped = [lines[after], *lines[at + 1:after], line]
                yield mutant("swap", at, swapped, len(swapped))
        condition = CONDITION.match(line)
        if condition:
            head, test, tail = condition[1], condition[2], condition[3] or ""
            yield mutant("negate", at, [f"{head}(!({test})){tail}"])
            yield mutant("always", at, [f"{head}(({test}) || 1){tail}"])


def _indent(line: str) -> str:
    return line[:len(line) - len(line.lstrip("\t"))]


def following(lines: Sequence[str], at: int) -> int:
    """Returns the number of the line with the next statement of the same block; 0 if the block
    ends before, or goes on with something else."""
    for after in range(at + 1, len(lines)):
        line = lines[after]
        if line.strip() and not COMMENT.match(line):
            same_block = _indent(line) == _indent(lines[at])
            return after if same_block and STATEMENT.match(line) else 0
    return 0


def killers(mutant: Mutant) -> str:
    """Returns which checks killed the mutant; empty if it keeps all points."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        path = Path(folder) / f"{mutant.server}.c"
        path.write_text(mutant.source)
        grade = corpus.grade(path, mutant.server)
    if "does not compile" in "".join(grade.output.values()):
        return COMPILER
    found = []
    for id, status in grade.status.items():
        if status == FAILED and "not graded" not in grade.output[id]:
            found.append(id)
        elif status not in (FAILED, PASSED):
            found.append(f"{id} (inconclusive)")
    return ", ".join(found)


def verdict(mutant: Mutant, by: str) -> Tuple[str, str]:
    """Returns the kind of a verdict, and its words in the table."""
    if by == COMPILER:
        return "compiler", by
    if by:
        return "killed", by
    if mutant.reason:
        return "equivalent", f"equivalent: {mutant.reason}"
    return "survives", "**survives**"


def table(servers: Sequence[str], limit: int) -> Tuple[List[str], int]:
    """Grades the mutants of the servers, at most `limit` of each. Returns a table in Markdown, and
    how many survive without a reason."""
    rows: List[str] = []
    count: Count[str] = Counter()
    for server in servers:
        source = (SOLUTION / f"{server}.c").read_text()
        for mutant in itertools.islice(mutants(server, source), limit):
            kind, words = verdict(mutant, killers(mutant))
            count[kind] += 1
            rows.append(f"| {server} | {mutant.line} | {mutant.change} | `{mutant.text}` | "
                        f"{words} |")
            print(rows[-1], file=sys.stderr, flush=True)
    killed, survive = count["killed"], count["survives"]
    score = (f"{killed} of {killed + survive} mutants that compile and are not equivalent are "
             f"killed; {count['equivalent']} are equivalent, {count['compiler']} do not compile.")
    return [score, "", "| server | line | change | statement | killed by |",
            "|---|---|---|---|---|", *rows], survive


def main() -> int:
    """Does what the command line says; returns 1 if a mutant survives without a reason, else 0."""
    parser = argparse.ArgumentParser(prog="make mutants", description="Changes the reference "
                                     "servers a statement at a time, and grades each change.")
    parser.add_argument("--server", action="append", choices=SERVERS, help="only this server")
    parser.add_argument("--limit", type=int, default=1 << 20,
                        help="of each server, only so many mutants")
    args = parser.parse_args()
    text, survivors = table(args.server or SERVERS, args.limit)
    print("\n".join(text))
    return int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main())
