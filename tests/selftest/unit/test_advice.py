"""checks/advice/: what is told about a symptom."""
from __future__ import annotations

from checks.advice.kinds import Advice, ByHand

BOTH = Advice("After CREATE in NAME: who closes, the WORKER?",
              ByHand(["kill -STOP $P", "server$ fg", "ps -C NAME"], "Z"),
              mp="TODO 3", mt="TODO 1 and 4")


def test_one_advice_fits_both_servers() -> None:
    assert BOTH.where("mp_server") == "TODO 3 of mp_server.c"
    assert BOTH.where("mt_server") == "TODO 1 and 4 of mt_server.c"
    assert BOTH.question("mp_server") == "After fork() in mp_server: who closes, the child?"
    assert BOTH.question("mt_server").startswith("After pthread_create() in mt_server")


def test_commands_name_their_terminal_and_begin_with_the_build() -> None:
    assert BOTH.commands("mt_server") == [
        "server$ make && ./mt_server 2999", "client$ kill -STOP $P", "server$ fg",
        "client$ ps -C mt_server"]


def test_a_build_that_is_long_stands_by_itself() -> None:
    build = "make clean\nmake CFLAGS='-std=gnu17 -g -fsanitize=thread' NAME"
    advice = Advice("Why?", ByHand(["ls"], "Z", build, "VARIABLE=1 ./NAME 2999"), mt="TODO 3")
    assert advice.commands("mt_server") == [
        "server$ make clean", "server$ make CFLAGS='-std=gnu17 -g -fsanitize=thread' mt_server",
        "server$ VARIABLE=1 ./mt_server 2999", "client$ ls"]
