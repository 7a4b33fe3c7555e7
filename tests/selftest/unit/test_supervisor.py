"""supervisor.py and ipc.py: statuses, signals and events, without a grading."""
from __future__ import annotations

import io
import os
import signal
import socket
from pathlib import Path
from typing import Callable, Dict, Iterator, List

import pytest

from checks.catalogue import CHECKS
from grading import ipc, keeping, supervisor
from grading.ipc import channel, ending, received, send, start_process
from grading.options import Options
from grading.outcome import FAILED, INCONCLUSIVE, PASSED, Outcome
from grading.report import Report, Terminal
from grading.supervisor import Signals, end_all, exit_status, follow, write_files
from console import CommandFailed

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def outcomes(statuses: Dict[str, str], fault: bool = False) -> List[Outcome]:
    """Returns the outcomes of all checks; those that are not named have passed. `fault`: what is
    inconclusive is so because the checker failed."""
    found = []
    for check in CHECKS:
        status = statuses.get(check.id, PASSED)
        found.append(Outcome(check.id, status, [], fault=fault and status == INCONCLUSIVE))
    return found


def test_all_points_are_status_0() -> None:
    assert exit_status(outcomes({})) == 0


def test_something_lost_is_status_1_whatever_else() -> None:
    assert exit_status(outcomes({"mp-speedup": INCONCLUSIVE, "mt-memory": FAILED})) == 1


def test_nothing_lost_but_something_inconclusive_is_status_3() -> None:
    assert exit_status(outcomes({"mp-speedup": INCONCLUSIVE, "mt-memory": INCONCLUSIVE})) == 3


def test_a_fault_of_the_checker_is_status_2_whatever_else() -> None:
    assert exit_status(outcomes({"mp-speedup": INCONCLUSIVE, "mt-memory": FAILED}, True)) == 2


def test_a_file_that_cannot_be_written_does_not_keep_the_other_from_it(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = Options(tmp_path, json=tmp_path / "gone" / "results.json", junit=tmp_path / "junit",
                      html=tmp_path / "page")
    assert not write_files(options, outcomes({}), 1.0, "", {"mp_server": b"int x;"})
    assert (tmp_path / "junit").exists() and "int x;" in (tmp_path / "page").read_text()
    said = capsys.readouterr().err
    assert said.startswith("checker.sh: ") and said.count("\n") == 1


@pytest.fixture
def signals() -> Iterator[Signals]:
    """Signals that are noted; after the test all is as before."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield Signals(*NUMBERS)
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_first_signal_is_noted(signals: Signals) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGHUP)
    assert signals.first() == signal.SIGTERM


def test_signals_interrupt_nothing(signals: Signals) -> None:
    """Two at the same moment have ended the reporting process with a traceback."""
    signal.pthread_sigmask(signal.SIG_BLOCK, NUMBERS)
    for number in NUMBERS:
        os.kill(os.getpid(), number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, NUMBERS)
    assert signals.first() in NUMBERS


def test_more_signals_than_fit_are_no_trouble(signals: Signals,
                                              capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2000):
        os.kill(os.getpid(), signal.SIGTERM)
    assert (signals.first(), capsys.readouterr().err) == (signal.SIGTERM, "")


@pytest.fixture
def report() -> Report:
    return Report(Terminal(io.StringIO()))


def test_events_are_followed_until_nobody_is_left_to_send(report: Report,
                                                          signals: Signals) -> None:
    ours, theirs = channel()
    send(theirs, contained="containment: T2")
    send(theirs, problem="why")
    theirs.close()
    assert follow(report, ours, signals) == 0
    assert (report.contained, report.problems) == ("containment: T2", ["why"])


def test_a_signal_ends_the_following(report: Report, signals: Signals) -> None:
    ours, theirs = channel()
    os.kill(os.getpid(), signal.SIGHUP)
    assert follow(report, ours, signals) == signal.SIGHUP
    theirs.close()


def test_messages_stay_apart() -> None:
    ours, theirs = channel()
    for number in range(3):
        send(theirs, number=number, text="\u2028\n" * number)
    theirs.close()
    assert [event["number"] for event in received(ours)] == [0, 1, 2]


def raising() -> int:
    os.close(2)  # its traceback is not for this test's reader
    os.open(os.devnull, os.O_WRONLY)
    raise ValueError


def killed() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def asleep() -> int:
    signal.pause()
    return 0


@pytest.mark.parametrize("act, words", [
    (lambda: 0, "ended with status 0"), (lambda: 5, "ended with status 5"),
    (raising, f"ended with status {ipc.BROKEN}"),
    (killed, "was killed by signal 9")])
def test_how_a_process_ended(act: ipc.Act, words: str) -> None:
    assert ending(os.waitpid(start_process(act), 0)[1]) == words


def status_in_a_process_of_its_own(act: ipc.Act) -> int:
    """Calls the function where it has no children but its own; returns its exit status."""
    return os.WEXITSTATUS(os.waitpid(start_process(act), 0)[1])


def test_end_all_returns_the_status_of_the_grading_process() -> None:
    def act() -> int:
        return os.WEXITSTATUS(end_all(start_process(lambda: 7)))
    assert status_in_a_process_of_its_own(act) == 7


def test_end_all_kills_what_does_not_end() -> None:
    def act() -> int:
        return end_all(start_process(asleep), patience=0.0)
    assert status_in_a_process_of_its_own(act) == signal.SIGKILL


def test_what_may_not_be_signalled_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root without CAP_KILL may not signal a box's user: that must not end the supervisor."""
    refused: List[int] = []

    def refuse(pid: int, _: int, still_meant: Callable[[], bool]) -> None:
        refused.append(pid)
        if len(refused) == 1:
            raise PermissionError
        assert still_meant()
        os.kill(pid, signal.SIGKILL)

    def act() -> int:
        monkeypatch.setattr(supervisor, "send_signal", refuse)
        ended = end_all(start_process(asleep), patience=0.0)
        return ended if len(refused) > 1 else 0
    assert status_in_a_process_of_its_own(act) == signal.SIGKILL


def test_a_reason_names_what_is_known(report: Report, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert supervisor.reason_of(signal.SIGTERM, 9, report, log) == "it was interrupted"
    assert "600 s" in supervisor.reason_of(signal.SIGALRM, 9, report, log)
    assert supervisor.reason_of(0, 9, report, log) == "the grading process was killed by signal 9"
    log.write_text("one\ntwo\nthree\n\x1bfour\n")
    report.handle({"problem": "the process that grades mp_server ended with status 3"})
    assert supervisor.reason_of(0, 0, report, log) == (
        "the process that grades mp_server ended with status 3 / two / three / \\x1bfour")


def test_what_is_kept_goes_into_a_new_or_empty_folder(tmp_path: Path) -> None:
    keeping.prepare(tmp_path / "new" / "folder")
    keeping.prepare(tmp_path / "new" / "folder")
    with pytest.raises(CommandFailed, match="not empty"):
        keeping.prepare(tmp_path / "new")
    with pytest.raises(CommandFailed):
        keeping.prepare(Path("/proc/kept"))
    (tmp_path / "file").touch()
    with pytest.raises(CommandFailed):
        keeping.prepare(tmp_path / "file")


def test_a_channel_s_sockets_are_not_inherited() -> None:
    ours, theirs = channel()
    assert not ours.get_inheritable() and not theirs.get_inheritable()
    assert isinstance(ours, socket.socket)
