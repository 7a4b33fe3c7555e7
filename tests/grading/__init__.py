"""The way of a submission: from a folder to rows, a total and result files.

    cli.py           the command line
    options.py       what it can ask for
    supervisor.py    starts the grading process, ends everything, and writes what came out
    ipc.py           processes of the grader's own, and the messages between them
    grader.py        the grading process: a build, then a pytest for each server
    build.py         compiles a submission in the sandbox
    tools.py         compiles the lab's own files
    outcome.py       how a check can end
    message.py       what is shown below a check's row
    report.py        the rows, in order
    results.py       results.json, junit.xml
    html.py          what pages have in common: frame, style (page.css), escaping, sources
    told.py          a message in its parts, for a page
    page.py          the page of one grading
    keeping.py       what --keep keeps
    watch.py         grades again whenever a file changes
    run_selftest.py  runs the lab's tests of itself
    runner.py        pytest, as the lab wants it
"""
from pathlib import Path

NAME = "checker.sh"  # of the command, as its messages have it
CLASS = "--class"  # its first word, where it is to grade a class: classroom/
TESTS = Path(__file__).resolve().parent.parent
SUPPORT = TESTS.parent / "support"
