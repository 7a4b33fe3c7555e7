"""How a server starts: its argument, its port, its announcement, its signals."""
from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import List

import pytest

from selftest.process import PATIENCE, one_line, run
from selftest.serving import SERVERS, Running, Start, ask
from watching import procfs

BAD_ARGUMENTS: List[List[str]] = [
    [], ["2999", "2999"], ["abc"], ["-1"], ["65536"], [""], ["2999x"], [" 2999"], ["+2999"],
    ["0x10"], ["2999.0"], ["00000002999"], ["4294970295"], ["18446744073709554615"], ["%s%n"]]


@pytest.mark.parametrize("words", BAD_ARGUMENTS, ids=" ".join)
@pytest.mark.parametrize("name", SERVERS)
def test_a_bad_argument_is_one_line_and_status_1(built: Path, name: str, words: List[str]) -> None:
    done = run(built / name, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert one_line(done.stderr) and name in done.stderr


@pytest.mark.parametrize("name", SERVERS)
def test_a_taken_port_is_one_line_and_status_1(built: Path, server: Running, name: str) -> None:
    done = run(built / name, str(server.port))
    assert (done.returncode, done.stdout) == (1, "")
    assert one_line(done.stderr) and str(server.port) in done.stderr
    assert os.strerror(errno.EADDRINUSE) in done.stderr


def test_the_announcement_comes_before_the_first_client(each_server: Running) -> None:
    assert re.fullmatch(rb"listening on [1-9]\d{0,4}\n", each_server.announcement)
    assert ask(each_server.port, b"4\n") == b"5\n"
    assert not each_server.says_more()


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_that_was_ended_does_not_keep_its_port(built: Path, running: Start,
                                                        name: str) -> None:
    first = running(built / name)
    assert ask(first.port, b"4\n") == b"5\n"  # the server closes first, and so is in TIME_WAIT
    first.process.kill()
    first.process.wait()
    second = running(built / name, str(first.port))
    assert second.announcement == b"listening on %d\n" % first.port


def test_a_broken_standard_output_is_one_line_and_status_1(built: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(built / "server"), "0"], stdout=full, stderr=subprocess.PIPE,
                              timeout=PATIENCE)
    assert done.returncode == 1 and one_line(done.stderr.decode())


def test_sigpipe_is_ignored(each_server: Running) -> None:
    assert procfs.signal_sets(each_server.pid)["SigIgn"] & 1 << (signal.SIGPIPE - 1)
