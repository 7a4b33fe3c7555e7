"""How the checks of one server are shared out between two processes."""
from __future__ import annotations

import os
import signal
from typing import Callable, List, Sequence

import pytest

from checks.catalogue import CHECKS
from grading.ipc import start_process
from grading.lanes import GATES, SECOND, Lanes, topic

IDS = [check.id for check in CHECKS if check.server == "mt_server"]


def run(ids: Sequence[str], second: Callable[[], int] = lambda: 0) -> List[str]:
    """Shares checks out and lets each begin, all in processes of their own. Returns what they have
    written, and how the first one ended."""
    reading, writing = os.pipe()

    def act() -> int:
        lanes = Lanes()
        shared = lanes.shared_out(ids)
        for id in shared:
            lanes.begins(id)
            os.write(writing, f"{'second' if lanes.second else 'first'} {id}\n".encode())
        return second() if lanes.second else lanes.joined(1)

    child = start_process(act)
    os.close(writing)
    with open(reading, "rb") as pipe:
        written = pipe.read().decode().splitlines()
    status = os.waitpid(child, 0)[1]
    return [*written, f"status {status}"]


def test_each_check_is_run_once_and_the_gates_before_all_others() -> None:
    *written, status = run(IDS)
    assert sorted(line.split()[1] for line in written) == sorted(IDS)
    gates = [line for line in written if topic(line.split()[1]) in GATES]
    assert gates == written[:len(GATES)] and all(line.startswith("first ") for line in gates)
    second = [line.split()[1] for line in written if line.startswith("second ")]
    assert second == [id for id in IDS if topic(id) in SECOND]
    assert status == f"status {1 << 8}"


@pytest.mark.parametrize("ids", [["mt-replies"], ["mt-robustness"], ["mp-speedup", "mp-processes"],
                                 []], ids=str)
def test_checks_of_one_process_are_run_in_this_one(ids: List[str]) -> None:
    assert run(ids) == [*(f"first {id}" for id in ids), f"status {1 << 8}"]


def test_the_second_process_goes_on_if_the_first_one_ends_before_its_gates_are_over() -> None:
    assert "second mt-speedup" in run(["mt-replies", "mt-speedup"])


def killed() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.mark.parametrize("second, status", [(lambda: 0, 1 << 8), (lambda: 3, 3 << 8),
                                            (killed, signal.SIGKILL)], ids=str)
def test_how_the_second_process_ends_is_not_lost(second: Callable[[], int], status: int) -> None:
    assert run(IDS, second)[-1] == f"status {int(status)}"
