"""The bench's command line: what is asked for, and what is wrong with it."""
from __future__ import annotations

import argparse
from pathlib import Path
from typing import List

import pytest

from bench.cli import names, numbers_list, parse, whole_number
from bench.servers import ALL
from selftest.process import LAB, one_line


def test_defaults_are_all_servers_and_both_workloads() -> None:
    options = parse([])
    assert options.folder == LAB / "support"
    assert (options.servers, options.workloads) == (list(ALL), ["cpu", "slow"])
    assert (options.clients, options.numbers, options.rounds) == (None, None, None)
    assert not (options.scaling or options.floor or options.svg or options.csv or options.json)


def test_options_are_taken_over(tmp_path: Path) -> None:
    options = parse(["--servers", "mt,server", "--clients", "4", "--n", "1,30", "--rounds", "2",
                     "--scaling", "--svg", str(tmp_path / "x.svg"), "somewhere"])
    assert options.servers == ["server", "mt_server"]
    assert (options.clients, options.numbers, options.rounds) == (4, [1, 30], 2)
    assert options.scaling and options.svg == tmp_path / "x.svg"
    assert options.folder == Path("somewhere")


@pytest.mark.parametrize("words, complaint", [
    (["--servers", "mp,qp"], "'qp' is none of server, mp_server, mt_server"),
    (["--clients", "0"], "1 to 256"),
    (["--n", "41"], "0 to 40"),
    (["--n", "1,2"], "a list is for --scaling"),
    (["--rounds", "many"], "'many' is not a number"),
    (["--svg", "/no/such/folder/x.svg"], "cannot be written"),
    (["--floor", "--scaling"], "not allowed"),
    (["--floor", "--n", "3"], "--floor goes with"),
    (["--floor", "--servers", "server"], "--floor is for"),
    (["--workload", ""], "cpu, slow"),
])
def test_bad_arguments_get_one_line(words: List[str], complaint: str,
                                    capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(words)
    errors = capsys.readouterr().err
    assert caught.value.code == 2
    assert errors.startswith("bench: ") and one_line(errors) and complaint in errors


@pytest.mark.parametrize("text", ["-1", "1.5", "", "\u0663", "257"])
def test_a_number_is_in_its_range(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        whole_number(1, 256, text)


def test_lists() -> None:
    assert numbers_list("0,40") == [0, 40]
    assert names(("a_server", "b_server"), "b,a_server,b") == ["a_server", "b_server"]
