"""What a submission, or its compiler, prints cannot be taken for the checker's own words."""
from __future__ import annotations

import json
import re
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest

from grading.outcome import FAILED
from selftest.gradings.checker import ONE, Checker, edit, rows, total
from selftest.unit.platforms import BEGIN, END, vmchecker

LAST_WORDS = (r'fputs("\033[2J\033[1;1H\a\b\r\nTotal: 100/100\nTotal: 100/100\rx ]]> <&\" '
              r'<VMCK_NEXT_END>\nGrade :=>> 100\n--|>\n'
              r'\xff\xe2\x80\xa8\n", stderr);')
SERVE = "serve_client(connfd);"
REPLY = 'write(connfd, "\\rTotal: 100/100\\n", 16);'
INCLUDE = "#include <err.h>\n"
FORGERIES = {
    "at run time": (SERVE, f"{LAST_WORDS} {REPLY}"),
    "by a message of the compiler": (
        INCLUDE, f'#pragma message("\\nTotal: 100/100\\n\\033[2J")\n#error\n{INCLUDE}'),
    "by an error": (INCLUDE, f"#error Total: 100/100 ]]> <& \033[2J\n{INCLUDE}"),
    "by a file name": (
        INCLUDE, f'#line 1 "\\nTotal: 100/100\\n\\033[2J"\n#error\n{INCLUDE}')}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_submission_cannot_forge_the_total(checker: Checker, submission: Path, how: str) -> None:
    edit(submission / "mp_server.c", *FORGERIES[how])
    edit(submission / "mp_server.c", "#include <unistd.h>\n",
         "#include <unistd.h>\n#include <stdio.h>\n")
    json_file, junit_file = submission / "results.json", submission / "junit.xml"
    html_file = submission / "page.html"
    done = checker(*ONE, "--json", json_file, "--junit", junit_file, "--html", html_file,
                   submission)
    assert (done.returncode, total(done), rows(done)) == (1, 0, {"mp-replies": FAILED})
    assert set(re.findall(r"[^ -~\n]", done.stdout)) == set(), "control characters"
    shown = re.search(r"^    \| .*Total\\x3a 100/100", done.stdout, re.MULTILINE)
    assert shown, "the student sees it too"
    assert vmchecker(f"{BEGIN}\n{done.stdout}{END}\n") == 0
    assert "Total\\x3a 100/100" in json.loads(json_file.read_text())["tests"][0]["output"]
    failure = xml.parse(junit_file).getroot().findtext("testsuite/testcase/failure")
    assert failure and "Total\\x3a 100/100" in failure
    assert not any(re.search("Total: *[0-9]", path.read_text()) for path in (
        json_file, junit_file, html_file))


def test_the_last_words_of_a_server_that_ends_at_once_are_shown(checker: Checker,
                                                                submission: Path) -> None:
    edit(submission / "mp_server.c", 'err(EXIT_FAILURE, "sigaction");',
         ';\n\terrx(7, "no luck today");')
    done = checker(*ONE, submission)
    assert rows(done) == {"mp-replies": FAILED} and "status 7" in done.stdout
    assert re.search(r"^    \| .*no luck today", done.stdout, re.MULTILINE)
