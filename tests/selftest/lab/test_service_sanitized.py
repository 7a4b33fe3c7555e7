"""The compiler's sanitizers find no fault in the given code, whatever comes."""
from __future__ import annotations

import itertools
import random
import re
import shutil
import socket
from pathlib import Path
from typing import List

import pytest

from selftest.lab.test_service import BAD_REQUESTS
from selftest.process import eventually, run
from selftest.serving import Running, Start, connected, read_all

FLAGS = "-std=gnu17 -g -O1 -Wall -Wextra -fsanitize=address,undefined -fno-sanitize-recover=all"


@pytest.fixture(scope="module", params=["server", "mt_server"])
def sanitized(request: pytest.FixtureRequest, checkout: Path,
              tmp_path_factory: pytest.TempPathFactory, running: Start) -> Running:
    """A server that ends with a report at the first fault that the sanitizers find."""
    folder = tmp_path_factory.mktemp("sanitized")
    for part in ("support", "solution"):
        shutil.copytree(checkout / part, folder / part)
    where = folder / ("support" if request.param == "server" else "solution")
    made = run("make", "-s", "-C", where, request.param, f"CFLAGS={FLAGS}")
    if "cannot find" in made.stderr:
        pytest.skip("the compiler's sanitizers are not installed")
    assert made.returncode == 0, made.stderr
    return running(where / request.param)


def noise() -> List[bytes]:
    """Returns 200 requests that are made up by chance, the same each time."""
    chance = random.Random(1)
    alphabet = b"0123456789\r\n\0 -+x\xff"
    return [bytes(chance.choices(alphabet, k=chance.randrange(80))) for _ in range(200)]


def answer(server: Running, request: bytes) -> bytes:
    """Returns the reply to a request that comes in two pieces, and then ends."""
    cut = min(len(request.partition(b"\n")[0]), 16)  # the first leaves the server waiting for more
    with connected(server.port) as connection:
        connection.sendall(request[:cut])
        assert eventually(server.asleep)
        connection.sendall(request[cut:])
        connection.shutdown(socket.SHUT_WR)
        return read_all(connection)


def test_no_sanitizer_finds_a_fault(sanitized: Running) -> None:
    for request in itertools.chain(BAD_REQUESTS, noise(), [b"20\n", b"7" * 65536]):
        assert re.fullmatch(rb"(\d+|error: [ -~]+)\n", answer(sanitized, request)), request
    assert sanitized.errors() == b"" and sanitized.process.poll() is None
