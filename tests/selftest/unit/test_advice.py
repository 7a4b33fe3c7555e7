"""checks/advice/: what is told about a symptom."""
from __future__ import annotations

import ast
import re
from typing import Optional, Set

import pytest

from checks.advice import ADVICE, advice_for
from checks.advice.kinds import CLIENT, COMMAND_COLUMNS, SERVER, Advice, ByHand
from checks.advice.refine import RULES
from selftest.process import LAB

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
        "server$ make mt_server && ./mt_server 2999", "client$ kill -STOP $P", "server$ fg",
        "client$ ps -C mt_server"]


def test_a_build_that_is_long_stands_by_itself() -> None:
    build = "make clean\nmake CFLAGS='-std=gnu17 -g -fsanitize=thread' NAME"
    advice = Advice("Why?", ByHand(["ls"], "Z", build, "VARIABLE=1 ./NAME 2999"), mt="TODO 3")
    assert advice.commands("mt_server") == [
        "server$ make clean", "server$ make CFLAGS='-std=gnu17 -g -fsanitize=thread' mt_server",
        "server$ VARIABLE=1 ./mt_server 2999", "client$ ls"]


EACH = [pytest.param(symptom, server, id=f"{symptom}-{server}") for symptom in ADVICE
        for server in ("mp_server", "mt_server") if advice_for(server, symptom)]
each = pytest.mark.parametrize("symptom, server", EACH)


def advice_of(server: str, symptom: str) -> Advice:
    advice = advice_for(server, symptom)
    assert advice
    return advice


@each
def test_the_todos_are_there(symptom: str, server: str) -> None:
    where = advice_of(server, symptom).where(server)
    source = (LAB / "support" / f"{server}.c").read_text()
    assert all(f"/* TODO {number}: " in source for number in re.findall(r"\d", where))
    assert where.endswith(f" of {server}.c")


@each
def test_a_question_is_one(symptom: str, server: str) -> None:
    assert "?" in advice_of(server, symptom).question(server)


@each
def test_commands_can_be_copied_from_80_columns(symptom: str, server: str) -> None:
    commands = advice_of(server, symptom).commands(server)
    assert commands[0].startswith(SERVER + "make")
    assert [line for line in commands if len(line) > len(CLIENT) + COMMAND_COLUMNS] == []
    assert [line for line in commands if re.search("[A-Z]{4,}", line.replace("AME", ""))
            and not re.search("MALLOC_|TIMEFORMAT|FLAGS|LD_PRELOAD|STOP|KILL|PIPE", line)] == []


def test_an_unknown_symptom_has_no_advice() -> None:
    assert advice_for("mp_server", "") is None and advice_for("mt_server", "unheard-of") is None
    assert advice_for("mt_server", "no-reaping") is None, "threads leave no zombies"


def literals(source: str) -> Set[str]:
    """Returns the texts in a program that have the form of a key."""
    return {node.value for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", node.value)}


def values(node: Optional[ast.AST]) -> Set[str]:
    """Returns the keys that an expression may stand for."""
    if isinstance(node, ast.IfExp):
        return values(node.body) | values(node.orelse)
    if isinstance(node, ast.Call):
        return set().union(*map(values, node.args))
    if isinstance(node, ast.Tuple):
        return values(node.elts[-1]) if node.elts else set()
    return literals(repr(node.value)) if isinstance(node, ast.Constant) else set()


def raised(source: str) -> Set[str]:
    """Returns the keys that a program raises: the fourth argument of CheckFailed, or `symptom`;
    what is assigned to that name; what a function of that name returns."""
    found: Set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "CheckFailed":
            keywords = [word.value for word in node.keywords if word.arg == "symptom"]
            found = found.union(*map(values, [*node.args[3:4], *keywords]))
        elif isinstance(node, ast.Assign) and "symptom" in ast.dump(node.targets[0]):
            found |= values(node.value)
        elif isinstance(node, ast.FunctionDef) and "symptom" in node.name:
            for inner in ast.walk(node):
                found |= values(inner.value) if isinstance(inner, ast.Return) else set()
    return found


def test_each_key_that_is_raised_has_advice_and_each_advice_a_key() -> None:
    """Those that only lead to finer ones have none themselves."""
    sources = [*(LAB / "tests" / "checks").glob("*.py"), LAB / "tests" / "conftest.py"]
    texts = [path.read_text() for path in sources]
    finer = {rule.finer for rule in RULES}
    led_on = {key for rule in RULES for key in rule.keys.split()}
    used = set().union(*map(raised, texts)) - {""}
    assert {"no-reply-waits", "handler-prints", "blocks-pile-up"} <= used
    assert used - led_on <= set(ADVICE), "without advice"
    known = set().union(*map(literals, texts)) | finer
    assert set(ADVICE) <= known, "raised by nobody"
