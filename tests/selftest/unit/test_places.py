"""The words for connections and descriptors, from made-up ones."""
from __future__ import annotations

from typing import Any, List, Mapping

import pytest

from checks import places
from checks.places import CLOSE_WAIT, Places
from selftest.unit.made_up import process
from watching.procfs import LISTENS, Connection

SERVER, PORT, CLIENT = 100, 2999, 40001


def tcp(**more: int) -> Connection:
    values = dict(local=PORT, remote=CLIENT, state=1, waiting=0, inode=77)
    values.update(more)
    return Connection(**values)


LISTENER = tcp(remote=0, state=LISTENS, inode=5)


def test_the_server_s_end_is_found_among_others() -> None:
    sockets = [LISTENER, tcp(local=CLIENT, remote=PORT, inode=9), tcp(remote=CLIENT + 1, inode=8),
               tcp(local=PORT + 1, state=LISTENS, waiting=50), tcp()]
    assert places.end_of_connection(sockets, PORT, CLIENT) == (77, 0)


def test_an_end_that_is_not_accepted_has_no_inode() -> None:
    sockets = [LISTENER._replace(waiting=7), tcp(inode=0)]
    assert places.end_of_connection(sockets, PORT, CLIENT) == (0, 7)


def test_an_end_that_is_gone_is_none() -> None:
    assert places.end_of_connection([LISTENER], PORT, CLIENT) == (None, 0)
    assert places.end_of_connection([], PORT, CLIENT) == (None, 0)


@pytest.mark.parametrize("number, words", [
    (0, []),  # just accepted
    (1, ["this connection is still in the listen queue"]),
    (7, ["7 connections, including this one, are still in the listen queue"]),
])
def test_the_listen_queue(number: int, words: List[str]) -> None:
    assert places.queued_words(number) == words


FAMILY = {SERVER: process(SERVER, parent=1), 101: process(101, parent=SERVER),
          102: process(102, parent=101)}


@pytest.mark.parametrize("holders, words", [
    ([], []),
    ([(SERVER, 4)], ["its connection is descriptor 4 of the server itself: not closed"]),
    ([(101, 4)], ["its connection is descriptor 4 of child 101: not closed"]),
    ([(102, 4)], ["its connection is descriptor 4 of process 102: not closed"]),
    ([(SERVER, 7), (101, 4)],
     ["its connection is descriptor 7 of the server itself and descriptor 4 of child 101: not "
      "closed"]),
    ([(SERVER, 4), (101, 4), (102, 4), (103, 4)],
     ["its connection is open in 4 processes: the server itself, child 101, process 102 and 1 "
      "more"]),
])
def test_who_holds_a_connection(holders: List[Any], words: List[str]) -> None:
    assert places.connection_words(holders, FAMILY, {SERVER}) == words


def test_one_of_several_idle_processes_is_not_the_server_itself() -> None:
    assert places.connection_words([(101, 4)], FAMILY, {SERVER, 101}) == [
        "its connection is descriptor 4 of process 101 of the server: not closed"]


@pytest.mark.parametrize("holders, words", [
    ([], []),
    ([(101, 3)], ["child 101 has it open as descriptor 3"]),
    ([(101, 3), (102, 5)], ["2 processes have it open; child 101, for example, as descriptor 3"]),
])
def test_who_holds_the_listening_socket(holders: List[Any], words: List[str]) -> None:
    assert places.listeners_words(holders, FAMILY, {SERVER}) == words


ONE_BY_ONE = Places(8, 7, [[SERVER]], [SERVER])
EACH_A_CHILD = Places(4, 0, [[101], [102], [103], [104]], [101, 102, 103, 104])
EACH_A_THREAD = Places(8, 4, [[SERVER]] * 4, [201, 202, 203, 204])
ONE_FOR_ALL = Places(4, 0, [[SERVER]] * 4, [SERVER] * 4)


@pytest.mark.parametrize("seen, words", [
    (ONE_BY_ONE, ["of the 8 connections, 1 has been accepted, 7 are still in the listen queue",
                  "one thread waits for a request, of 1 client"]),
    (EACH_A_CHILD, ["all 4 connections have been accepted",
                    "4 threads or processes wait for a request, of 4 clients",
                    "4 connections are open in 4 other processes, 0 in the server itself"]),
    (EACH_A_THREAD, ["of the 8 connections, 4 have been accepted, 4 are still in the listen queue",
                     "4 threads or processes wait for a request, of 4 clients"]),
    (ONE_FOR_ALL, ["all 4 connections have been accepted",
                   "one thread waits for a request, of 4 clients"]),
    (Places(3, 0, [[SERVER, 101], [SERVER, 101], [SERVER]], []),
     ["all 3 connections have been accepted",
      "2 connections are open in 1 other process, 3 in the server itself"]),
    (Places(3, 3, [], []), ["none of the 3 connections has been accepted: all are still in the "
                            "listen queue"]),
    (Places(1, 0, [[101]], [101]), []),  # of one client, connection_words tells more
])
def test_where_many_connections_are(seen: Places, words: List[str]) -> None:
    assert places.places_words(seen, {SERVER}) == words


@pytest.mark.parametrize("kinds, sockets, words", [
    ({}, [], []),
    ({"pipe": 3, "file": 100}, [], ["they are: 100 files, 3 pipes"]),
    ({"socket": 1}, [5], ["they are: 1 socket"]),
    ({"socket": 6, "device": 1}, [5, 11, 12, 13, 21, 22],
     ["they are: 6 sockets, 1 device",
      "of the sockets, 1 listens, 1 is connected to a client that is there, 2 are connected to "
      "clients that have left, 2 are not connected (any more)"]),
])
def test_the_kinds_of_descriptors(kinds: Mapping[str, int], sockets: List[int],
                                  words: List[str]) -> None:
    ends = [LISTENER, tcp(inode=11), tcp(inode=12, state=CLOSE_WAIT),
            tcp(inode=13, state=CLOSE_WAIT), tcp(inode=99), tcp(local=80, inode=21)]
    assert places.kinds_words(kinds, sockets, ends, PORT) == words
