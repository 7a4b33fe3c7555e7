"""What a class hands in, in all the ways in which platforms export it."""
from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Dict, List

import pytest

from classroom import choosing, folders, intake
from classroom.model import Submission
from console import CommandFailed
from selftest.process import LAB
from selftest.unit.class_data import BOTH, MP, MT, tar_of, written, zip_of

OURS = {"mp_server": MP, "mt_server": MT}
A, B = "Ana Pop_9_assignsubmission_file", "Dan_10_assignsubmission_file"


def one(tmp_path: Path, files: Dict[str, bytes]) -> Submission:
    """Returns what is found in a student's folder."""
    found, = intake.read(written(tmp_path, {f"class/ana/{name}": content
                                            for name, content in files.items()}) / "class")
    return found


def inside(folder: str, files: Dict[str, bytes]) -> Dict[str, bytes]:
    return {f"{folder}/{name}": content for name, content in files.items()}


CLASS = {**inside(A, BOTH), f"{B}/lab.tgz": tar_of(inside("lab/support", BOTH), "gz"),
         "__MACOSX/._" + A: b"", ".DS_Store": b""}
FLAT = {f"{A}_mp_server.c": MP, f"{A}_mt_server.c": MT, f"{B}_.zip": zip_of(BOTH)}
AROUND = inside("CS-Lab-77", CLASS)


@pytest.mark.parametrize("files", [CLASS, FLAT, AROUND], ids=["folders", "files", "around"])
@pytest.mark.parametrize("way", ["folder", "zip", "tar", "gz", "xz", "streamed"])
def test_a_class(tmp_path: Path, files: Dict[str, bytes], way: str) -> None:
    path = tmp_path / "class"
    if way == "folder":
        written(path, files)
    elif way == "streamed":
        written(tmp_path / "files", files)
        shutil.which("zip") or pytest.skip("there is no zip(1)")
        path.write_bytes(subprocess.run(["zip", "-q", "-r", "-", "."], cwd=tmp_path / "files",
                                        check=True, stdout=subprocess.PIPE).stdout)
    else:
        path.write_bytes(zip_of(files) if way == "zip" else
                         tar_of(files, way.replace("tar", "")))
    found = intake.read(path)
    assert [(each.key, each.name) for each in found] == [("9", "Ana Pop"), ("10", "Dan")]
    assert all(each.sources == OURS and not each.problem and not each.notes for each in found)


def test_one_submission_alone(tmp_path: Path) -> None:
    (tmp_path / "ana.zip").write_bytes(zip_of(inside("lab/src", BOTH)))
    lab = {**inside("ben/support", BOTH), "ben/checker.sh": b""}
    written(tmp_path, {**inside("ann", BOTH), **lab, f"{A}_.zip": zip_of(BOTH)})
    for name, key in (("ana.zip", "ana"), ("ann", "ann"), ("ben", "ben"), (f"{A}_.zip", "9")):
        found, = intake.read(tmp_path / name)
        assert (found.key, found.sources) == (key, OURS)


@pytest.mark.parametrize("files, note", [
    ({**inside("new", BOTH), "mt_server.c": b"old"},
     "2 files mt_server.c: taken is new/mt_server.c, not mt_server.c"),
    ({**inside("a/b", {"mp_server.c": b"old"}), **BOTH},
     "2 files mp_server.c: taken is mp_server.c, not a/b/mp_server.c"),
    ({**inside("solution", {"mp_server.c": b"1", "mt_server.c": b"2"}), **inside("support", BOTH)},
     "2 files mp_server.c: taken is support/mp_server.c, not solution/mp_server.c"),
    ({**BOTH, "old.zip": zip_of(BOTH)},
     "2 files mp_server.c, all the same: taken is mp_server.c, not old.zip/mp_server.c"),
    ({"mp/mp_server.c": MP, "mt/x/mt_server.c": MT, "mt/y/z/mt_server.c": b""},
     "2 files mt_server.c: taken is mt/x/mt_server.c, not mt/y/z/mt_server.c"),
    ({**inside("build", {"mp_server.c": b"1", "mt_server.c": b"1"}), **inside("lab.zip", {}),
      "lab.tar": tar_of(inside("lab/support", BOTH)), **BOTH}, "taken is mp_server.c, not build/")])
def test_which_of_several(tmp_path: Path, files: Dict[str, bytes], note: str) -> None:
    found = one(tmp_path, files)
    assert found.sources == OURS
    assert any(note in line for line in found.notes), found.notes


def test_what_was_handed_out_is_not_what_was_handed_in(tmp_path: Path) -> None:
    skeleton = {name: (LAB / "support" / name).read_bytes() for name in BOTH}
    crlf = {name: content.replace(b"\n", b"\r\n") for name, content in skeleton.items()}
    found = one(tmp_path, {**inside("lab/support", crlf), **inside("lab/my/own/work", BOTH)})
    assert found.sources == OURS
    assert choosing.choose([])[0] == {}
    assert "mp_server.c is the skeleton, unchanged" in one(tmp_path / "b", skeleton).notes


