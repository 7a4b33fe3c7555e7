"""What a grading looks like: rows and a total on the terminal, results.json (Gradescope's shape), junit.xml (xunit1).

Whatever a stranger's program printed is escaped before it goes anywhere, and indented on the terminal."""
import json
import os
import sys
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import Dict, List, TextIO

from checker.catalogue import BY_ID, Check
from checker.outcome import FAILED, INCONCLUSIVE, PASSED, Outcome

STATUS_END = 34  # the column in which a row's status ends
OUTPUT_LINES, OUTPUT_COLUMNS, MESSAGE_COLUMNS = 12, 160, 500
COLOURS = {PASSED: "32", FAILED: "31", INCONCLUSIVE: "33"}


def score(outcome: Outcome) -> int:
    return BY_ID[outcome.id].points if outcome.status == PASSED else 0


def escaped(text: str, columns: int = OUTPUT_COLUMNS) -> List[str]:
    """Returns the last lines of a text that a stranger may have a part in, cut to so many columns, every character that
    is not printable ASCII written out."""
    lines = ["".join(char if " " <= char <= "~" else "    " if char == "\t" else repr(char)[1:-1] for char in line)
             for line in text.replace("\r\n", "\n").rstrip("\n").split("\n")]
    return [line[:columns] for line in lines[-OUTPUT_LINES:]] if text.strip() else []


def message(outcome: Outcome) -> List[str]:
    """Returns what is told about an outcome, a line each: the message, then the stranger's output behind bars."""
    return [line for text in outcome.lines for line in escaped(text, MESSAGE_COLUMNS)] + ["| " + line for line in escaped(outcome.output)]


class Terminal:
    """Prints rows as outcomes come in, and the total last."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._interactive = stream.isatty()
        self._coloured = self._interactive and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

    def began(self, check: Check) -> None:
        """Shows on a terminal what is going on; the row replaces it."""
        if self._interactive:
            self._stream.write(f"\r\x1b[K{check.id}: {check.title} ...")
            self._stream.flush()

    def clear(self) -> None:
        if self._interactive:
            self._stream.write("\r\x1b[K")

    def row(self, outcome: Outcome) -> None:
        self.clear()
        dots = "." * (STATUS_END - len(outcome.id) - len(outcome.status) - 2)
        status = outcome.status
        if self._coloured:
            status = f"\x1b[{COLOURS[status]}m{status}\x1b[0m"
        print(f"{outcome.id} {dots} {status} ... {score(outcome):2d}", file=self._stream)
        for line in message(outcome):
            print(f"    {line}", file=self._stream)
        self._stream.flush()

    def say(self, line: str) -> None:
        self.clear()
        print(line, file=self._stream, flush=True)


def write_json(path: Path, outcomes: List[Outcome], seconds: float, note: str) -> None:
    """Writes results.json: gradescope-autograders, "Output format"."""
    tests: List[Dict[str, object]] = [
        {"name": outcome.id, "score": score(outcome), "max_score": BY_ID[outcome.id].points, "status": outcome.status,
         "output": "\n".join(message(outcome))} for outcome in outcomes]
    document = {"score": sum(map(score, outcomes)), "execution_time": round(seconds, 1), "output": note, "tests": tests}
    _replace(path, json.dumps(document, indent=2) + "\n")


def write_junit(path: Path, outcomes: List[Outcome], seconds: float) -> None:
    """Writes junit.xml in the xunit1 form: https://llg.cubic.org/docs/junit/."""
    failed = sum(outcome.status == FAILED for outcome in outcomes)
    skipped = sum(outcome.status == INCONCLUSIVE for outcome in outcomes)
    suites = xml.Element("testsuites")
    suite = xml.SubElement(suites, "testsuite", name="checker", tests=str(len(outcomes)), failures=str(failed),
                           errors="0", skipped=str(skipped), time=f"{seconds:.1f}")
    for outcome in outcomes:
        case = xml.SubElement(suite, "testcase", classname=BY_ID[outcome.id].server, name=outcome.id,
                              time=f"{outcome.seconds:.3f}")
        text = "\n".join(message(outcome))
        if outcome.status == FAILED:
            xml.SubElement(case, "failure", message=outcome.lines[0] if outcome.lines else "").text = text
        elif outcome.status == INCONCLUSIVE:
            xml.SubElement(case, "skipped", message="inconclusive").text = text
    _replace(path, '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(suites, encoding="unicode") + "\n")


def new_name(path: Path) -> Path:
    """Returns the name of a file until it is whole."""
    return path.with_name(path.name + ".new")


def _replace(path: Path, text: str) -> None:
    """Writes a file whole or not at all; what is no file, as a pipe, is written as it stands."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        new_name(path).write_text(text, encoding="utf-8")
        new_name(path).replace(path)
    except OSError as error:
        print(f"checker: {path} cannot be written: {error.strerror}", file=sys.stderr)
