"""Archives of those who mean no good: each costs its own submission, a line, and little else."""
from __future__ import annotations

import io
import os
import random
import sys
import time
from pathlib import Path
from typing import Callable

import pytest

from classroom import archives, intake
from classroom.bounded import ONE_SUBMISSION, BadArchive, Budget
from classroom.model import Submission
from console import CommandFailed
from selftest.process import LAB, run
from selftest.unit.class_data import BOTH, hostile, tar_of, written, zip_of

LONGEST = 2.0  # seconds of a CPU for one archive
MEMORY = 256  # MiB, most of it xz's dictionary
CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]) << 20, -1))
from pathlib import Path
from classroom import intake
found = intake.read(Path(sys.argv[1]))
print(sum(one.problem is not None for one in found), len(found))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All the archives."""
    return written(tmp_path_factory.mktemp("hostile"),
                   {name: content for name, content, _ in hostile()})


def alone(tmp_path: Path, name: str, content: bytes) -> Submission:
    """Returns what becomes of one archive, which lies in a folder beside another student's."""
    found = intake.read(written(tmp_path, {name: content, "zoe/mp_server.c": b"int z;"}))
    assert found[-1].sources == {"mp_server": b"int z;"}
    return found[0]


def test_each_costs_one_line(folder: Path) -> None:
    said = {one.folder: one for one in intake.read(folder)}
    for name, _, words in hostile():
        problem = said[name].problem or ""
        assert words in problem and "\n" not in problem and len(problem) < 200, (name, problem)
        assert said[name].sources == {}
    assert len(said) == len(hostile())


def test_none_takes_long_or_leaves_anything(folder: Path) -> None:
    before = set(os.listdir(folder))
    for name in sorted(before - {"deep.zip"}):  # by itself, it may be a class's archive of archives
        began = time.process_time()
        try:
            assert all(one.problem for one in intake.read(folder / name)), name
        except CommandFailed as error:
            assert "\n" not in str(error)
        assert time.process_time() - began < LONGEST, name
    assert set(os.listdir(folder)) == before


def test_all_of_them_need_little_memory(folder: Path) -> None:
    result = run(sys.executable, "-B", "-c", CHILD, folder, MEMORY, cwd=LAB,
                 PYTHONPATH=str(LAB / "tests"))
    assert result.stdout.split()[:2] == [str(len(hostile()))] * 2, result.stderr
    assert int(result.stdout.split()[2]) < MEMORY


def test_a_class_in_one_archive_has_them_too(tmp_path: Path) -> None:
    files = {f"Eve {place}_{place}_assignsubmission_file/{name}": content
             for place, (name, content, _) in enumerate(hostile()) if len(content) < 1 << 20}
    files["Zoe_99_assignsubmission_file/mp_server.c"] = b"int z;"
    for packed in (zip_of(files), tar_of(files, "gz")):
        (tmp_path / "class").write_bytes(packed)
        found = intake.read(tmp_path / "class")
        assert [one.key for one in found if one.problem is None] == ["99"]
        assert len(found) == len(files)


def test_an_attack_in_a_name_of_the_class_costs_one(tmp_path: Path) -> None:
    (tmp_path / "c.zip").write_bytes(zip_of({
        "A_1_assignsubmission_file/../../mp_server.c": b"", "/etc/passwd": b"",
        "B_2_assignsubmission_file/mp_server.c": b"int b;"}))
    by_key = {one.key: one for one in intake.read(tmp_path / "c.zip")}
    assert "leads out" in (by_key["1"].problem or "")
    assert by_key["2"].problem is None


def test_the_same_archive_in_itself_ends(tmp_path: Path) -> None:
    around = zip_of({"a.zip": b""})
    for _ in range(50):
        around = zip_of({"a.zip": around, "b.zip": around})
        if len(around) > 1 << 20:
            break
    assert "in an archive in an archive" in (alone(tmp_path, "a.zip", around).problem or "")


@pytest.mark.parametrize("pack", [
    lambda: zip_of({"lab/" + name: content * 99 for name, content in BOTH.items()}),
    lambda: tar_of({"lab/" + name: content * 99 for name, content in BOTH.items()}),
    lambda: tar_of(BOTH, "gz"), lambda: tar_of(BOTH, "xz"), lambda: tar_of(BOTH, "bz2"),
    lambda: zip_of({"a.tar": tar_of(BOTH), "b.tgz": tar_of(BOTH, "gz")})])
def test_damage_is_a_problem_and_nothing_else(pack: Callable[[], bytes]) -> None:
    whole, dice = pack(), random.Random(1)
    for _ in range(400):
        data = bytearray(whole[:dice.choice((len(whole), dice.randrange(len(whole))))])
        for _ in range(dice.randrange(1, 9) if data else 0):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            for member in archives.members(io.BytesIO(bytes(data)), Budget(ONE_SUBMISSION)):
                member.read()
        except BadArchive as error:
            assert str(error) and "\n" not in str(error)
