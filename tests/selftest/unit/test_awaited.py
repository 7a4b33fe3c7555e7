"""Who waits for which connection: real threads that are blocked on sockets."""
import os
import select
import signal
import socket
from typing import Callable, Iterator, Tuple

import pytest

from selftest.unit.blocking import blocked
from watching import awaited, calls

pytestmark = pytest.mark.skipif(not calls.NAMES, reason="this processor's calls are not listed")
Pair = Tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    first, second = socket.socketpair()
    with first, second:
        yield first, second


def _polls(*ends: socket.socket) -> None:
    poll = select.poll()
    for end in ends:
        poll.register(end, select.POLLIN)
    poll.poll()


def _epolls(*ends: socket.socket) -> None:
    epoll = select.epoll()
    for end in ends:
        epoll.register(end, select.EPOLLIN)
    epoll.poll()


@pytest.mark.parametrize("act", [
    lambda first, _: first.recv(1), lambda first, _: os.read(first.fileno(), 1)])
def test_a_thread_that_waits_for_one(pair: Pair,
                                     act: Callable[..., object]) -> None:
    first, second = (os.fstat(end.fileno()).st_ino for end in pair)
    with blocked(lambda: act(*pair)) as [task]:
        assert awaited.readers([task], [first, second]) == {first: task}


@pytest.mark.parametrize("act", [
    _polls, _epolls, lambda *ends: select.select(ends, [], []),
    lambda first, second: select.select([first], [], [second], 60)])
def test_a_thread_that_waits_for_two(pair: Pair,
                                     act: Callable[..., object]) -> None:
    first, second = (os.fstat(end.fileno()).st_ino for end in pair)
    with blocked(lambda: act(*pair)) as [task]:
        assert awaited.readers([task], [first, second]) == {first: task, second: task}
        assert awaited.readers([task], [second]) == {second: task}
        [call] = calls.calls_of([task])
        assert call is not None
        assert set(awaited.awaited(task, call)) == {end.fileno() for end in pair}


@pytest.mark.parametrize("act", [signal.pause, lambda: os.read(os.pipe()[0], 1)])
def test_a_thread_that_waits_for_nobody(pair: Pair, act: Callable[..., object]) -> None:
    with blocked(act) as tasks:
        assert awaited.readers(tasks, [os.fstat(end.fileno()).st_ino for end in pair]) == {}
