#!/usr/bin/env python3
"""Changes the reference servers mechanically, one statement at a time, and lets the checker look for the change: a mutant
that keeps all points is either equivalent to the reference, with a reason below, or shows a hole in the checks.

Three changes: `delete` a statement, `swap` it with the next one of its block, `negate` or `always` take a condition."""
import re
import sys
import tempfile
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Tuple

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import corpus  # noqa: E402
from checker.outcome import FAILED, PASSED  # noqa: E402

SOLUTION = corpus.LAB / "solution"
STATEMENT = re.compile(r"\t+(?!for|while|if|return NULL)[^#/*\s{}].*;(\s*/\*.*\*/)?$")
COMMENT = re.compile(r"\s*(/\*| \*)")
CONDITION = re.compile(r"^(\t+if )\((.*)\)( \{)?$")

# Why a mutant may keep all points: by server, change and the statement's text.
NEVER_FAILS = "the call cannot fail here, and nothing makes it"
MESSAGE = "a message for whoever runs the server; no client sees it"
EQUIVALENT: Dict[Tuple[str, str, str], str] = {
    ("mp_server", "swap", "int saved_errno = errno;"): "the two do not depend on each other",
    ("mp_server", "delete", "(void)signo;"): "only silences a warning",
    ("mp_server", "delete", "errno = saved_errno;"): "the handler interrupts nothing that looks at errno: accept(2) is restarted",
    ("mp_server", "delete", 'err(1, "sigaction");'): NEVER_FAILS,
    ("mp_server", "delete", 'warn("fork: a client is dropped");'): MESSAGE,
    ("mp_server", "negate", "if (pid == -1)"): "only who gets the message changes",
    ("mp_server", "always", "if (pid == -1)"): "only who gets the message changes",
    ("mt_server", "swap", "int connfd = tcp_accept(listenfd);"): "the two do not depend on each other",
    ("mt_server", "swap", "int error = ENOSYS;"): "the two do not depend on each other",
    ("mt_server", "swap", 'warnx("pthread_create: %s: a client is dropped", strerror(error));'): MESSAGE,
    ("mt_server", "delete", 'err(1, "pthread_attr_init");'): NEVER_FAILS,
    ("mt_server", "delete", 'err(1, "pthread_attr_setdetachstate");'): NEVER_FAILS,
    ("mt_server", "delete", 'warnx("pthread_create: %s: a client is dropped", strerror(error));'): MESSAGE,
}


class Mutant(NamedTuple):
    server: str
    change: str
    line: int
    text: str
    source: str

    @property
    def reason(self) -> str:
        """Why it is equivalent to the reference; empty if nobody has said so."""
        return EQUIVALENT.get((self.server, self.change, self.text), "")


def mutants(server: str) -> Iterator[Mutant]:
    """Yields every mutant of one reference server."""
    lines = (SOLUTION / f"{server}.c").read_text().splitlines()

    def mutant(change: str, at: int, replacement: List[str], width: int = 1) -> Mutant:
        changed = lines[:at] + replacement + lines[at + width:]
        text = re.sub(r"\s*/\*.*\*/", "", lines[at]).strip()
        return Mutant(server, change, at + 1, text, "\n".join(changed) + "\n")

    for at, line in enumerate(lines):
        indent = len(line) - len(line.lstrip("\t"))
        if line.strip() == ";":  # the body of the loop above
            yield mutant("delete", at - 1, [], width=2)
        elif STATEMENT.match(line):
            yield mutant("delete", at, ["\t" * indent + ";"])
            following = next((n for n in range(at + 1, len(lines)) if lines[n].strip() and not COMMENT.match(lines[n])), at)
            if STATEMENT.match(lines[following]) and lines[following].startswith("\t" * indent) and \
                    not lines[following].startswith("\t" * (indent + 1)):
                yield mutant("swap", at, [lines[following], *lines[at + 1:following], line], following - at + 1)
        condition = CONDITION.match(line)
        if condition:
            yield mutant("negate", at, [f"{condition[1]}(!({condition[2]})){condition[3] or ''}"])
            yield mutant("always", at, [f"{condition[1]}(({condition[2]}) || 1){condition[3] or ''}"])


def verdict(mutant: Mutant) -> str:
    """Returns which checks killed the mutant; empty if it keeps all points."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        path = Path(folder) / f"{mutant.server}.c"
        path.write_text(mutant.source)
        grade = corpus.grade(path, mutant.server)
    if all(status == FAILED for status in grade.status.values()) and "does not compile" in "".join(grade.output.values()):
        return "the compiler"
    failed = [id for id, status in grade.status.items() if status == FAILED and "not graded" not in grade.output[id]]
    undecided = [id for id, status in grade.status.items() if status not in (FAILED, PASSED)]
    return ", ".join(failed + [f"{id} (inconclusive)" for id in undecided])


def table() -> Tuple[List[str], int]:
    """Grades all mutants. Returns a table in Markdown, and how many survive without a reason."""
    rows, killed, equivalent, compiler, holes = [], 0, 0, 0, 0
    for server in ("mp_server", "mt_server"):
        for mutant in mutants(server):
            by = verdict(mutant)
            compiler += by == "the compiler"
            killed += bool(by) and by != "the compiler"
            equivalent += not by and bool(mutant.reason)
            holes += not by and not mutant.reason
            what = by or (f"equivalent: {mutant.reason}" if mutant.reason else "**survives**")
            rows.append(f"| {server} | {mutant.line} | {mutant.change} | `{mutant.text}` | {what} |")
            print(rows[-1], file=sys.stderr, flush=True)
    score = f"{killed} of {killed + holes} mutants that compile and are not equivalent are killed"
    return [f"{score}; {equivalent} are equivalent, {compiler} do not compile.", "",
            "| server | line | change | statement | killed by |", "|---|---|---|---|---|", *rows], holes


if __name__ == "__main__":
    text, survivors = table()
    print("\n".join(text))
    sys.exit(int(survivors > 0))
