"""Single checks: replies, zombies, processes, descriptors, the flood; with made-up servers."""
from __future__ import annotations

import contextlib
import signal
from contextlib import closing
from typing import Dict, Iterator, Optional, cast

import pytest

from checks import descriptors, diagnosis, replies, robustness, zombies
from checks.asking import AT_ONCE, SLACK
from checks.client import Client
from checks.robustness import EACH, FLOOD
from checks.server import Start
from checks.verdict import CheckFailed, Inconclusive
from selftest.unit.made_up import IDLE, MadeUpSandbox, MadeUpServer, process
from watching.dozing import Dozing


@pytest.fixture(autouse=True)
def no_closer_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What /proc shows of a made-up server: nothing."""
    for name in ("doing", "connection", "helpers", "sigchld", "kinds"):
        monkeypatch.setattr(diagnosis, name, lambda *_: [])


@pytest.fixture
def server() -> Iterator[MadeUpServer]:
    with closing(MadeUpServer()) as made:
        yield made


# --- replies ---

class Serving(MadeUpServer):
    """A server of which each answer is a function of the request; what is no number gets an error
    line."""
    wrong: Dict[bytes, Optional[bytes]] = {}

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        request = request[:-1]
        if request in self.wrong:
            return self.wrong[request]
        if request not in [b"%d" % n for n in range(41)]:
            return b"error: not a number from 0 to 40\n"
        return super().answer(number, request)


def test_right_replies_pass() -> None:
    with closing(Serving()) as server:
        replies.alone(server)
        replies.error_lines(server)


@pytest.mark.parametrize("n, wrong, symptom", [
    (0, b"0\n", "wrong-reply"), (12, b"1\n", "wrong-reply"), (40, None, "no-reply-waits"),
    (1, b"1\n\n", "more-than-reply"), (2, b"", "no-reply-closed")])
def test_one_wrong_reply_is_shown(n: int, wrong: Optional[bytes], symptom: str) -> None:
    with closing(Serving()) as server:
        server.wrong = {b"%d" % n: wrong}
        with pytest.raises(CheckFailed) as caught:
            replies.alone(server)
        replies.error_lines(server)
    assert caught.value.done.startswith(f"one client alone sent '{n}'")
    assert caught.value.symptom == symptom


def test_nobody_can_foresee_what_is_asked() -> None:
    asked = []
    for seed in range(9):
        with closing(Serving()) as server:
            server.draw.seed(seed)
            server.wrong = {b"%d" % n: b"wrong\n" for n in range(3, 40) if n != 10}
            with pytest.raises(CheckFailed, match="wrong") as caught:
                replies.alone(server)
            asked.append(caught.value.done)
    assert len(set(asked)) > 4


@pytest.mark.parametrize("request_", replies.NONE)
@pytest.mark.parametrize("reply", [b"0\n", b"", None, b"error\n", b"error: no", b"error: \nmore\n"])
def test_only_an_error_line_will_do(request_: str, reply: Optional[bytes]) -> None:
    with closing(Serving()) as server:
        server.wrong = {request_.encode(): reply}
        with pytest.raises(CheckFailed) as caught:
            replies.error_lines(server)
    assert f"sent '{request_}'" in caught.value.done and caught.value.symptom == "no-error-line"


class Napping(Serving):
    """A server that sleeps by the clock before each answer."""
    nap = 0.0

    def watch_naps(self) -> Dozing:
        self.dozing = Dozing()
        return self.dozing

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        if self.dozing:
            self.dozing.seconds += self.nap
            self.dozing.calls = {7: "clock_nanosleep", 8: "clock_nanosleep", 9: "poll"}
        return super().answer(number, request)


@pytest.mark.parametrize("nap, clients", [(1.0, 1), (0.06, 2), (0.035, 3)])
def test_who_sleeps_before_it_answers_is_found(nap: float, clients: int) -> None:
    with closing(Napping()) as server:
        server.nap = nap
        with pytest.raises(CheckFailed) as caught:
            replies.alone(server)
    assert caught.value.symptom == "sleeps"
    begin = "one client alone" if clients == 1 else f"{clients} clients"
    assert caught.value.done.startswith(begin)
    assert caught.value.seen == ["a child slept for a fixed time before the reply, "
                                 f"{nap * clients:.1f} s in all, in clock_nanosleep, poll"]


def test_a_handshake_that_is_polled_is_no_sleep() -> None:
    with closing(Napping()) as server:
        server.nap = replies.NAPS / 20
        replies.alone(server)


# --- zombies ---

class Forking(MadeUpServer):
    """A server with a child for each client, which ends when it has answered."""
    keeps = 0  # so many of its children, the first ones, stay zombies

    def __init__(self) -> None:
        super().__init__()
        self.on_client = self.fork

    def fork(self) -> None:
        self.made_up.box.processes[IDLE + self.number] = process(IDLE + self.number, parent=IDLE)

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        pid = IDLE + number
        if number <= self.keeps:
            self.made_up.box.processes[pid] = process(pid, "Z", IDLE)
        else:
            del self.made_up.box.processes[pid]
        return super().answer(number, request)


@pytest.mark.parametrize("keeps", [0, SLACK])
def test_children_that_end_at_the_same_time_are_reaped(keeps: int) -> None:
    with closing(Forking()) as server:
        server.keeps = keeps
        zombies.of_one_moment(server)


@pytest.mark.parametrize("keeps, symptom", [
    (SLACK + 1, "zombie-of-merged-signals"), (AT_ONCE, "zombie-of-merged-signals"),
    (AT_ONCE + 1, "no-reaping")])
def test_children_that_are_not_reaped_are_counted(keeps: int, symptom: str) -> None:
    with closing(Forking()) as server:
        server.keeps = keeps
        words = f"^{keeps} zombies when 10 clients had been served; of 60 more"
        with pytest.raises(CheckFailed, match=words) as caught:
            zombies.of_one_moment(server)
        assert server.made_up.box.signals == [(IDLE, signal.SIGSTOP), (IDLE, signal.SIGCONT)]
    assert caught.value.symptom == symptom


def test_too_many_at_once_are_left_to_another_check() -> None:
    """Whom many clients are known to end is asked only whether it reaps."""
    with closing(Forking()) as server:
        zombies.of_one_moment(server, crowds=False)
        assert server.number < 2 * AT_ONCE


def test_where_no_child_serves_there_are_no_zombies_to_look_for(server: MadeUpServer) -> None:
    zombies.of_one_moment(server)
    assert server.made_up.box.signals == []


# --- descriptors ---

def test_each_connection_ends_after_its_reply(server: MadeUpServer) -> None:
    descriptors.end_of_stream(server)
    assert server.number >= AT_ONCE


class Holding(MadeUpServer):
    """A server that does not close one of its connections."""
    held = 0

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        self.closes = number != self.held
        return super().answer(number, request)


@pytest.mark.parametrize("held", [1, 2, 5, AT_ONCE])
def test_a_connection_that_stays_open_is_found(held: int) -> None:
    with closing(Holding()) as server:
        server.held = held
        with pytest.raises(CheckFailed) as caught:
            descriptors.end_of_stream(server)
    assert f"; client {held} of them sent" in caught.value.done
    assert caught.value.symptom == "stays-open"


# --- the flood ---

class Flooded(MadeUpServer):
    """A server that loses clients when there are many."""
    lost = 0  # this one
    most = 1 << 30  # all that come after so many

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        if number == self.lost or number > self.most:
            return b"error: busy\n"
        return super().answer(number, request)


@pytest.fixture
def nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the clients that stand by."""
    monkeypatch.setattr(robustness, "bystanders", lambda server: contextlib.nullcontext())


