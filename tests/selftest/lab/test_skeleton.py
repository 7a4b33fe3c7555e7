"""The skeletons, the program that makes them, and the C files' shape."""
import difflib
import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType
from typing import List, Tuple

import pytest

from conftest import LAB, one_line, run

NAMES = ("mp_server.c", "mt_server.c")
MARKER = re.compile(r"^\s*/\* (?:END )?TODO \d+\b.*$", re.MULTILINE)


@pytest.fixture(scope="module")
def skeleton(checkout: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("skeleton", checkout / "solution" / "skeleton.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_stands_between_markers_is_left_out(skeleton: ModuleType) -> None:
    source = ("int a;\n\t/* TODO 1: one,\n\t * in two lines (see TODO 2). */\n\tsecret();\n\n\t/* more */\n\t/* END TODO 1 */\n"
              "int b;\n/* TODO 2: two */\nsecret();\n/* END TODO 2 */\n")
    assert skeleton.skeleton_of(source) == (
        "int a;\n\t/* TODO 1: one,\n\t * in two lines (see TODO 2). */\n\t/* END TODO 1 */\n"
        "int b;\n/* TODO 2: two */\n/* END TODO 2 */\n")


ONE = "/* TODO 1: x */\nx();\n/* END TODO 1 */\n"
REFUSED = {
    "none at all": ("int a;\n", "no TODO"),
    "an empty file": ("", "no TODO"),
    "unclosed": ("/* TODO 1: x */\nx();\n", "TODO 1 is never closed"),
    "unclosed, then the next": ("/* TODO 1: x */\nx();\n/* TODO 2: x */\nx();\n/* END TODO 2 */\n", "inside TODO 1"),
    "mismatched": ("/* TODO 1: x */\nx();\n/* END TODO 2 */\n", "line 3"),
    "nested": ("/* TODO 1: x */\nx();\n/* TODO 2: y */\ny();\n/* END TODO 2 */\n/* END TODO 1 */\n", "line 3"),
    "from 2": ("/* TODO 2: x */\nx();\n/* END TODO 2 */\n", "line 1"),
    "from 0": ("/* TODO 0: x */\nx();\n/* END TODO 0 */\n", "line 1"),
    "a gap": (ONE + ONE.replace("1", "3"), "line 4"),
    "backwards": (ONE.replace("1", "2") + ONE, "line 1"),
    "twice": (ONE + ONE, "line 4"),
    "empty": ("/* TODO 1: x */\n/* END TODO 1 */\n", "line 2"),
    "empty but for blanks": ("/* TODO 1: x */\n\n \t\n/* END TODO 1 */\n", "line 4"),
    "closed twice": (ONE + "/* END TODO 1 */\n", "line 4"),
    "closed, never opened": ("/* END TODO 1 */\n" + ONE, "line 1"),
    "stray outside": (ONE + "/* TODO: tidy up */\n", "line 4"),
    "stray inside": ("/* TODO 1: x */\nx(); // TODO y\n/* END TODO 1 */\n", "line 2"),
    "stray after code": ("int a; /* TODO 1: x */\nx();\n/* END TODO 1 */\n", "line 1"),
    "an END with words": ("/* TODO 1: x */\nx();\n/* END TODO 1, at last */\n", "line 3"),
    "without words": ("/* TODO 1: */\nx();\n/* END TODO 1 */\n", "line 1"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_markers_that_do_not_pair_are_refused(skeleton: ModuleType, what: str) -> None:
    source, word = REFUSED[what]
    with pytest.raises(skeleton.MarkerError, match=word):
        skeleton.skeleton_of(source)


def test_the_skeletons_are_what_the_solution_makes(checkout: Path) -> None:
    done = run("python3", checkout / "solution" / "skeleton.py", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", NAMES)
def test_check_reports_drift_and_changes_nothing(own_checkout: Path, name: str) -> None:
    program, drifted = own_checkout / "solution" / "skeleton.py", own_checkout / "support" / name
    right = drifted.read_bytes()
    drifted.write_bytes(right + b"\n")
    done = run("python3", program, "--check")
    assert done.returncode == 1 and one_line(done.stderr) and f"support/{name}" in done.stderr
    assert "make skeletons" in done.stderr and drifted.read_bytes() == right + b"\n"
    assert run("make", "skeletons", cwd=own_checkout).returncode == 0 and drifted.read_bytes() == right
    drifted.unlink()
    assert run("python3", program, "--check").returncode == 1 and not drifted.exists()


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\xff\xfe"),
                                    lambda path: path.write_text(ONE + ONE)], ids=["missing", "binary", "unpaired"])
def test_a_broken_solution_is_one_line_and_the_skeleton_stays(own_checkout: Path, change: object) -> None:
    change(own_checkout / "solution" / "mp_server.c")  # type: ignore[operator]
    before = (own_checkout / "support" / "mp_server.c").read_bytes()
    for words in ([], ["--check"]):
        done = run("python3", own_checkout / "solution" / "skeleton.py", *words)
        assert done.returncode == 1 and one_line(done.stderr) and "solution/mp_server.c" in done.stderr
    assert (own_checkout / "support" / "mp_server.c").read_bytes() == before


def pair(checkout: Path, name: str) -> Tuple[str, str]:
    return (checkout / "support" / name).read_text(), (checkout / "solution" / name).read_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_only_adds_lines(checkout: Path, name: str) -> None:
    changes = [line[:1] for line in difflib.ndiff(*(text.splitlines() for text in pair(checkout, name)))]
    assert "-" not in changes and changes.count("+") >= 3


@pytest.mark.parametrize("name", NAMES)
def test_three_to_five_todos_stand_in_both(checkout: Path, name: str) -> None:
    given, solved = (MARKER.findall(text) for text in pair(checkout, name))
    assert given == solved and 3 <= len(given) / 2 <= 5
    assert len(re.findall(r"\bEND TODO \d", "".join(given))) == len(given) / 2


@pytest.mark.parametrize("name", NAMES)
def test_a_reference_file_is_a_page(checkout: Path, name: str) -> None:
    assert 20 <= len((checkout / "solution" / name).read_text().splitlines()) <= 50


def functions(source: str) -> List[Tuple[str, int]]:
    """Returns each function's head and the number of its lines of code; its braces stand in the first column."""
    code = re.sub(r"\n\s*\n", "\n", re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL))
    code = re.sub(r"\n\s*(?=\n)", "", code)
    return [(match[1], match[2].count("\n")) for match in re.finditer(r"^(\w.*)\n\{\n((?:[^}\n].*\n)*)\}$", code, re.MULTILINE)]


@pytest.mark.parametrize("path", sorted(
    str(path.relative_to(LAB)) for folder in ("support", "solution", "tests/checker")
                       for path in (LAB / folder).glob("*.c")))
def test_functions_have_less_than_25_lines_of_code(checkout: Path, path: str) -> None:
    found = functions((checkout / path).read_text())
    assert found and [name for name, lines in found if lines >= 25] == []


@pytest.mark.parametrize("part", ["support", "solution"])
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_all_compiles_without_a_warning(own_checkout: Path, compiler: str, part: str) -> None:
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    done = run("make", "-s", "-C", own_checkout / part, f"CC={compiler} -Werror")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    made = {path.name for path in (own_checkout / part).glob("*server")}
    assert made == {"mp_server", "mt_server"} | ({"server"} if part == "support" else set())


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_solution_is_an_error_not_the_skeleton(own_checkout: Path, name: str) -> None:
    (own_checkout / "solution" / name).unlink()
    done = run("make", "-k", "-C", own_checkout / "solution")
    assert done.returncode != 0 and name in done.stderr
    assert not (own_checkout / "solution" / name[:-2]).exists()


def test_what_depends_on_a_header_is_made_again(own_checkout: Path) -> None:
    for part in ("support", "solution"):
        folder = own_checkout / part
        assert run("make", "-s", "-C", folder).returncode == 0 and run("make", "-q", "-C", folder).returncode == 0
        (own_checkout / "support" / "server.h").touch()
        assert run("make", "-q", "-C", folder).returncode == 1
        assert run("make", "-s", "-C", folder, "clean").returncode == 0 and not list(folder.glob("*.[od]"))
