"""The mutants of a server: which statements and conditions are changed, and how."""
from __future__ import annotations

from typing import List

from grading.build import SERVERS
from selftest.campaigns import mutants

SOURCE = """void run_server(int listenfd)
{
    first(); /* a comment */

    /* another one */
    second();
    if (third()) {
        fourth();
    }
    while (fifth())
        ;
}
""".replace("    ", "\t")


def changed(change: str, line: int) -> List[str]:
    """Returns the lines of the one mutant with this change of this line that differ from SOURCE."""
    found = [mutant for mutant in mutants.mutants("mp_server", SOURCE)
             if (mutant.change, mutant.line) == (change, line)]
    assert len(found) == 1
    return [line for line in found[0].source.splitlines() if line not in SOURCE.splitlines()]


def test_every_statement_and_condition_is_changed() -> None:
    found = [(mutant.change, mutant.text) for mutant in mutants.mutants("mp_server", SOURCE)]
    assert found == [
        ("delete", "first();"), ("swap", "first();"), ("delete", "second();"),
        ("negate", "if (third()) {"), ("always", "if (third()) {"), ("delete", "fourth();"),
        ("delete", "while (fifth())")]


def test_what_a_change_puts_there() -> None:
    assert changed("negate", 7) == ["\tif (!(third())) {"]
    assert changed("always", 7) == ["\tif ((third()) || 1) {"]
    assert changed("delete", 8) == ["\t\t;"][1:]  # there is one like it already


def test_a_swap_keeps_what_stands_between() -> None:
    swap = next(mutant for mutant in mutants.mutants("mp_server", SOURCE)
                if mutant.change == "swap")
    assert swap.source.splitlines()[2:6] == ["\tsecond();", "", "\t/* another one */",
                                             "\tfirst(); /* a comment */"]


def test_each_reason_is_of_a_mutant_that_there_is() -> None:
    made = set()
    for server in SERVERS:
        source = (mutants.SOLUTION / f"{server}.c").read_text()
        made |= {(one.server, one.change, one.text) for one in mutants.mutants(server, source)}
    assert set(mutants.EQUIVALENT) <= made


def test_the_kinds_of_verdicts() -> None:
    one = mutants.Mutant("mp_server", "delete", 3, "(void)signo;", "")
    other = one._replace(text="close(connfd);")
    assert mutants.verdict(one, "") == ("equivalent", f"equivalent: {one.reason}")
    assert mutants.verdict(other, "")[0] == "survives"
    assert mutants.verdict(other, "mp-descriptors") == ("killed", "mp-descriptors")
    assert mutants.verdict(other, mutants.COMPILER)[0] == "compiler"