@pytest.mark.parametrize("files, words", [
    ({"mp_server.c": MP}, ["no mt_server.c"]),
    ({"mp_server.c": MP, "mt_server (1).c": MT}, ["no mt_server.c", "there is mt_server (1).c"]),
    ({"MP_Server.C": MP, "mt_server.c": MT}, ["mp_server.c is called MP_Server.C"]),
    ({**BOTH, "lab.zip": b"PK\3\4"}, ["lab.zip is cut off, or was never a zip"]),
    ({"mp_server.c": b"\xff\xfei\0", "mt_server.c": b""},
     ["mp_server.c is in UTF-16, which compilers do not read: it should be saved as UTF-8",
      "mt_server.c is empty"]),
    ({"mp_server.c": b"\x7fELF\0", "mt_server.c": MT}, [
        "mp_server.c is no text: it has zero bytes"])])
def test_what_a_human_should_know(tmp_path: Path, files: Dict[str, bytes],
                                  words: List[str]) -> None:
    found = one(tmp_path, files)
    assert found.notes == words and found.problem is None


@pytest.mark.parametrize("files, problem", [
    ({"readme": b""}, "there is no mp_server.c and no mt_server.c"),
    ({"mp-server.c": b""}, "there is no mp_server.c and no mt_server.c, but mp-server.c"),
    ({"__MACOSX/mp_server.c": b"", "._mt_server.c": b"", ".git/mp_server.c": b""},
     "there is no mp_server.c and no mt_server.c"),
    ({"mp_server.c": bytes(1 << 21)}, "mp_server.c is larger than 1 MiB"),
    ({"/".join("d" * 50) + "/mp_server.c": b""}, " is too deep to be looked into")])
def test_what_cannot_be_graded(tmp_path: Path, files: Dict[str, bytes], problem: str) -> None:
    found = one(tmp_path, files)
    assert found.sources == {} and (found.problem or "").endswith(problem)


def test_files_are_kept_as_they_are(tmp_path: Path) -> None:
    files = {"mp_server.c": b"\xef\xbb\xbfint a;\r\n", "mt_server.c": b"// \xe9\r\n"}
    found = one(tmp_path, files)
    assert list(found.sources.values()) == list(files.values()) and found.notes == []


def test_nothing_is_followed_and_nothing_waits(tmp_path: Path) -> None:
    top = written(tmp_path, {"class/zoe/mp_server.c": MP}) / "class"
    for name in ("loop", "pipe", "link"):
        (top / name).mkdir()
    (top / "loop/again").symlink_to(top)
    os.mkfifo(top / "pipe/mp_server.c")
    os.mkfifo(top / "pipe.zip")
    (top / "link/mp_server.c").symlink_to("/etc/passwd")
    (top / "outside").symlink_to("/usr/include")
    said = {each.folder: each.problem or "" for each in intake.read(top)}
    assert said.pop("zoe") == "" and all(said.values()) and len(said) == 5
    assert said["pipe"] == "mp_server.c is no regular file, and so not read"
    assert said["outside"] == "outside is a link, and so not followed"
    assert said["link"] == "mp_server.c is a link, and so not read"
    with pytest.raises(CommandFailed, match="neither a folder nor a file"):
        intake.read(top / "pipe.zip")


def test_what_cannot_be_read_costs_its_owner_only(tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    top = written(tmp_path, {**inside("a/support", BOTH), **inside("b/closed", BOTH),
                             **inside("c", BOTH)})

    def names(folder: str) -> List[str]:
        if folder.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return sorted(os.listdir(folder))

    real = os.open
    monkeypatch.setattr(folders, "names", names)
    monkeypatch.setattr(os, "open", lambda path, *rest: real(
        "/no such file" if "support/mp" in str(path) else path, *rest))
    a, b, c = intake.read(top)
    assert a.notes == ["no mp_server.c",
                       "support/mp_server.c cannot be read: No such file or directory"]
    assert b.problem == "closed cannot be read: Permission denied"
    assert c.notes == []


def test_any_name_of_a_file(tmp_path: Path) -> None:
    names = [b"new\nline", b"\xff\xfe", b"\x1b[31m", b"x" * 255, "ș".encode(), b"-rf", b"a b"]
    for name in names:
        folder = os.path.join(os.fsencode(tmp_path), name)
        os.mkdir(folder)
        Path(os.fsdecode(folder), "mp_server.c").write_bytes(MP)
    found = intake.read(tmp_path)
    assert len({each.key for each in found}) == len(names)
    assert all(each.problem is None and each.key.isprintable() and each.key.encode()
               for each in found)


@pytest.mark.parametrize("make", ["nothing", "folder", "text", "truncated"])
def test_what_is_no_class(tmp_path: Path, make: str) -> None:
    path = tmp_path / "given"
    if make == "folder":
        path.mkdir()
    elif make != "nothing":
        path.write_bytes(b"Hello" if make == "text" else zip_of(BOTH)[:40])
    with pytest.raises(CommandFailed, match="give the folder with the submissions") as failed:
        intake.read(path)
    assert "\n" not in str(failed.value) and str(path) in str(failed.value)


def test_names_in_old_zips(tmp_path: Path) -> None:
    names = {"Jos\u0082_4_assignsubmission_file/mp_server.c": MP}
    data = zip_of(names).replace("\u0082".encode(), b"\x82\x82")
    (tmp_path / "c.zip").write_bytes(data)
    found, = intake.read(tmp_path / "c.zip")
    assert (found.key, found.sources) == ("4", {"mp_server": MP})
    (tmp_path / "d.zip").write_bytes(zip_of({"lab\\src\\" + name: content
                                             for name, content in BOTH.items()}))
    assert intake.read(tmp_path / "d.zip")[0].sources == OURS
