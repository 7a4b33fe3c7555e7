"""Names that platforms write: keys, people, attempts; what collides stays apart."""
from __future__ import annotations

from typing import List

import pytest

from classroom.bounded import leads_out, path_of, printable
from classroom.naming import grouped, natural, parsed


@pytest.mark.parametrize("name, is_folder, key, person, folder, rest", [
    ("Ana Pop_12_assignsubmission_file_", True, "12", "Ana Pop", None, ""),
    ("Ana Pop_12_assignsubmission_file", True, "12", "Ana Pop", None, ""),
    ("G-1-Ana Pop_12_assignsubmission_file_lab.zip", False, "12", "G-1-Ana Pop",
     "G-1-Ana Pop_12_assignsubmission_file_", "lab.zip"),
    ("Participant_7_assignsubmission_file", True, "7", "Participant 7", None, ""),
    ("Ștefan Ö'Neil_3_assignsubmission_file_my_lab_2.zip", False, "3", "Ștefan Ö'Neil",
     "Ștefan Ö'Neil_3_assignsubmission_file_", "my_lab_2.zip"),
    ("Lab 1_jdoe_attempt_2026-11-02-23-59-01_mp_server.c", False, "Lab 1_jdoe", "jdoe",
     "Lab 1_jdoe", "mp_server.c"),
    ("alice.tar.gz", False, "alice", "alice", "alice.tar.gz", "alice.tar.gz"),
    ("alice.tar.gz", True, "alice.tar.gz", "alice.tar.gz", None, "alice.tar.gz"),
    ("Ana_x_assignsubmission_file", True, "Ana_x_assignsubmission_file",
     "Ana_x_assignsubmission_file", None, "Ana_x_assignsubmission_file"),
    (".zip", False, ".zip", ".zip", None, ".zip"),
    ("a\nb", True, "a\nb", "a\nb", None, "a\nb")])
def test_what_a_name_says(name: str, is_folder: bool, key: str, person: str, folder: str,
                          rest: str) -> None:
    found = parsed(name, is_folder)
    assert (found.key, found.name, found.folder, found.rest) == (key, person, folder or name, rest)


def keys(*names: str, folders: bool = True) -> List[str]:
    return [group.key for group in grouped((name, folders) for name in names)]


def test_files_of_one_student_are_one() -> None:
    mine = "Ana_12_assignsubmission_file_"
    group, = grouped([(mine + "mp_server.c", False), (mine + "mt_server.c", False)])
    assert (group.key, group.folder, len(group.members), group.notes) == ("12", mine, 2, [])


def test_what_collides_stays_apart_and_belongs_to_nobody() -> None:
    names = ["Ana_12_assignsubmission_file", "Dan_12_assignsubmission_file"]
    groups = grouped((name, True) for name in names)
    assert [group.key for group in groups] == names
    assert all("have the key 12" in group.notes[0] for group in groups)
    assert [group.key for group in grouped([("alice", True), ("alice.zip", False),
                                            ("alice.tgz", False)])] == [
        "alice", "alice.tgz", "alice.zip"]


def test_names_that_look_alike_once_they_are_printed() -> None:
    assert keys("a\x01", "a\\x01") == ["a\\x01", "a\\x01 (2)"]


def test_the_latest_attempt_counts() -> None:
    names = [f"Lab_jdoe_attempt_2026-11-{day}-10-00-00{rest}" for day in ("09", "10", "02")
             for rest in (".txt", "_mp_server.c")]
    group, = grouped((name, False) for name in names)
    assert all("11-10" in name for name in group.members) and len(group.members) == 2
    assert group.notes == ["3 attempts: the latest is taken, of 2026-11-10-10-00-00"]


def test_a_text_typed_in_is_no_second_submission() -> None:
    group, = grouped([("Ana_12_assignsubmission_file", True),
                      ("Ana_12_assignsubmission_onlinetext", True)])
    assert group.folder == "Ana_12_assignsubmission_file"
    assert group.notes == ["a text was typed in, too, which is not graded"]
    assert keys("Ana_12_assignsubmission_onlinetext", "Dan_3_assignsubmission_file") == ["3", "12"]


def test_numbers_are_sorted_by_size() -> None:
    names = ["b", "10", "9", "a10", "a9", "²", "", "a", "a9b", "009"]
    assert sorted(names, key=natural) == ["", "009", "9", "10", "a", "a9", "a9b", "a10", "b", "²"]


@pytest.mark.parametrize("name, shown", [
    ("Ștefan 王", "Ștefan 王"), ("a\nb\x1b[2J", "a\\x0ab\\x1b[2J"), ("a\udcffb", "a\\xffb"),
    ("a\u202eb", "a\\u202eb"), ("\ud800", "\\ud800"), ("\x85", "\\x85")])
def test_what_is_printed_of_a_name(name: str, shown: str) -> None:
    assert printable(name) == shown
    shown.encode("utf-8")


def test_paths() -> None:
    assert path_of("./a//b/") == (("a", "b"), "")
    assert path_of("a/../b")[1] and path_of("/a")[1] and path_of("C:a")[1] and path_of("a\0b")[1]
    assert path_of("a" * 5000)[1]


@pytest.mark.parametrize("target, out", [
    ("b", False), ("../b", False), ("../../b", True), ("../c/../../b", True), ("/b", True),
    ("./../b", False), ("..", False), ("C:\\b", True)])
def test_where_a_link_leads(target: str, out: bool) -> None:
    assert leads_out(("a", "link"), target) == out
