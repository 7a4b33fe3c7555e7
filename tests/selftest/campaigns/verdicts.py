#!/usr/bin/env python3
"""Grades the corpus many times, on an idle and on a busy machine, and writes VERDICTS.md: which check killed which bug, and
how often a verdict was wrong. Each run is one ./checker.sh, as a student's. `make verdicts` calls this."""
import argparse
import concurrent.futures
import contextlib
import json
import os
import platform
import queue
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Sequence

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import corpus  # noqa: E402
from checker.catalogue import CHECKS  # noqa: E402
from checker.outcome import FAILED  # noqa: E402

REPORT = Path(__file__).with_name("VERDICTS.md")
QUOTA_CPUS = 0.5


class State(NamedTuple):
    """What else goes on in the machine: busy loops, CPUs that the checker may use, a quota of CPU time (in CPUs)."""
    name: str
    loops: int = 0
    one_core: bool = False
    quota: bool = False


STATES = [State("idle"), State("2 busy loops", loops=2), State("4 busy loops", loops=4), State("one core", one_core=True),
          State("half a core", quota=True)]


@contextlib.contextmanager
def busy(loops: int) -> Iterator[None]:
    """So many processes that do nothing but compute."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


@contextlib.contextmanager
def quota(number: int) -> Iterator[List[str]]:
    """A cgroup with half a CPU; yields the words before a command that put it there. Raises OSError where none can be
    made (cgroups(7); version 1's cpu controller, or version 2)."""
    old = Path("/sys/fs/cgroup/cpu")
    group = (old if old.is_dir() else Path("/sys/fs/cgroup")) / f"verdicts-{os.getpid()}-{number}"
    group.mkdir()
    try:
        if old.is_dir():
            (group / "cpu.cfs_period_us").write_text("100000")
            (group / "cpu.cfs_quota_us").write_text(str(int(QUOTA_CPUS * 100000)))
        else:
            (group / "cpu.max").write_text(f"{int(QUOTA_CPUS * 100000)} 100000")
        yield ["sh", "-c", f'echo $$ >"{group}/cgroup.procs" && exec "$@"', "sh"]
    finally:
        group.rmdir()


class Run(NamedTuple):
    state: str
    name: str
    wrong: List[str]
    failed: List[str]
    seconds: float
    said: List[str]  # the messages of the wrong ones


def run(state: State, prefixes: "queue.Queue[List[str]]", one: corpus.Submission) -> Run:
    """Grades a submission once, with the first words before the command that no other run has now."""
    prefix = prefixes.get()
    try:
        grade = corpus.grade(one.path, one.server, prefix)
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        return Run(state.name, one.name, [f"no grade: {error}"], [], 0.0, [])
    finally:
        prefixes.put(prefix)
    failed = [id for id, status in grade.status.items() if status == FAILED]
    either = one.either
    if state.one_core and "pinned" in one.name:  # where there is one CPU, nobody is bound to fewer
        either |= {id for id in one.loses if id.endswith("-speedup")}
    wrong = grade.wrong(one._replace(either=either))
    return Run(state.name, one.name, wrong, failed, grade.seconds, [grade.output[line.split()[0]] for line in wrong])


def jobs(submissions: Sequence[corpus.Submission], rights: int, wrongs: int, seed: int,
         done: "Counter[str]") -> List[corpus.Submission]:
    """Returns each submission as often as it is still to be run in one state, in a random order."""
    todo = [one for one in submissions for _ in range((wrongs if one.loses else rights) - done[one.name])]
    random.Random(seed).shuffle(todo)
    return todo


def run_all(args: argparse.Namespace, submissions: Sequence[corpus.Submission], runs: List[Run]) -> List[str]:
    """Adds to the runs what is missing. Returns in words the states that are left out."""
    skipped: List[str] = []
    for number, state in enumerate(STATES):
        done = Counter(run.name for run in runs if run.state == state.name)
        todo = jobs(submissions, args.rights, args.wrongs, args.seed + number, done)
        if not todo or args.state and state.name not in args.state:
            continue
        with contextlib.ExitStack() as stack:
            prefixes: "queue.Queue[List[str]]" = queue.Queue()
            cpus = sorted(os.sched_getaffinity(0))
            try:
                for job in range(args.jobs):
                    core = ["taskset", "-c", str(cpus[job % len(cpus)])] if state.one_core else []
                    prefixes.put(core + (stack.enter_context(quota(job)) if state.quota else []))
            except OSError as error:
                skipped.append(f"{state.name}: no quota can be set here ({error.strerror})")
                continue
            stack.enter_context(busy(state.loops))
            pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(args.jobs))
            for made in pool.map(lambda one: run(state, prefixes, one), todo):
                runs.append(made)
                if args.log:
                    with args.log.open("a") as log:
                        log.write(json.dumps(made._asdict()) + "\n")
                if made.wrong:
                    print(f"{made.state}: {made.name}: {'; '.join(made.wrong)}", flush=True)
                elif sys.stderr.isatty():
                    sys.stderr.write(f"\r\x1b[K{state.name}: {len(runs)} runs")
    return skipped


