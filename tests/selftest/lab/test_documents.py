"""The documents name commands, options and files that there are."""
from __future__ import annotations

import functools
import re
import sys
from pathlib import Path
from typing import List, Set

import pytest

from selftest.process import LAB, run

DOCUMENTS = sorted(str(path.relative_to(LAB)) for folder in (LAB, LAB / "solution", LAB / "tests")
                   for path in folder.glob("*.md"))
CODE = re.compile(r"`([^`\n]+)`|^(?: {4}|\t)(.*)$", re.MULTILINE)
OPTION = re.compile(r"(?<!\S)(?:--?[a-z][a-z-]*)")
PATH = re.compile(r"(?<![\w/.*-])(?:support|solution|tests)/[\w./-]*\w(?![\w*{])")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def code(document: str) -> List[str]:
    """Returns what stands in back quotes or in blocks of code, the blocks by lines."""
    text = (LAB / document).read_text()
    fenced = re.findall(r"^```.*\n((?:.*\n)*?)```", text, re.MULTILINE)
    found = [inline or line for inline, line in CODE.findall(text)]
    return found + [line for block in fenced for line in block.splitlines()]


@pytest.fixture(scope="module")
def targets() -> Set[str]:
    """The targets of the three Makefiles that a document may name."""
    text = "".join((LAB / folder / "Makefile").read_text()
                   for folder in (".", "support", "solution"))
    return set(re.findall(r"^([a-z_][a-z_.-]*):", text, re.MULTILINE)) | {
        "server", "mp_server", "mt_server", "all"}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_make_target_is_there(document: str, targets: Set[str]) -> None:
    named = {target for line in code(document)
             for target in re.findall(r"(?:^|[$;] )make ((?:[a-z_-]+(?= |$|;))+)", line)}
    assert named - targets == set()


@functools.lru_cache(maxsize=None)
def options(*command: str) -> Set[str]:
    """Returns the options that a command's --help names."""
    done = run(*command, "--help", cwd=LAB)
    assert done.returncode == 0, done.stderr
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", done.stdout))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_option_of_the_checker_is_there(document: str) -> None:
    known = (options("./checker.sh") | options("./checker.sh", "--class")
             | {"--selftest", "--whole"})
    named = {option for line in code(document)
             for words in re.findall(r"checker\.sh ([^|;&>#]*)", line)
             if "--selftest" not in words for option in OPTION.findall(words)}
    assert named - known == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_option_of_the_bench_is_there(document: str) -> None:
    known = options(sys.executable, "-E", "-B", "tests", "bench")
    named = {option for line in code(document)
             for words in re.findall(r"make bench ARGS=(\S+|'[^']*')", line)
             for option in OPTION.findall(words.strip("'"))}
    assert named - known == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_file_and_link_is_there(document: str) -> None:
    named = {path for line in code(document) for path in PATH.findall(line)}
    made = {"server", "mp_server", "mt_server"}  # by make
    missing = {path for path in named if not (LAB / path).exists() and Path(path).name not in made}
    links = LINK.findall((LAB / document).read_text())
    assert missing == set()
    assert [link for link in links if not ((LAB / document).parent / link).exists()] == []
