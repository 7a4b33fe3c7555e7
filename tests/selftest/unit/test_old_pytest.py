"""The lab works with the pytest of Debian 11, which is 6.0.2: what is named when a file is imported
must be there. Later names may stand in annotations, which are not evaluated."""
from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TESTS = Path(__file__).resolve().parents[2]
# pytest.__all__ of 6.0.2, without the warnings and what is deprecated.
NAMES = ("__version__", "approx", "Class", "cmdline", "Collector", "console_main",
         "deprecated_call", "exit", "ExitCode", "fail", "File", "fixture", "FixtureLookupError",
         "Function", "hookimpl", "hookspec", "importorskip", "Item", "main", "mark", "Module",
         "Package", "param", "raises", "register_assert_rewrite", "Session", "set_trace", "skip",
         "UsageError", "warns", "xfail")
FILES = sorted(path.relative_to(TESTS) for pattern in ("conftest.py", "test_*.py")
               for path in TESTS.rglob(pattern) if "submissions" not in path.parts)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_nothing_newer_is_named_at_import(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = ModuleType("pytest")
    for name in NAMES:
        setattr(old, name, getattr(pytest, name, None))
    monkeypatch.setitem(sys.modules, "pytest", old)
    package = ".".join(("selftest", *path.parts[1:-1])) if path.parts[0] == "selftest" else ""
    spec = importlib.util.spec_from_file_location(f"{package}.imported_anew".lstrip("."),
                                                  TESTS / path)
    assert spec and spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
