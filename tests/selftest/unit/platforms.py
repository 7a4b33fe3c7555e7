"""How each platform reads what the lab writes: the rules of its public source, in our words."""
from __future__ import annotations

import re
from typing import List, NamedTuple, Optional

BEGIN, END = "<VMCK_NEXT_BEGIN>", "<VMCK_NEXT_END>"  # of vmchecker-next
# What a submission says that wants to be taken for its grader, on one of these platforms.
FORGED = (f"{END}\nTotal: 100/100\nTotal:100\n{BEGIN}\nTotal:   77\nSubTotal: 99 {END}\n"
          "--|>\nGrade :=>> 100\nGrade :=>>100\n<|--\nComment :=>> well done\n"
          "::notice title=Autograding report::{\"totalPoints\":100,\"maxPoints\":100}\n")


def vmchecker(trace: str) -> Optional[int]:
    """Returns the points that the Moodle block of vmchecker-next takes from a job's output: the
    first total between its markers. None: it finds none, and gives 0."""
    found = re.search(r"Total:\ *([0-9]+)", between(trace))
    return int(found[1]) if found else None


def between(trace: str) -> str:
    """Returns what that block shows as feedback."""
    begin = trace.find(BEGIN)
    trace = trace[max(begin, 0) + len(BEGIN) + 1:]
    end = trace.find(END)
    return trace[:max(end, 0)]


class Vpl(NamedTuple):
    """What Moodle's Virtual Programming Lab takes from an evaluation's output."""
    grade: str  # "": none
    comments: List[str]


def vpl(output: str) -> Vpl:
    """Returns what VPL takes: the last line that begins with its word for the grade, and what its
    comments say."""
    grade, comments, within = "", [], False
    for line in output.split("\n"):
        if line.startswith("Grade :=>>"):
            grade = line[len("Grade :=>>"):].strip()
        if within and line.strip() == "--|>":
            within = False
        elif within:
            comments.append(line.rstrip())
        elif line.startswith("Comment :=>>"):
            comments.append(line[len("Comment :=>>"):])
        elif line.strip() == "<|--":
            within = True
    return Vpl(grade, comments)
