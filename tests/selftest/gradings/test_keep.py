"""--keep: what is there afterwards, and that the commands can be run again."""
from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
from pathlib import Path
from typing import Iterator, Set

import pytest

from grading.outcome import FAILED, PASSED
from selftest.gradings.checker import Checker, Grading, edit, rows, total
from selftest.process import PATIENCE, run


@pytest.fixture(scope="module")
def kept(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a grading of the solution has kept what it did."""
    folder = tmp_path_factory.mktemp("keep") / "new" / "my folder"
    done = run(checkout / "checker.sh", "--keep", folder, "-k", "zombies or memory or races",
               checkout / "solution")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    lines = done.stdout.splitlines()
    assert [str(folder) in line for line in lines].index(True) == len(lines) - 2
    return folder


def names(folder: Path) -> Set[str]:
    return {path.name for path in folder.iterdir()}


def test_log_and_programs_are_kept(kept: Path) -> None:
    assert "1 passed" in (kept / "log").read_text()
    assert names(kept / "programs") >= {"server", "mp_server", "mt_server", "mp_server.c",
                                        "mt_server.c", "libservice.so", "box", "Makefile"}


def test_each_check_has_its_servers_commands_and_output(kept: Path) -> None:
    assert names(kept) >= {"log", "programs", "compile", "mp-zombies", "mt-memory", "mt-races"}
    for check in ("mp-zombies", "mt-memory", "mt-races"):
        found = names(kept / check)
        commands = {name for name in found if name.endswith(".command")}
        assert f"{check[:2]}_server-1.command" in commands
        assert found == commands | {name.replace(".command", ".output") for name in commands}
    output = (kept / "mp-zombies" / "mp_server-1.output").read_text()
    assert re.match(r"listening on \d+\n", output)


@contextlib.contextmanager
def started(command: Path, folder: Path) -> Iterator[int]:
    """Runs the plain command of a record in a folder, and yields the port of the server."""
    process = subprocess.Popen(["bash", "-c", command.read_text()], cwd=folder,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
        assert process.stdout and select.select([process.stdout], [], [], PATIENCE)[0]
        words = process.stdout.readline().decode()
        assert re.fullmatch(r"listening on \d+\n", words), words
        yield int(words.split()[-1])
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_commands_run_again_when_they_are_pasted(kept: Path) -> None:
    """Those with the preloaded library and with ThreadSanitizer are among them."""
    commands = sorted(kept.glob("m*-*/m*_server-*.command"))
    assert len(commands) >= 4
    for command in commands:
        assert reply(command, kept) == b"89\n", command


def reply(command: Path, folder: Path) -> bytes:
    """Returns what a server that is started by the command replies to 10."""
    with started(command, folder) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
            client.sendall(b"10\n")
            return client.recv(100)


def test_the_box_s_whole_command_is_there_too(kept: Path) -> None:
    words = (kept / "mp-zombies" / "mp_server-1.command").read_text()
    assert re.search(r"^# .*programs/box .* programs/mp_server-\w+/mp_server 0$", words,
                     re.MULTILINE)


def test_what_does_not_compile_leaves_the_compiler_s_words(checker: Checker, submission: Path,
                                                           tmp_path: Path) -> None:
    edit(submission / "mp_server.c", "tcp_accept(", "tcp_accept((")
    done = checker("--keep", tmp_path / "kept", "-k", "mp-replies", submission)
    assert rows(done) == {"mp-replies": FAILED}
    outputs = [path.read_text() for path in (tmp_path / "kept" / "compile").glob("make-*.output")]
    assert any("mp_server.c" in output and "error" in output for output in outputs)


def test_an_interrupted_grading_has_kept_what_it_did(checkout: Path, public_folder: Path,
                                                     tmp_path: Path) -> None:
    words = ("--keep", tmp_path / "kept", "-k", "mp", checkout / "solution")
    grading = Grading(checkout / "checker.sh", *words, temporary=public_folder)
    with contextlib.closing(grading):
        grading.first_row()
        grading.send(signal.SIGTERM)
        out, errors = grading.process.communicate(timeout=PATIENCE)
    assert (errors, "Kept in" in out) == ("", True)
    assert names(tmp_path / "kept") >= {"log", "programs", "compile", "mp-replies"}


def test_what_is_kept_changes_no_result(checker: Checker, checkout: Path, tmp_path: Path) -> None:
    json_file = tmp_path / "results.json"
    done = checker("-k", "mp-replies", "--keep", tmp_path / "kept", "--json", json_file,
                   checkout / "solution")
    assert (total(done), rows(done)) == (6, {"mp-replies": PASSED})
    assert json.loads(json_file.read_text())["score"] == 6
