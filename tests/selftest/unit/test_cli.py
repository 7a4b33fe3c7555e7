"""cli.py and run_selftest.py: what the words on the command line ask for."""
from __future__ import annotations

import argparse
from pathlib import Path
from typing import List

import pytest

from console import CommandFailed
from grading import cli
from grading.options import LARGEST_SEED, Options
from grading.run_selftest import CACHE, arguments


def parsed(*words: str) -> argparse.Namespace:
    return cli.parse(words)


def test_without_words_support_is_graded() -> None:
    args = parsed()
    assert args.dir.name == "support" and args.dir.is_dir()
    assert (args.k, args.quick, args.watch, args.json, args.junit, args.keep) == (
        "", False, False, None, None, None)


@pytest.mark.parametrize("words, tier", [
    ([], "T1"), (["--require-contained"], "T2"), (["--require-contained=T3"], "T3"),
    (["--require-contained", "folder"], "T2")], ids=" ".join)
def test_the_tier_is_optional(words: List[str], tier: str) -> None:
    assert parsed(*words).require_contained == tier


def test_a_word_behind_the_tier_is_the_folder() -> None:
    assert parsed("--require-contained", "folder").dir == Path("folder")


@pytest.mark.parametrize("words", [
    ["a", "b"], ["--frobnicate"], ["-k"], ["--json"], ["--require-contained=T9"],
    ["--watch", "--json", "file"], ["--watch", "--html", "file"], ["--watch", "--keep", "folder"],
    ["--seed"], ["--seed", ""], ["--seed", "0"],
    ["--seed", "-1"], ["--seed", "4294967296"], ["--seed", "9" * 5000],
    ["--seed", "0x1"], ["--seed", "\u0661"], ["--seed", "1\n2"]],
    ids=lambda words: ascii(" ".join(words))[:40])
def test_wrong_usage_ends_with_status_2(words: List[str], tmp_path: Path,
                                        monkeypatch: pytest.MonkeyPatch,
                                        capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        parsed(*words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("checker.sh: ") and said.count("\n") == 1


def test_a_seed_is_drawn_unless_it_is_given() -> None:
    largest = parsed("--seed", str(LARGEST_SEED)).seed
    assert (parsed().seed, parsed("--seed", "1").seed, largest) == (0, 1, LARGEST_SEED)
    assert Options(Path("folder"), seed=1).drawn().seed == 1
    seeds = {Options(Path("folder")).drawn().seed for _ in range(8)}
    assert len(seeds) > 4 and all(0 < seed <= LARGEST_SEED for seed in seeds)


def test_help_fits_on_80_columns(monkeypatch: pytest.MonkeyPatch,
                                 capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        parsed("--help")
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of tests."""
    for name in ("unit/test_one.py", "gradings/test_two.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize("words, wanted", [
    ([], [""]), (["-v"], ["-v", ""]), (["unit"], ["unit"]),
    (["unit/test_one.py"], ["unit/test_one.py"]),
    (["test_two.py"], ["gradings/test_two.py"]),
    (["test_two.py::test_a", "-x"], ["-x", "gradings/test_two.py::test_a"]),
    (["unit", "gradings"], ["unit", "gradings"]),
    (["-k", "unit"], ["-k", "unit", ""]),
    (["--whole", "-k", "a and b"], ["--whole", "-k", "a and b", ""])], ids=str)
def test_words_of_selftest(folder: Path, words: List[str], wanted: List[str]) -> None:
    """A path in `wanted` is relative to the folder; "" is the folder itself."""
    found = arguments(words, folder)
    assert found[:len(CACHE)] == list(CACHE)
    assert [word.replace(str(folder) + "/", "").replace(str(folder), "")
            for word in found[len(CACHE):]] == wanted


def test_a_path_from_where_one_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    word = f"{folder.name}/unit/test_one.py::test_a"
    assert arguments([word], folder)[len(CACHE):] == [f"{folder}/unit/test_one.py::test_a"]


@pytest.mark.parametrize("word", ["nothing.py", "/etc/nothing.py", "unit/nothing.py"])
def test_a_file_that_is_no_test(folder: Path, word: str) -> None:
    with pytest.raises(CommandFailed, match="no such test"):
        arguments([word], folder)
