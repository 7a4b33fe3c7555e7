"""That a run under ThreadSanitizer which comes to no good end is named."""
from __future__ import annotations

from pathlib import Path
from typing import Dict, Tuple

import pytest

from checks import sanitizer
from checks.client import Client
from checks.sanitizer import BROKEN_OFF, ENDED, NO_RUN, Finding, Run
from checks.verdict import CheckFailed, Inconclusive
from selftest.unit.made_up import MadeUpServer


class Ending(MadeUpServer):
    """A server that ends at its start, or when it has started."""
    error: Exception
    starts: bool

    def start(self) -> None:
        if not self.starts:
            raise self.error

    def connect(self) -> Client:
        raise self.error


@pytest.mark.parametrize("error, starts, problem", [
    (CheckFailed("", "", ""), False, NO_RUN), (CheckFailed("", "", ""), True, ENDED),
    (Inconclusive(), False, NO_RUN), (Inconclusive(), True, BROKEN_OFF)])
def test_how_a_run_came_to_no_good_end(monkeypatch: pytest.MonkeyPatch, error: Exception,
                                       starts: bool, problem: str) -> None:
    made = Ending()
    made.error, made.starts = error, starts
    monkeypatch.setattr(sanitizer, "Server", lambda *_: made)
    run = sanitizer._watched(made.sandbox, Path("mt_server"), rounds=1, clients=1)
    assert run.problem == problem


class Built:
    """A build whose programs work under ThreadSanitizer, but for those that do not compile."""

    def __init__(self, folder: Path, **said: str) -> None:
        self.sandbox = None  # nothing is started
        self.folder, self.said = folder, said
        (folder / "mt_server.c").write_text("void run_server(int listenfd);\n")

    def sanitized(self, flags: str, name: str) -> Tuple[Path, str]:
        """Compiles nothing."""
        return self.folder / name, self.said.get(name, "")

    def program(self, name: str) -> Path:
        """Returns where it would be."""
        return self.folder / name


def seen(monkeypatch: pytest.MonkeyPatch, build: Built, runs: Dict[str, Run]) -> Finding:
    """Returns what is said of a build whose programs run like this."""
    def watched(_: object, program: Path, rounds: int, clients: int) -> Run:
        assert rounds > 0 < clients
        return runs.pop(program.name)

    monkeypatch.setattr(sanitizer, "_watched", watched)
    found = sanitizer.races(build, "mt_server")  # type: ignore[arg-type]  # it has no sandbox
    assert not runs  # each was asked for
    return found


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    build = Built(tmp_path, server="cannot find -ltsan", mt_server="cannot find -ltsan")
    assert "libtsan" in seen(monkeypatch, build, {}).missing


def test_a_submission_that_does_not_compile_is_not_taken_for_that(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    build = Built(tmp_path, mt_server="mt_server.c:3:1: error: no such thing\n3 | thing\n")
    assert seen(monkeypatch, build, {}).missing == (
        "mt_server.c does not compile with -fsanitize=thread (no such thing)")


def test_a_kernel_that_it_does_not_know_is_named(monkeypatch: pytest.MonkeyPatch,
                                                 tmp_path: Path) -> None:
    fatal = "FATAL: ThreadSanitizer: unexpected memory mapping 0x5d1b-0x5d1c\n"
    runs = {"mt_server": Run(fatal, NO_RUN), "server": Run(fatal, NO_RUN)}
    found = seen(monkeypatch, Built(tmp_path), runs)
    assert found == Finding(
        missing="it does not work on this machine (unexpected memory mapping)")


def test_a_submission_that_does_not_run_under_it_is_named(monkeypatch: pytest.MonkeyPatch,
                                                          tmp_path: Path) -> None:
    runs = {"server": Run(""), "mt_server": Run("", NO_RUN)}
    assert seen(monkeypatch, Built(tmp_path), runs) == Finding(missing=NO_RUN)


def test_a_run_without_fault_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    runs = {"mt_server": Run("listening on 4711\n")}
    assert seen(monkeypatch, Built(tmp_path), runs) == Finding()


def test_what_would_blind_it_is_taken_away() -> None:
    assert "-fsanitize=thread" in sanitizer.FLAGS.split()
    assert all(f"'-D{name}=unused'" in sanitizer.FLAGS for name in sanitizer.ATTRIBUTES)