def flood(server: MadeUpServer) -> str:
    return robustness.flood(cast(Start, lambda: server))


@pytest.mark.usefixtures("nobody_else")
@pytest.mark.parametrize("room, note", [
    (FLOOD + 1, ""), (FLOOD, ""),
    (20, "tried with 20 clients at once: this machine has room for no more")])
def test_as_many_clients_come_as_there_is_room_for(room: int, note: str) -> None:
    with closing(MadeUpServer(MadeUpSandbox(room=room * EACH))) as server:
        assert flood(server) == note
        assert server.number == min(room, FLOOD) + 1


@pytest.mark.usefixtures("nobody_else")
@pytest.mark.parametrize("lost, symptom, seen", [
    (3, "flood-lost", "19 were served; one of the others saw: the line 'error: busy'"),
    (20, "turned-away", "the line 'error: busy'"), (21, "turned-away", "the line 'error: busy'")])
def test_who_is_lost_in_a_flood_is_found(lost: int, symptom: str, seen: str) -> None:
    with closing(Flooded(MadeUpSandbox(room=20 * EACH))) as server:
        server.lost = lost
        with pytest.raises(CheckFailed) as caught:
            flood(server)
    assert (caught.value.symptom, caught.value.seen[0]) == (symptom, seen)


@pytest.mark.usefixtures("nobody_else")
@pytest.mark.parametrize("most", [1024, FLOOD - 1])
def test_a_table_of_1024_places_overflows(most: int) -> None:
    with closing(Flooded()) as server:
        server.most = most
        with pytest.raises(CheckFailed, match="error: busy") as caught:
            flood(server)
    assert caught.value.done.startswith("1100 clients connected; the last one")


@pytest.mark.usefixtures("nobody_else")
def test_room_that_others_take_meanwhile_blames_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = MadeUpSandbox(room=20 * EACH)
    with closing(Flooded(sandbox)) as server:
        server.lost = 3
        left = iter([20 * EACH, 20 * EACH - 1])
        monkeypatch.setattr(sandbox, "room", lambda: next(left))
        with pytest.raises(Inconclusive, match="other programs have taken the room"):
            flood(server)


# --- patient clients ---

class Impatient(MadeUpServer):
    """A server that drops a client, if only when so many have come."""
    dropped, when = 0, 0

    def answer(self, number: int, request: bytes) -> Optional[bytes]:
        drops = number == self.dropped and self.number >= self.when
        return b"" if drops else super().answer(number, request)


@pytest.mark.parametrize("dropped, when, words", [
    (0, 0, ""), (1, 0, "a client connected, and 0.1 s later"), (2, 0, "a client sent the first"),
    (2, 3, "a client sent the first"), (3, 3, "two clients connected, and took their time; then")])
def test_a_client_may_take_its_time(monkeypatch: pytest.MonkeyPatch, dropped: int, when: int,
                                    words: str) -> None:
    monkeypatch.setattr(robustness, "PATIENT", 0.1)
    with closing(Impatient()) as server:
        server.dropped, server.when = dropped, when
        patient = robustness.Patient(server)
        assert [type(client) for client in patient.clients] == [Client, Client]
        if not dropped:
            robustness.patience(patient)
            return
        with pytest.raises(CheckFailed) as caught:
            robustness.patience(patient)
    assert caught.value.done.startswith(words) and caught.value.symptom == "time-limit"
