"""How the checks of one server are shared out between several processes."""
from __future__ import annotations

import os
import signal
from typing import Callable, List, Sequence

import pytest

from checks.catalogue import CHECKS
from grading.ipc import start_process
from grading.lanes import GATES, OTHERS, Lanes, shares, topic

IDS = [check.id for check in CHECKS if check.server == "mt_server"]


def run(ids: Sequence[str], other: Callable[[], int] = lambda: 0) -> List[str]:
    """Shares checks out and lets each begin, all in processes of their own. Returns what they have
    written, and how the first one ended."""
    reading, writing = os.pipe()

    def act() -> int:
        lanes = Lanes()
        shared = lanes.shared_out(ids)
        for id in shared:
            lanes.begins(id)
            os.write(writing, f"{'other' if lanes.other else 'first'} {id}\n".encode())
        return other() if lanes.other else lanes.joined(1)

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
    others = {line.split()[1] for line in written if line.startswith("other ")}
    assert others == {id for id in IDS for topics in OTHERS if topic(id) in topics}
    assert status == f"status {1 << 8}"


@pytest.mark.parametrize("ids", [["mt-replies"], ["mt-robustness"],
                                 ["mp-robustness", "mp-processes"], []], ids=str)
def test_checks_of_one_process_are_run_in_this_one(ids: List[str]) -> None:
    assert run(ids) == [*(f"first {id}" for id in ids), f"status {1 << 8}"]


def test_each_check_falls_to_one_process() -> None:
    found = shares(IDS)
    assert all(found) and sorted(id for share in found for id in share) == sorted(IDS)
    assert found[0][:len(GATES)] == [f"mt-{gate}" for gate in GATES]


def test_the_others_go_on_if_the_first_one_ends_before_its_gates_are_over() -> None:
    assert "other mt-speedup" in run(["mt-replies", "mt-speedup"])


def killed() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.mark.parametrize("other, status", [(lambda: 0, 1 << 8), (lambda: 3, 3 << 8),
                                           (killed, signal.SIGKILL)], ids=str)
def test_how_another_process_ends_is_not_lost(other: Callable[[], int], status: int) -> None:
    assert run(IDS, other)[-1] == f"status {int(status)}"
