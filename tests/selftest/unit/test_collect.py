""".ci/collect: what a class has pushed before the deadline; a repository that is gone costs itself
only."""
from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Dict

import pytest

from classroom.intake import read
from selftest.process import LAB, one_line

GIT = {f"GIT_{who}_{what}": "ana" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder: Path, *words: str, at: str = "") -> None:
    dates = {f"GIT_{who}_DATE": at for who in ("AUTHOR", "COMMITTER")} if at else {}
    subprocess.run(["git", "-c", "init.defaultBranch=main", *words], cwd=folder, check=True,
                   env={**os.environ, **GIT, **dates}, stdout=subprocess.DEVNULL)


def repository(folder: Path, **commits: str) -> Path:
    """Makes a repository with a commit an hour, which change mp_server.c."""
    (folder / "support").mkdir(parents=True)
    git(folder, "init", "--quiet")
    (folder / "large.bin").write_bytes(b"x" * 10000)
    for hour, text in commits.items():
        (folder / "support" / "mp_server.c").write_text(text)
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", "text", at=f"2026-11-24 {hour[1:]}:00 +0000")
    return folder


def collected(folder: Path, lines: str, deadline: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "list").write_text(lines)
    return subprocess.run([LAB / ".ci" / "collect", "list", "out"], cwd=folder, timeout=60,
                          env={**os.environ, "DEADLINE": deadline}, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True)


def sources(folder: Path) -> Dict[str, str]:
    """Returns the first server of each submission, as the intake finds it, or what it misses."""
    return {one.key: one.sources.get("mp_server", b"").decode() or str(one.problem)
            for one in read(folder / "out")}


@pytest.mark.parametrize("deadline, wanted", [
    ("", "late"), ("2026-11-24 12:30 +0000", "first"), ("2026-11-24 14:30 +0200", "first"),
    ("2026-11-24 10:00 +0000", "no commit before the deadline")])
def test_the_last_commit_before_the_deadline_counts(tmp_path: Path, deadline: str,
                                                    wanted: str) -> None:
    ana = repository(tmp_path / "ana's", h11="zero", h12="first", h13="late")
    done = collected(tmp_path, f"# a comment\n\nAna Pop \t{ana}\n", deadline)
    assert done.returncode == 0, done.stderr
    [(name, found)] = sources(tmp_path).items()
    assert name == "Ana Pop" and wanted in found
    assert not list((tmp_path / "out").rglob("*.bin")), "nothing but the servers is kept"


def test_a_repository_that_is_gone_costs_itself_only(tmp_path: Path) -> None:
    ana, eva = repository(tmp_path / "a", h12="hers"), repository(tmp_path / "e")
    (tmp_path / "link").mkdir()
    git(tmp_path / "link", "init", "--quiet")
    (tmp_path / "link" / "mp_server.c").symlink_to("/etc/passwd")
    git(tmp_path / "link", "add", ".")
    git(tmp_path / "link", "commit", "--quiet", "-m", "text")
    done = collected(tmp_path, f"gone {tmp_path}/gone\nana {ana}\nempty {eva}\n"
                     f"link {tmp_path}/link\noption --upload-pack=evil")
    assert done.returncode == 0, done.stderr
    found = sources(tmp_path)
    assert found["ana"] == "hers" and found["link"] == "/etc/passwd", "a link's own words"
    assert "repository cannot be cloned" in found["gone"] and "gone" in done.stdout
    assert "repository has no commits" in found["empty"]
    assert "repository cannot be cloned" in found["option"]


@pytest.mark.parametrize("lines, deadline, why", [
    ("alone\n", "", "not NAME ADDRESS"), ("../x y\n", "", "not NAME ADDRESS"),
    ("-x y\n", "", "not NAME ADDRESS"), ("a b\n", "some day", "DEADLINE='some day'")])
def test_what_is_wrong_is_said(tmp_path: Path, lines: str, deadline: str, why: str) -> None:
    done = collected(tmp_path, lines, deadline)
    assert done.returncode == 2 and why in done.stderr.splitlines()[-1]
    assert one_line(done.stderr) or deadline


def test_nobody_is_there_twice(tmp_path: Path) -> None:
    done = collected(tmp_path, f"ana {tmp_path}\nana {tmp_path}\n")
    assert done.returncode != 0 and "ana: is in the list twice" in done.stderr
