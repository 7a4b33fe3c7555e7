"""solution/skeleton.py: what stands between TODO markers is left out; markers that are wrong are
refused."""
from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from selftest.process import LAB

SOURCE = """int a;
    /* TODO 1: one,
     * in two lines (see TODO 2). */
    secret();

    /* more */
    /* END TODO 1 */
int b;
/* TODO 2: two */
secret();
/* END TODO 2 */
""".replace("    ", "\t")
KEPT = """int a;
    /* TODO 1: one,
     * in two lines (see TODO 2). */
    /* END TODO 1 */
int b;
/* TODO 2: two */
/* END TODO 2 */
""".replace("    ", "\t")
ONE = "/* TODO 1: x */\nx();\n/* END TODO 1 */\n"
THREE = ONE.replace("1", "3")
REFUSED = {
    "none at all": ("int a;\n", "no TODO"),
    "an empty file": ("", "no TODO"),
    "unclosed": ("/* TODO 1: x */\nx();\n", "TODO 1 is never closed"),
    "unclosed, then the next": ("/* TODO 1: x */\nx();\n" + ONE.replace("1", "2"), "inside TODO 1"),
    "mismatched": ("/* TODO 1: x */\nx();\n/* END TODO 2 */\n", "line 3"),
    "nested": ("/* TODO 1: x */\nx();\n" + ONE.replace("1", "2") + "/* END TODO 1 */\n", "line 3"),
    "from 2": (ONE.replace("1", "2"), "line 1"),
    "from 0": (ONE.replace("1", "0"), "line 1"),
    "a gap": (ONE + THREE, "line 4"),
    "backwards": (ONE.replace("1", "2") + ONE, "line 1"),
    "twice": (ONE + ONE, "line 4"),
    "empty": ("/* TODO 1: x */\n/* END TODO 1 */\n", "line 2"),
    "empty but for blanks": ("/* TODO 1: x */\n\n \t\n/* END TODO 1 */\n", "line 4"),
    "closed twice": (ONE + "/* END TODO 1 */\n", "line 4"),
    "closed, never opened": ("/* END TODO 1 */\n" + ONE, "line 1"),
    "stray outside": (ONE + "/* TODO: tidy up */\n", "line 4"),
    "stray inside": ("/* TODO 1: x */\nx(); // TODO y\n/* END TODO 1 */\n", "line 2"),
    "stray after code": ("int a; " + ONE, "line 1"),
    "an END with words": ("/* TODO 1: x */\nx();\n/* END TODO 1, at last */\n", "line 3"),
    "without words": ("/* TODO 1: */\nx();\n/* END TODO 1 */\n", "line 1"),
}


@pytest.fixture(scope="module")
def skeleton() -> ModuleType:
    """The program as a module, which leaves no compiled file behind in solution/."""
    path = LAB / "solution" / "skeleton.py"
    spec = importlib.util.spec_from_file_location("skeleton", path)
    assert spec and spec.loader and sys.dont_write_bytecode
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_stands_between_markers_is_left_out(skeleton: ModuleType) -> None:
    assert skeleton.skeleton_of(SOURCE) == KEPT


@pytest.mark.parametrize("source, word", [pytest.param(*case, id=what)
                                          for what, case in REFUSED.items()])
def test_markers_that_do_not_pair_are_refused(skeleton: ModuleType, source: str,
                                              word: str) -> None:
    with pytest.raises(skeleton.MarkerError, match=word):
        skeleton.skeleton_of(source)