def report(runs: Sequence[Run], skipped: Sequence[str], submissions: Sequence[corpus.Submission], words: str) -> str:
    """Returns VERDICTS.md."""
    by_name = {one.name: one for one in submissions}
    wrong = [run for run in runs if run.wrong]
    right_runs = [run for run in runs if not by_name[run.name].loses]
    lines = ["# Verdicts", "", f"Made by `{words}` on {time.strftime('%Y-%m-%d')}, {platform.machine()}, "
             f"{len(os.sched_getaffinity(0))} cores, Linux {platform.release().split('-')[0]}, Python "
             f"{platform.python_version()}. A run grades one submission with `./checker.sh`. A verdict is wrong when a check "
             "passes that must fail, fails that must pass, or is inconclusive.", "",
             f"- Runs: {len(runs)}, of {len(by_name)} submissions; {len(right_runs)} of right ones, "
             f"{len(runs) - len(right_runs)} of wrong ones.",
             f"- Runs with a wrong verdict: {len(wrong)}; of right submissions: "
             f"{sum(not by_name[run.name].loses for run in wrong)}.",
             f"- Longest run: {max(run.seconds for run in runs):.1f} s; of right submissions: "
             f"{max((run.seconds for run in right_runs), default=0):.1f} s.",
             *(f"- Left out: {text}." for text in skipped), "", "## Flakes: machine state by submission", "",
             "| state | runs of right ones | wrong verdicts | runs of wrong ones | wrong verdicts | median s | longest s |",
             "|---|---|---|---|---|---|---|"]
    for state in STATES:
        here = [run for run in runs if run.state == state.name]
        if here:
            rights = [run for run in here if not by_name[run.name].loses]
            others = [run for run in here if by_name[run.name].loses]
            seconds = sorted(run.seconds for run in here)
            lines.append(f"| {state.name} | {len(rights)} | {sum(bool(run.wrong) for run in rights)} | {len(others)} | "
                         f"{sum(bool(run.wrong) for run in others)} | {seconds[len(seconds) // 2]:.1f} | {seconds[-1]:.1f} |")
    lines += ["", "Each wrong verdict:", ""] if wrong else ["", "No wrong verdict.", ""]
    lines += [f"- {run.state}: {run.name}: {'; '.join(run.wrong)}" for run in wrong]
    for server in ("mp", "mt"):
        lines += kills(server, runs, [one for one in submissions if one.server.startswith(server)])
    return "\n".join(lines) + "\n"


def kills(server: str, runs: Sequence[Run], submissions: Sequence[corpus.Submission]) -> List[str]:
    """Returns the table of bugs by check: in how many of its runs each check failed, in percent; blank for never."""
    ids = [check.id for check in CHECKS if check.id.startswith(server)]
    times: Dict[str, Counter] = defaultdict(Counter)
    total: Counter = Counter()
    for run in runs:
        total[run.name] += 1
        times[run.name].update(run.failed)
    lines = ["", f"## Kills: {server} submission by check", "", "Percent of the runs in which the check failed; `c` marks "
             "what is not graded because concurrency failed.", "",
             "| submission | runs | " + " | ".join(id[3:] for id in ids) + " |", "|---" * (len(ids) + 2) + "|"]
    for one in submissions:
        if not total[one.name]:
            continue
        gated = f"{server}-concurrency" in one.loses
        cells = [("c" if gated and id[3:] not in ("replies", "concurrency") else
                  str(round(100 * times[one.name][id] / total[one.name])) if times[one.name][id] else "") for id in ids]
        lines.append(f"| {one.name} | {total[one.name]} | " + " | ".join(cells) + " |")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description="Grades the corpus many times and writes VERDICTS.md.")
    parser.add_argument("--rights", type=int, default=4, help="runs of each right submission in each state (4)")
    parser.add_argument("--wrongs", type=int, default=1, help="runs of each wrong submission in each state (1)")
    parser.add_argument("--state", action="append", choices=[state.name for state in STATES], help="only this state")
    parser.add_argument("--only", default="", help="only submissions whose name contains this")
    parser.add_argument("--jobs", type=int, default=1, help="gradings at the same time, a load of its own (1)")
    parser.add_argument("--seed", type=int, default=1, help="of the order (1)")
    parser.add_argument("--log", type=Path, help="append each run to this file, a line of JSON each; those that it holds "
                        "already count")
    parser.add_argument("--output", type=Path, default=REPORT)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the busy loops end, too
    submissions = [one for one in corpus.submissions() if args.only in one.name]
    if not submissions:
        parser.error(f"--only {args.only}: no such submission")
    names = {one.name for one in submissions}
    lines = args.log.read_text().splitlines() if args.log and args.log.exists() else []
    runs = [made for made in (Run(**json.loads(line)) for line in lines) if made.name in names]
    skipped = run_all(args, submissions, runs)
    args.output.write_text(report(runs, skipped, submissions, "make verdicts " + " ".join(sys.argv[1:])))
    return int(any(run.wrong for run in runs))


if __name__ == "__main__":
    sys.exit(main())
