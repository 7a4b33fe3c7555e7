"""The mutants of a server: which statements and conditions are changed, and how, what a result
counts, and which pairs are drawn."""
from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from selftest.campaigns import equivalent, mutation, scores
from selftest.campaigns.changes import Change, changes, compiled, mutant
from selftest.campaigns.mutation import Result, first_order, second_order

SOURCE = """void run_server(int listenfd)
{
    int declared;

    first(); /* a comment */

    /* another one */
    second();
    if (third()) {
        fourth();
    } else if (again(
        wrapped)) {
        first();
    }
    while (fifth())
        ;
    call_of(two,
        lines());
    *pointer = 1;
}
""".replace("    ", "\t")
MADE = ["delete run_server: first();", "swap run_server: first();", "delete run_server: second();",
        "negate run_server: if (third()) {", "always run_server: if (third()) {",
        "delete run_server: fourth();", "delete run_server: first(); (2)",
        "delete run_server: while (fifth())", "delete run_server: *pointer = 1;"]


def change_of(kind: str, place: str) -> Change:
    found = [change for change in changes(SOURCE)
             if (change.kind, change.place) == (kind, f"run_server: {place}")]
    assert len(found) == 1
    return found[0]


def changed(*some: Change) -> List[str]:
    """Returns the lines of a mutant that differ from those of SOURCE."""
    before = SOURCE.splitlines()
    return [line for line in mutant("x", SOURCE, *some).source.splitlines() if line not in before]


def test_every_statement_and_condition_is_changed() -> None:
    assert [f"{change.kind} {change.place}" for change in changes(SOURCE)] == MADE


def test_what_a_change_puts_there() -> None:
    assert changed(change_of("negate", "if (third()) {")) == ["\tif (!(third())) {"]
    assert changed(change_of("always", "if (third()) {")) == ["\tif ((third()) || 1) {"]
    deleted = mutant("x", SOURCE, change_of("delete", "fourth();")).source
    assert deleted == SOURCE.replace("\t\tfourth();", "\t\t;")


def test_a_swap_keeps_what_stands_between() -> None:
    swapped = mutant("x", SOURCE, change_of("swap", "first();")).source
    assert swapped.splitlines()[4:8] == ["\tsecond();", "", "\t/* another one */",
                                         "\tfirst(); /* a comment */"]


def test_two_changes_are_both_made_whatever_their_order() -> None:
    one, other = change_of("delete", "while (fifth())"), change_of("negate", "if (third()) {")
    both = mutant("x", SOURCE, one, other)
    assert both.source == mutant("x", SOURCE, other, one).source
    assert "fifth" not in both.source
    assert changed(one, other) == ["\tif (!(third())) {"]


def test_changes_of_the_same_lines_are_not_apart() -> None:
    swap, second = change_of("swap", "first();"), change_of("delete", "second();")
    assert not swap.apart(second) and not second.apart(swap)
    assert swap.apart(change_of("delete", "fourth();"))


def test_the_compiler_tells_what_is_the_same() -> None:
    one = "int f(int a)\n{\n\treturn a + 0;\n}\n"
    assert compiled(one) == compiled("\n" + one.replace(" + 0", "")) != compiled("int g;\n")
    assert compiled(one.replace("return", "")[:-2]) is None


@pytest.mark.parametrize("name", equivalent.EQUIVALENT)
def test_each_reason_is_of_a_mutant_that_there_is(name: str) -> None:
    made = {(change.kind, change.place) for one in first_order(name) for change in one.changes}
    assert set(equivalent.EQUIVALENT[name]) <= made
    for pair in equivalent.PAIRS.get(name, {}):
        assert pair <= made


def test_the_kinds_of_results() -> None:
    some = Result("mp_server", "code", [["delete", "run_server: close(connfd);", "53"]])
    reasoned = some._replace(changes=[["delete", "reap_children: (void)signo;", "17"]])
    leaks = Result("correct/mp/handler_frees_while_unblocked", "code",
                   [["delete", "on_child: free(ended);", "35"]])
    assert [one.kind for one in (some, reasoned, leaks)] == ["survives", "equivalent", "not graded"]
    assert some._replace(killers=["mp-zombies"], unclear=["mp-speedup"]).kind == "killed"
    assert reasoned._replace(killers=["mp-zombies"]).kind == "killed"
    assert reasoned._replace(unclear=["mp-speedup"]).kind == "inconclusive"
    assert some._replace(compiles=False).kind == "compiler"
    assert some._replace(same=True).kind == "same code"


def test_two_equivalent_changes_are_equivalent_together() -> None:
    one, other = list(equivalent.EQUIVALENT["mt_server"])[:2]
    assert equivalent.reason_for("mt_server", [one, other])
    assert not equivalent.reason_for("mt_server", [one, ("delete", "serve: close(connfd);")])
    assert not equivalent.reason_for("mt_server", [])


Results = Dict[Tuple[str, str], Result]


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Results:
    """What is known of the first-order mutants of SOURCE: first() killed twice by one check, once
    by another; the rest not at all."""
    (tmp_path / "x.c").write_text(SOURCE)
    monkeypatch.setattr(mutation, "path_of", lambda name: tmp_path / f"{name}.c")
    monkeypatch.setattr(scores, "path_of", lambda name: tmp_path / f"{name}.c")
    found = {}
    for one in first_order("x"):
        change = one.changes[0]
        killers = {"fourth();": ["a"], "second();": ["a"], "*pointer = 1;": ["b"]}.get(change.text)
        if killers:
            words = [[change.kind, change.place, str(change.line)]]
            found["x", one.code] = Result("x", one.code, words, killers=killers)
    return found


def test_pairs_are_of_what_different_checks_kill(results: Results) -> None:
    pairs = second_order("x", results, 10, 1)
    assert sorted([change.text for change in pair.changes] for pair in pairs) == [
        ["fourth();", "*pointer = 1;"], ["second();", "*pointer = 1;"]]


def test_a_sample_hangs_on_its_seed(results: Results) -> None:
    drawn = {second_order("x", results, 1, seed)[0].code for seed in range(20)}
    assert len(drawn) == 2
    assert second_order("x", results, 1, 5) == second_order("x", results, 1, 5)


def test_results_of_another_source_do_not_count(results: Results) -> None:
    assert len(scores.current(["x"], results)) == len(results) == 3
    stale = {("x", "0"): next(iter(results.values()))}
    assert scores.current(["x"], stale) == []


def test_what_is_killed_in_spite_of_a_reason_is_told(
        results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(equivalent.EQUIVALENT, "x", {("delete", "run_server: second();"): "idle"})
    text = scores.report(["x"], list(results.values()), "make mutants")
    assert "line 8: a (`--seed 0`); said: idle\n" in text


def test_the_score_leaves_out_what_need_not_be_killed(results: Results) -> None:
    killed = list(results.values())
    survives = killed[0]._replace(killers=[])
    other = killed[0]._replace(compiles=False)
    text = scores.report(["x"], [killed[0], killed[1], killed[2], survives, other], "make mutants")
    assert "| x | 1 | 5 | 1 | 0 | 0 | 0 | 3 | 1 | 0 | 75.0 % |" in text
    assert "**survives**" in text
