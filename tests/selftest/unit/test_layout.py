"""The layout that the lab keeps to, in all its C and Python but the corpus: lines of at most 100
columns, files of at most 300 lines, functions that fit on a screen. What others call has a
docstring; tests have a name instead."""
from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterator, List, Tuple, Union

from selftest.copies import files_of_lab
from selftest.process import LAB

SELFTEST = Path("tests/selftest")
CORPUS = SELFTEST / "submissions"
COLUMNS, TAB = 100, 8
FILE_LINES = 300
C_LINES = 25  # of code: blank lines, comments and the outer braces do not count
PYTHON_LINES = 30  # all, from `def` on
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
C_FUNCTION = re.compile(r"^(.+)\n\{\n((?:[^}\n].*\n|\n)*)\}$", re.MULTILINE)


def sources(*suffixes: str) -> Iterator[Tuple[Path, str]]:
    """Yields the path and text of each file of the lab with one of the suffixes."""
    for path in files_of_lab():
        if path.suffix in suffixes and CORPUS not in path.parents:
            yield path, (LAB / path).read_text()


def c_functions(text: str) -> List[Tuple[str, int]]:
    """Returns the last line of each C function's head, and its lines of code."""
    found = []
    for match in C_FUNCTION.finditer(text):
        code = COMMENT.sub("", match[2])
        found.append((match[1], sum(bool(line.strip()) for line in code.splitlines())))
    return found


def python_functions(text: str) -> List[Tuple[str, int]]:
    """Returns the name of each Python function, and its lines."""
    return [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def undocumented(node: Union[ast.Module, ast.ClassDef]) -> Iterator[str]:
    """Yields the name of each public class, function and method without a docstring. What is
    defined in a function is not public."""
    for inner in node.body:
        if not isinstance(inner, (ast.ClassDef, ast.FunctionDef)) or inner.name.startswith("_"):
            continue
        if not ast.get_docstring(inner):
            yield inner.name
        if isinstance(inner, ast.ClassDef):
            yield from undocumented(inner)


def test_no_line_is_wider_than_a_hundred_columns() -> None:
    wide = [f"{path}:{number}" for path, text in sources(".c", ".h", ".py")
            for number, line in enumerate(text.splitlines(), start=1)
            if len(line.expandtabs(TAB)) > COLUMNS]
    assert wide == []


def test_no_file_has_more_than_300_lines() -> None:
    assert [str(path) for path, text in sources(".c", ".h", ".py")
            if text.count("\n") > FILE_LINES] == []


def test_no_c_function_has_more_than_25_lines_of_code() -> None:
    for path, text in sources(".c", ".h"):
        found = c_functions(text)
        assert len(found) == text.count("\n{\n"), f"{path}: a function of another layout"
        assert [found for found in found if found[1] > C_LINES] == [], path


def test_no_python_function_has_more_than_30_lines() -> None:
    assert [f"{path}: {name}: {lines}" for path, text in sources(".py")
            for name, lines in python_functions(text) if lines > PYTHON_LINES] == []


def test_public_functions_have_a_docstring() -> None:
    assert [f"{path}: {name}" for path, text in sources(".py")
            if SELFTEST not in path.parents and not path.name.startswith("test_")
            for name in undocumented(ast.parse(text))] == []


def test_undocumented_functions_are_found() -> None:
    methods = "class A:\n  'doc'\n  def f(self):\n    pass\n  def _g(self):\n    pass\n"
    inner = "def h():\n  'doc'\n  def i():\n    pass\ndef _j():\n  pass\n"
    assert list(undocumented(ast.parse(methods + inner))) == ["f"]
    assert list(undocumented(ast.parse("class B:\n  pass\ndef k():\n  pass\n"))) == ["B", "k"]


def test_functions_are_found_and_measured() -> None:
    two = "int f(int a,\n\tint b)\n{\n\t/* b\n\t */\n\n\tg(); /* c */\n\treturn 0;\n}\n"
    none = "static void g(void)\n{\n}\n"
    assert c_functions(two + none) == [("\tint b)", 2), ("static void g(void)", 0)]
    nested = "def f():\n    def g():\n        pass\n    return g\n"
    assert python_functions(nested) == [("f", 4), ("g", 2)]
