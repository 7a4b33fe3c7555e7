"""A class that is really graded: killed by force in the middle, nothing goes on; the same command
then does the rest."""
from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from classroom.gradebook import BOM
from classroom.records import RECORD
from selftest.gradings.test_interruption import naming
from selftest.process import LONGEST, eventually


@pytest.fixture
def temporary(public_folder: Path) -> Iterator[Path]:
    """The folder for temporary files of a run; everything that it starts names it."""
    folder = public_folder / "temporary-of-a-class"
    folder.mkdir()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def words(checkout: Path, tmp_path: Path) -> List[str]:
    """What grades three submissions: right, one that does not compile, and a broken archive."""
    top = tmp_path / "class"
    ana, dan = (top / f"{name}_assignsubmission_file" for name in ("Ana Pop_101", "Dan_102"))
    for folder in (ana, dan):
        folder.mkdir(parents=True)
    for server in ("mp_server", "mt_server"):
        shutil.copy(checkout / "solution" / f"{server}.c", ana)
    (dan / "mp_server.c").write_text("#error\n")
    (top / "Eva_103_assignsubmission_file_lab.zip").write_bytes(b"PK\3\4 broken")
    return [str(checkout / "checker.sh"), "--class", str(top), "--out", str(tmp_path / "out"),
            "--require-contained=T1"]


def rows(out: Path) -> List[Dict[str, str]]:
    """Returns the gradebook."""
    text = (out / "gradebook.csv").read_text()
    return list(csv.DictReader(text[len(BOM):].splitlines()))


def test_a_class_is_graded_whatever_happens(words: List[str], temporary: Path,
                                            tmp_path: Path) -> None:
    out = tmp_path / "out"
    environment = {**os.environ, "PYTHON": sys.executable, "TMPDIR": str(temporary)}
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE) as process:
        assert eventually(lambda: (out / "results" / "102" / RECORD).exists(), LONGEST)
        process.send_signal(signal.SIGKILL)
    assert eventually(lambda: not naming(temporary)) and not (out / "gradebook.csv").exists()
    done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=LONGEST, universal_newlines=True)
    assert done.returncode == 0, done.stderr
    assert "3 submissions: 2 graded, 1 not graded. Graded now: 2" in done.stdout
    assert not naming(temporary) and not list(temporary.iterdir())
    assert [(row["key"], row["name"], row["total"], row["status"]) for row in rows(out)] == [
        ("101", "Ana Pop", "100", "graded"), ("102", "Dan", "0", "graded"),
        ("103", "Eva", "", "not graded")]
    assert (out / "results" / "101" / "report.txt").read_text().endswith("Total: 100/100\n")
    assert "[103]" in (out / "look-at.txt").read_text() and (out / "index.html").exists()
    with zipfile.ZipFile(out / "feedback.zip") as archive:
        assert "Ana Pop_101_assignsubmission_file/report.txt" in archive.namelist()
        pages = [name for name in archive.namelist() if name.endswith(".html")]
        assert pages and not any(b"solution/" in archive.read(name) for name in pages)
