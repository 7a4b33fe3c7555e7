"""The command line of the bench."""
from __future__ import annotations

import argparse
import functools
import signal
import sys
from pathlib import Path
from typing import List, Sequence

from bench import floor, scaling, session, workloads
from bench.host import this_host
from bench.servers import ALL, SIGNALS, SYNCHRONOUS
from bench.session import Options, Session
from checks.workload import LARGEST
from console import CommandFailed, Interrupted, Parser, file_to_write, raise_on_signals

NAME = "bench"
DONE, BELOW = 0, 1  # exit statuses, besides those of console.run_command
MOST_CLIENTS, MOST_ROUNDS = 256, 1000
SUPPORT = Path(__file__).resolve().parents[2] / "support"
DESCRIPTION = ("Measures the synchronous, the multiprocess and the multithreaded server, and shows "
               "which client waited when. Without options: two workloads, about 30 s.")
STATUSES = (f"Exit status: 0 measured; 1 --floor: a server below {floor.WANTED}; 2 could not "
            "measure; 128 + signal if interrupted.")


def main(words: Sequence[str]) -> int:
    """Runs the bench; returns its exit status. Raises CommandFailed if it cannot measure, or cannot
    write a file."""
    options = parse(words)
    raise_on_signals(*SIGNALS)
    host = this_host()
    current = Session(options, host)
    status = DONE
    try:
        print(f"Machine: {host.words()}.\n", flush=True)
        current.measure()
    except Interrupted as error:
        status = 128 + error.signal
        print(f"Interrupted by {signal.Signals(error.signal).name}: the above is what was measured "
              "so far.")
    return _finish(current, status)


def _finish(current: Session, status: int) -> int:
    """Writes the files. Returns the exit status; an interrupt counts for more than a file that
    cannot be written."""
    try:
        current.write()
    except CommandFailed as error:
        if status == DONE:
            raise
        print(f"{NAME}: {error}", file=sys.stderr)
    if status == DONE and not current.reached_floor():
        return BELOW
    return status


def parse(words: Sequence[str]) -> Options:
    """Returns what the command line asks for; ends the program, with one line, if it is wrong."""
    parser = _parser()
    args = parser.parse_args(words)
    if args.numbers and len(args.numbers) > 1 and not args.scaling:
        parser.error("argument --n: a list is for --scaling")
    if args.floor:
        if args.svg or args.csv or args.clients or args.numbers:
            parser.error("--floor goes with --servers, --rounds and --json only")
        if args.servers == [SYNCHRONOUS]:
            parser.error("--floor is for mp_server and mt_server")
    return Options(**vars(args))


def _parser() -> Parser:
    parser = Parser(prog=NAME, description=DESCRIPTION, epilog=STATUSES)
    parser.add_argument("folder", metavar="DIR", nargs="?", type=Path, default=SUPPORT,
                        help="the folder with mp_server.c and mt_server.c (default: support/)")
    _add_measured(parser)
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--scaling", action="store_true",
                       help="instead: 1, 2, 4 ... 256 clients; no, some and much work")
    kinds.add_argument("--floor", action="store_true",
                       help="instead: requests/s against a bare loop of the system calls alone")
    parser.add_argument("--svg", metavar="FILE", type=file_to_write,
                        help="draw the timelines, or with --scaling the curves")
    parser.add_argument("--csv", metavar="FILE", type=file_to_write, help="write the tables")
    parser.add_argument("--json", metavar="FILE", type=file_to_write, help="write everything")
    return parser


def _add_measured(parser: Parser) -> None:
    """Adds what says which servers are measured, and how."""
    parser.add_argument("--servers", metavar="LIST", default=list(ALL),
                        type=functools.partial(names, ALL),
                        help="some of server,mp,mt (default: all)")
    parser.add_argument("--clients", metavar="N",
                        type=functools.partial(whole_number, 1, MOST_CLIENTS),
                        help=f"clients at once (default: {session.CLIENTS}); with --scaling, at "
                        f"most (default: {MOST_CLIENTS})")
    parser.add_argument("--n", metavar="N", dest="numbers", type=numbers_list,
                        help="each client asks for fib(N) (default: about a second of work for "
                        "all); with --scaling, a list")
    parser.add_argument("--rounds", metavar="N",
                        type=functools.partial(whole_number, 1, MOST_ROUNDS),
                        help=f"how often everything is measured (default: {session.ROUNDS}; with "
                        f"--scaling {scaling.ROUNDS}, with --floor {floor.ROUNDS})")
    parser.add_argument("--workload", metavar="LIST", dest="workloads",
                        default=list(workloads.NAMES),
                        type=functools.partial(names, workloads.NAMES),
                        help="cpu: work for the processor; slow: a slow client among quick ones "
                        "(default: cpu,slow)")


def whole_number(least: int, most: int, text: str) -> int:
    """Returns a number from `least` to `most`, for argparse."""
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")
    return int(text)


def numbers_list(text: str) -> List[int]:
    """Returns the values of n in a list with commas, for argparse."""
    return [whole_number(0, LARGEST, word) for word in text.split(",")]


def names(allowed: Sequence[str], text: str) -> List[str]:
    """Returns the names in a list with commas, for argparse: in the order of `allowed`, each once;
    mp is short for mp_server."""
    words = [f"{word}_server" if f"{word}_server" in allowed else word for word in text.split(",")]
    for word in words:
        if word not in allowed:
            raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(allowed)}")
    return [name for name in allowed if name in words]
