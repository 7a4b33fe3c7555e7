"""build.py and tools.py: what is taken of a submission, and the lab's own compiled tools."""
from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import List

import pytest

from console import CommandFailed
from grading import tools
from grading.build import Build, copy_regular_file


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "mp_server.c"


def taken(source: Path, limit: int = 2048) -> str:
    """Copies the file; returns what is wrong with it, or what was copied."""
    target = source.with_name("target")
    problem = copy_regular_file(source, target, limit)
    assert (problem is None) == target.exists()
    return problem if problem is not None else target.read_text()


def test_a_regular_file_is_copied(source: Path) -> None:
    source.write_text("int x;")
    assert taken(source) == "int x;"


def test_a_missing_file_is_named(source: Path) -> None:
    assert taken(source) == "there is no mp_server.c in the folder"


def test_a_file_up_to_the_limit_is_copied(source: Path) -> None:
    source.write_text("x" * 2048)
    assert len(taken(source)) == 2048


def test_a_larger_file_is_not(source: Path) -> None:
    source.write_text("x" * 2049)
    assert taken(source) == "mp_server.c is larger than 2 KiB"


def test_a_link_is_not_followed(source: Path) -> None:
    source.symlink_to("/etc/passwd")
    assert taken(source).startswith("mp_server.c cannot be read: ")


def test_a_pipe_is_not_waited_for(source: Path) -> None:
    os.mkfifo(source)
    assert taken(source) == "mp_server.c is not a regular file"


def test_a_folder_is_not_read(source: Path) -> None:
    source.mkdir()
    assert taken(source) == "mp_server.c is not a regular file"


def test_no_descriptor_is_left_open(source: Path) -> None:
    before = os.listdir("/proc/self/fd")
    source.mkdir()
    taken(source)
    assert os.listdir("/proc/self/fd") == before


def test_a_folder_without_either_file_cannot_be_graded(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="holds neither mp_server.c nor mt_server.c"):
        Build(tmp_path)
    with pytest.raises(CommandFailed, match="no such folder"):
        Build(tmp_path / "nowhere")


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> List[Path]:
    """Makes up a compiler, and a folder for LAB_TOOLS. Returns the folders that are compiled in."""
    folders: List[Path] = []

    def compile_all(folder: Path) -> None:
        folders.append(folder)
        for name in tools.COMPILED:
            (folder / name).write_text(f"{name} from {folder.name}")

    monkeypatch.setattr(tools, "_compile", compile_all)
    monkeypatch.setenv(tools.ENVIRONMENT, str(tmp_path / "tools"))
    return folders


def fresh(tmp_path: Path, name: str) -> Path:
    """Returns a new folder with the tools in it."""
    folder = tmp_path / name
    folder.mkdir()
    tools.put_tools(folder)
    return folder


def test_tools_are_compiled_once(compiled: List[Path], tmp_path: Path) -> None:
    first, second = fresh(tmp_path, "first"), fresh(tmp_path, "second")
    assert compiled == [first]
    assert (second / "box").read_text() == "box from first"
    assert {path.name for path in second.iterdir()} == {*tools.COMPILED, *tools.GIVEN}


def test_tools_of_other_sources_are_compiled_anew(compiled: List[Path], tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(tmp_path, "first")
    probe = tmp_path / "probe.c"
    probe.write_text("\n")
    monkeypatch.setattr(tools, "PROBE_SOURCES", [*tools.PROBE_SOURCES, probe])
    fresh(tmp_path, "second")
    assert len(compiled) == 2


def test_without_a_folder_for_them_tools_are_compiled_each_time(
        compiled: List[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tools.ENVIRONMENT)
    fresh(tmp_path, "first")
    fresh(tmp_path, "second")
    assert len(compiled) == 2


def test_a_folder_that_cannot_be_written_is_no_trouble(compiled: List[Path], tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tools.ENVIRONMENT, "/proc/tools")
    assert (fresh(tmp_path, "first") / "server").exists()


def test_many_graders_may_keep_their_tools_at_once(compiled: List[Path], tmp_path: Path) -> None:
    threads = [threading.Thread(target=fresh, args=(tmp_path, str(number))) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list((tmp_path / "tools").iterdir())) == 1
    words = [(tmp_path / str(number) / "box").read_text() for number in range(8)]
    assert all(word.startswith("box from ") for word in words)
