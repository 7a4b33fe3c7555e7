"""The checker's command line, as students, CI and instructors use it."""
import argparse
import importlib
import io
import json
import os
import pty
import re
import shutil
import signal
import stat
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path
from types import ModuleType
from typing import Callable, Dict, Iterator, List, Tuple

import pytest

from checker.catalogue import BY_ID, CHECKS
from checker.outcome import FAILED, INCONCLUSIVE, PASSED, Outcome
from checker.report import Terminal, write_json, write_junit
from conftest import PATIENCE, eventually, one_line, run

Done = "subprocess.CompletedProcess[str]"
ONE = ("-k", "mp-replies")  # when one check will do


@pytest.fixture
def checker(checkout: Path) -> Callable[..., Done]:
    """Runs ./checker.sh with a submission's path and options."""
    return lambda *words, **options: run(checkout / "checker.sh", *words, **options)


@pytest.fixture
def submission(checkout: Path, public_folder: Path, tmp_path: Path) -> Path:
    """A folder with the solution's two files, to be changed."""
    for name in ("mp_server.c", "mt_server.c"):
        shutil.copy2(checkout / "solution" / name, tmp_path / name)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def total(done: Done) -> int:
    """Returns the total, after making sure that it stands there once, and last."""
    lines = done.stdout.split("\n")
    assert [line for line in lines if line.startswith("Total")] == lines[-2:-1] and lines[-1] == "", done.stdout
    found = re.fullmatch(r"Total: (\d+)/100", lines[-2])
    assert found, done.stdout
    return int(found[1])


def rows(done: Done) -> Dict[str, str]:
    """Returns the status of each check that has a row."""
    return dict(re.findall(r"^(m[pt]-[a-z]+) \.+ (\w+) \.\.\. [ \d]\d$", done.stdout, re.MULTILINE))


def test_the_skeleton_scores_nothing_and_fails_fast(checker: Callable[..., Done], tmp_path: Path) -> None:
    done = checker("--json", tmp_path / "results.json")
    assert (done.returncode, total(done), done.stderr) == (1, 0, "")
    assert rows(done) == {check.id: FAILED for check in CHECKS}
    assert json.loads((tmp_path / "results.json").read_text())["execution_time"] < 6


def test_the_solution_scores_all(checker: Callable[..., Done], checkout: Path) -> None:
    done = checker(checkout / "solution")
    assert (done.returncode, total(done), done.stderr) == (0, 100, ""), done.stdout
    assert rows(done) == {check.id: PASSED for check in CHECKS}


def test_help_names_every_option_and_exit_status(checker: Callable[..., Done]) -> None:
    done = checker("--help")
    assert done.returncode == 0
    assert set(re.findall(r"(?<!\S)--?[a-z]+", done.stdout)) >= {"-k", "--list", "--json", "--junit", "--quick", "--watch", "--help"}
    words = " ".join(done.stdout.split())
    assert all(status in words for status in ("0 all points", "1 something lost", "2 could not grade", "3 nothing lost"))


def test_list_names_all_checks_and_their_points(checker: Callable[..., Done]) -> None:
    listed = [line.split()[:2] for line in checker("--list").stdout.splitlines()]
    assert listed == [[check.id, str(check.points)] for check in CHECKS]
    assert sum(int(points) for _, points in listed) == 100


def cannot_grade(done: Done, *words: str) -> bool:
    return (done.returncode == 2 and one_line(done.stderr) and done.stdout == "" and done.stderr.startswith("checker.sh: ")
            and all(word in done.stderr for word in words))


@pytest.mark.parametrize("words, word", [
    (["no such folder"], "no such folder"), (["--frobnicate"], "--frobnicate"), (["support", "solution"], "solution"),
    (["checker.sh"], "checker.sh"), (["-k"], "-k"), (["-k", "mp-nothing"], "mp-nothing"), 
    (["-k", "mp and and"], "mp and and"),
    (["--json"], "--json"), (["--json", "/no/such/folder/results.json"], "/no/such/folder"), (["--json", "support"], "support"),
    (["--junit", "/no/such/folder/junit.xml"], "/no/such/folder"), (["--junit", "support"], "support"),
    (["--json", "/proc/results.json"], "/proc/results.json")],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "")
def test_what_cannot_be_graded_is_one_line_and_status_2(checker: Callable[..., Done], checkout: Path, words: List[str],
                                                        word: str) -> None:
    assert cannot_grade(checker(*words, cwd=checkout), word)


def test_a_folder_with_neither_file_cannot_be_graded(checker: Callable[..., Done], tmp_path: Path) -> None:
    assert cannot_grade(checker(tmp_path), "mp_server.c")


@pytest.fixture
def path_without(tmp_path: Path) -> Callable[[str], str]:
    """Returns a PATH on which one program is missing."""
    def without(missing: str) -> str:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in {"sh", "dirname", "id", "sleep", "make", "cc", "as", "ld"} - {missing}:
            (folder / name).symlink_to(shutil.which(name) or name)
        return str(folder)
    return without


@pytest.mark.parametrize("missing", ["cc", "make"])
def test_without_a_compiler_nothing_can_be_graded(checker: Callable[..., Done], path_without: Callable[[str], str],
                                                  missing: str) -> None:
    assert cannot_grade(checker(*ONE, PATH=path_without(missing)), "compiler", "apt-get install")


def test_with_a_compiler_on_that_path_it_can(checker: Callable[..., Done], path_without: Callable[[str], str]) -> None:
    done = checker(*ONE, PATH=path_without("nothing"))
    assert (done.returncode, rows(done)) == (1, {"mp-replies": FAILED})


def test_a_fault_of_the_checker_is_not_called_a_wrong_k(checker: Callable[..., Done], path_without: Callable[[str], str]) -> None:
    done = checker(*ONE, PATH=path_without("sleep"))  # which the checker starts
    assert "no check matches" not in done.stderr


def test_k_selects_a_check_by_its_id(checker: Callable[..., Done], checkout: Path) -> None:
    done = checker("-k", "mt-replies", checkout / "solution")
    assert (done.returncode, total(done), rows(done)) == (0, BY_ID["mt-replies"].points, {"mt-replies": PASSED})
    assert f"1 of {len(CHECKS)} checks" in done.stdout


def test_k_takes_an_expression(checker: Callable[..., Done]) -> None:
    assert set(rows(checker("-k", "replies or mt-races"))) == {"mp-replies", "mt-replies", "mt-races"}


LAST_WORDS = r'fputs("\033[2J\033[1;1H\a\b\r\nTotal: 100/100\nTotal: 100/100\rx ]]> <&\" \xff\xe2\x80\xa8\n", stderr);'
FORGERIES = {
    "at run time": ("\t\t\tserve_client(connfd);\n", "\t\t\t" + LAST_WORDS + '\n\t\t\twrite(connfd, "\\rTotal: 100/100\\n", 16);\n'),
    "by a message of the compiler": ("#include <err.h>\n", '#pragma message("\\nTotal: 100/100\\n\\033[2J")\n#error\n#include <err.h>\n'),
    "by an error": ("#include <err.h>\n", "#error Total: 100/100 ]]> <& \033[2J\n#include <err.h>\n"),
    "by a file name": ("#include <err.h>\n", '#line 1 "\\nTotal: 100/100\\n\\033[2J"\n#error\n#include <err.h>\n'),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_submission_cannot_forge_the_total(checker: Callable[..., Done], submission: Path, how: str) -> None:
    edit(submission / "mp_server.c", *FORGERIES[how])
    edit(submission / "mp_server.c", "#include <unistd.h>\n", "#include <unistd.h>\n#include <stdio.h>\n")
    json_file, junit_file = submission / "results.json", submission / "junit.xml"
    done = checker(*ONE, "--json", json_file, "--junit", junit_file, submission)
    assert (done.returncode, total(done), rows(done)) == (1, 0, {"mp-replies": FAILED})
    assert set(re.findall(r"[^ -~\n]", done.stdout)) == set(), "control characters"
    assert re.search(r"^    \| .*Total: 100/100", done.stdout, re.MULTILINE), "the student sees it too"
    assert "Total: 100/100" in json.loads(json_file.read_text())["tests"][0]["output"]
    assert "Total: 100/100" in (xml.parse(junit_file).getroot().findtext("testsuite/testcase/failure") or "")


def test_the_last_words_of_a_server_that_dies_at_once_are_shown(checker: Callable[..., Done], submission: Path) -> None:
    edit(submission / "mp_server.c", 'err(1, "sigaction");', ";\n\terrx(7, \"no luck today\");")
    done = checker(*ONE, submission)
    assert rows(done) == {"mp-replies": FAILED} and "status 7" in done.stdout
    assert re.search(r"^    \| .*no luck today", done.stdout, re.MULTILINE)


def test_the_shape_of_the_result_files(checker: Callable[..., Done], tmp_path: Path, checkout: Path) -> None:
    json_file, junit_file = tmp_path / "results.json", tmp_path / "junit.xml"
    shutil.copy(checkout / "solution" / "mt_server.c", tmp_path)
    shutil.copy(checkout / "support" / "mp_server.c", tmp_path)
    done = checker("-k", "replies or mp-zombies", "--json", json_file, "--junit", junit_file, tmp_path)
    results = json.loads(json_file.read_text())
    assert {"score", "execution_time", "tests"} <= set(results) and results["score"] == total(done) == 6
    assert [(test["name"], test["score"], test["max_score"], test["status"]) for test in results["tests"]] == [
        ("mp-replies", 0, 6, "failed"), ("mp-zombies", 0, 6, "failed"), ("mt-replies", 6, 6, "passed")]
    assert all(line in done.stdout for line in results["tests"][0]["output"].splitlines())
    suite = xml.parse(junit_file).getroot().find("testsuite")
    assert suite is not None and (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "2", "0")
    assert [(case.get("classname"), case.get("name"), len(case.findall("failure"))) for case in suite] == [
        ("mp_server", "mp-replies", 1), ("mp_server", "mp-zombies", 1), ("mt_server", "mt-replies", 0)]


def test_result_files_that_cannot_be_written_later_are_no_traceback(checkout: Path, tmp_path: Path,
                                                                    capsys: pytest.CaptureFixture) -> None:
    for write in (lambda path: write_json(path, [], 0.0, ""), lambda path: write_junit(path, [], 0.0)):
        write(tmp_path / "gone" / "results")
        assert one_line(capsys.readouterr().err)


def test_a_result_file_that_is_a_pipe_stays_one(checker: Callable[..., Done], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDWR)
    checker(*ONE, "--json", pipe)
    os.close(reading)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.fixture(scope="module")
def command_line() -> ModuleType:
    """checker/__main__.py as a module; it sets sys.path for itself."""
    before = sys.path[:]
    module = importlib.import_module("checker.__main__")
    sys.path[:] = before
    return module


def finished(command_line: ModuleType, statuses: Dict[str, str], fault: bool = False) -> "Tuple[int, List[str]]":
    """Returns the exit status, and the lines, of a grading that had these outcomes; all other checks passed. `fault`: what
    is inconclusive is so by a fault of the checker's."""
    stream = io.StringIO()
    report = command_line.Report(Terminal(stream))
    for check in CHECKS:
        status = statuses.get(check.id, PASSED)
        report.take({"ended": Outcome(check.id, status, [], fault=fault and status == INCONCLUSIVE).to_dict()})
    args = argparse.Namespace(k="", json=None, junit=None)
    return command_line.finish(args, report, 1.0), stream.getvalue().splitlines()


def test_nothing_lost_but_something_inconclusive_is_status_3(command_line: ModuleType) -> None:
    status, lines = finished(command_line, {"mp-speedup": INCONCLUSIVE, "mt-memory": INCONCLUSIVE})
    points = BY_ID["mp-speedup"].points + BY_ID["mt-memory"].points
    assert (status, lines[-1]) == (3, f"Total: {100 - points}/100")
    assert all(word in lines[-2] for word in ("mp-speedup", "mt-memory", f"{points} points", "again"))


def test_something_lost_is_status_1_whatever_else(command_line: ModuleType) -> None:
    status, lines = finished(command_line, {"mp-speedup": INCONCLUSIVE, "mt-memory": FAILED})
    assert (status, lines[-1]) == (1, f"Total: {100 - BY_ID['mp-speedup'].points - BY_ID['mt-memory'].points}/100")


def test_a_fault_of_the_checker_is_status_2(command_line: ModuleType) -> None:
    status, lines = finished(command_line, {"mp-speedup": INCONCLUSIVE, "mt-memory": FAILED}, fault=True)
    assert status == 2 and lines[-1].startswith("Total: ")


def test_rows_come_in_the_order_of_the_catalogue(command_line: ModuleType) -> None:
    """The checks of the two servers run at the same time, and the speed-up is measured last."""
    stream = io.StringIO()
    report = command_line.Report(Terminal(stream))
    for server in ("mt_server", "mp_server"):
        report.take({"selected": [check.id for check in CHECKS if check.server == server], "server": server, "contained": ""})
    for check in reversed(CHECKS):
        assert stream.getvalue() == ""
        report.take({"ended": Outcome(check.id, PASSED, []).to_dict()})
    assert [line.split()[0] for line in stream.getvalue().splitlines()] == [check.id for check in CHECKS]


def test_an_inconclusive_check_in_the_result_files(tmp_path: Path) -> None:
    outcomes = [Outcome("mp-speedup", INCONCLUSIVE, ["could not tell: busy"])]
    write_junit(tmp_path / "junit.xml", outcomes, 1.0)
    assert "busy" in (xml.parse(tmp_path / "junit.xml").getroot().findtext("testsuite/testcase/skipped") or "")
    write_json(tmp_path / "results.json", outcomes, 1.0, "")
    test = json.loads((tmp_path / "results.json").read_text())["tests"][0]
    assert test["score"] == 0 and "busy" in test["output"] and test["status"] == INCONCLUSIVE


def test_a_file_that_does_not_compile_costs_its_server_alone(checker: Callable[..., Done], submission: Path) -> None:
    edit(submission / "mp_server.c", "pid_t pid = fork();", "pid_t pid = fork()")
    done = checker("-k", "mp or mt-replies", submission)
    assert (done.returncode, total(done)) == (1, BY_ID["mt-replies"].points)
    assert rows(done) == {**{check.id: FAILED for check in CHECKS if check.server == "mp_server"}, "mt-replies": PASSED}
    messages = re.findall(r"^    \| (.*)$", done.stdout, re.MULTILINE)
    assert re.search(r"mp_server\.c:\d+:\d+: error: .*';'", "\n".join(messages[:4]))
    assert done.stdout.count("not graded until mp_server.c compiles") == 6


@pytest.mark.parametrize("spoil, word", [
    (lambda path: path.unlink(), "no mp_server.c"), (lambda path: path.write_bytes(b" " * (2 << 20)), "larger than"),
    (lambda path: (path.unlink(), path.mkdir()), "regular file"),
    (lambda path: (path.unlink(), os.mkfifo(path)), "regular file"),
    (lambda path: (path.unlink(), path.symlink_to("/etc/passwd")), "read")], ids=["missing", "huge", "folder", "pipe", "link"])
def test_a_file_that_cannot_be_taken_costs_its_server_alone(checker: Callable[..., Done], submission: Path, spoil: Callable,
                                                            word: str) -> None:
    spoil(submission / "mp_server.c")
    done = checker("-k", "replies", submission)
    assert (done.returncode, rows(done)) == (1, {"mp-replies": FAILED, "mt-replies": PASSED})
    assert word in done.stdout and "root:" not in done.stdout


def test_what_else_lies_in_the_folder_does_nothing(checker: Callable[..., Done], submission: Path) -> None:
    for name in ("Makefile", "conftest.py", "main.c"):
        os.mkfifo(submission / name)
    (submission / "server.h").symlink_to("/dev/zero")
    at = os.open(submission, os.O_RDONLY)
    for _ in range(4000):
        os.mkdir("deep", dir_fd=at)
        below = os.open("deep", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    done = checker("-k", "replies", submission)
    subprocess.run(["rm", "-r", str(submission / "deep")], check=True)  # too deep for shutil.rmtree
    assert (done.returncode, rows(done), done.stderr) == (0, {"mp-replies": PASSED, "mt-replies": PASSED}, "")


def test_it_runs_from_anywhere_and_in_folders_with_blanks(checkout: Path, public_folder: Path) -> None:
    lab = public_folder / "a lab's; \u00fc"
    shutil.copytree(checkout, lab, symlinks=True)
    shutil.copytree(lab / "solution", public_folder / "my work")
    done = run(lab / "checker.sh", *ONE, "my work", cwd=public_folder)
    assert (done.returncode, rows(done), done.stderr) == (0, {"mp-replies": PASSED}, "")


def listing(folder: Path) -> Dict[str, float]:
    return {str(path): path.stat().st_mtime for path in folder.rglob("*")}


def test_it_leaves_nothing_behind_in_the_checkout(own_checkout: Path, tmp_path: Path) -> None:
    before, temporary = listing(own_checkout), tmp_path / "temporary"
    temporary.mkdir()
    assert total(run(own_checkout / "checker.sh", *ONE, cwd=own_checkout, TMPDIR=str(temporary))) == 0
    assert listing(own_checkout) == before and list(temporary.iterdir()) == []


@pytest.fixture
def read_only(checkout: Path, public_folder: Path) -> Iterator[Path]:
    lab = public_folder / "read-only"
    shutil.copytree(checkout, lab, symlinks=True)
    subprocess.run(["chmod", "-R", "a-w,a+rX", str(lab)], check=True)
    yield lab
    subprocess.run(["chmod", "-R", "u+w", str(lab)], check=True)
    shutil.rmtree(lab)


def test_it_runs_on_a_read_only_checkout_as_anybody(read_only: Path, unprivileged: List[str]) -> None:
    if run(*unprivileged, sys.executable, "-c", "import pytest").returncode:
        pytest.skip("this Python is not for everybody")
    done = run(*unprivileged, read_only / "checker.sh", "-k", "replies", read_only / "solution", cwd=read_only, HOME="/nonexistent")
    assert (done.returncode, done.stderr, rows(done)) == (0, "", {"mp-replies": PASSED, "mt-replies": PASSED})
    assert not list(read_only.rglob("__pycache__"))


@pytest.fixture(scope="module")
def handout(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a student unpacks."""
    lab = tmp_path_factory.mktemp("handout") / "lab"
    shutil.copytree(checkout, lab, symlinks=True)
    assert run("make", "-s", "-C", lab / "support").returncode == 0  # must not end up in the archive
    made = run("make", "-s", "handout", cwd=lab)
    assert made.returncode == 0, made.stderr
    subprocess.run(["tar", "-xzf", str(next(lab.glob("*.tar.gz")))], cwd=lab.parent, check=True, timeout=60)
    return next(path for path in lab.parent.iterdir() if path != lab)


def test_a_handout_holds_no_solution_and_nothing_compiled(handout: Path) -> None:
    names = {str(path.relative_to(handout)) for path in handout.rglob("*")}
    assert {"checker.sh", "Makefile", "support/mp_server.c", "support/client.py", "tests/checker/box.c"} <= names
    assert not {name for name in names if re.search(r"solution|selftest|skeleton|__pycache__|\.[od]$|server$", name)}
    assert "WNOHANG" not in "".join(path.read_text() for path in handout.glob("support/m*.c"))


def test_a_handout_works_by_itself(handout: Path) -> None:
    done = run("./checker.sh", cwd=handout)
    assert (done.returncode, total(done), done.stderr) == (1, 0, "")
    built = run("make", "-s", "build", cwd=handout)
    assert (built.returncode, built.stderr) == (0, "")
    assert cannot_grade(run("./checker.sh", "--selftest", cwd=handout), "handout")
    assert run("make", "-s", "clean", cwd=handout).returncode == 0


PLANTED = ("conftest.py", "json.py", "re.py", "pytest.py", "sitecustomize.py", "usercustomize.py", "argparse.py", "checker.py",
           "startup.py", "test_mp_server.py", "setup.py")


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A folder with files that Python or pytest might run by mistake; they would leave a file named ran."""
    folder = tmp_path / "planted"
    folder.mkdir()
    for name in PLANTED:
        (folder / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r} + '\\n')\n")
    for name, section in (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        (folder / name).write_text(f"[{section}]\naddopts = --collect-only\n")
    return folder


def unaffected(done: Done, planted: Path) -> bool:
    ran = planted.parent / "ran"
    assert not ran.exists(), ran.read_text()
    return (done.returncode, rows(done), done.stderr) == (1, {"mp-replies": FAILED}, "")


def test_files_planted_in_the_submission_do_nothing(checker: Callable[..., Done], checkout: Path, planted: Path) -> None:
    for name in ("mp_server.c", "mt_server.c"):
        shutil.copy(checkout / "support" / name, planted)
    assert unaffected(checker(*ONE, planted), planted)


def test_files_planted_in_the_current_folder_do_nothing(checker: Callable[..., Done], planted: Path) -> None:
    assert unaffected(checker(*ONE, cwd=planted), planted)


def test_python_s_and_pytest_s_environment_does_nothing(checker: Callable[..., Done], planted: Path) -> None:
    environment = {"PYTHONPATH": str(planted), "PYTHONSTARTUP": str(planted / "startup.py"), "PYTEST_PLUGINS": "argparse",
                   "PYTEST_ADDOPTS": "--collect-only", "PYTHONOPTIMIZE": "2", "PYTHONINSPECT": "1"}
    assert unaffected(checker(*ONE, **environment), planted)


@pytest.mark.parametrize("variables", [
    {"CFLAGS": "-Dmain=x", "MAKEFLAGS": "-n", "CC": "false", "LDFLAGS": "-lnothing", "PROBE": "delay", "MALLOC_PERTURB_": "1"},
    {"GCC_EXEC_PREFIX": "/nonexistent"}], ids=min)
def test_the_environment_reaches_neither_compiler_nor_server(checker: Callable[..., Done], checkout: Path,
                                                             variables: Dict[str, str]) -> None:
    assert rows(checker(*ONE, checkout / "solution", **variables)) == {"mp-replies": PASSED}


def naming(folder: Path) -> List[str]:
    """Returns the command lines of processes whose command line or environment names a folder; not this process."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = [Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
        except OSError:
            continue
        if os.fsencode(folder) in b"".join(words) and int(pid) != os.getpid():
            found.append(words[0].decode(errors="replace"))
    return found


@pytest.fixture
def grading(checkout: Path, public_folder: Path, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A grading of the solution under way, in a session of its own; all that it starts names the folder `temporary`."""
    temporary = public_folder / "temporary"
    temporary.mkdir()
    temporary.chmod(0o755)
    process = subprocess.Popen([str(checkout / "checker.sh"), "--json", str(tmp_path / "results.json"), str(checkout / "solution")],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                               universal_newlines=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
                               env={**os.environ, "PYTHON": sys.executable, "TMPDIR": str(temporary)})
    yield process
    process.kill()
    process.communicate()
    left = not eventually(lambda: not naming(temporary)) and naming(temporary)
    shutil.rmtree(temporary)
    assert not left


def has_begun(grading: "subprocess.Popen[str]") -> bool:
    """Waits for the first row."""
    return any(line.startswith("mp-replies") for line in iter(grading.stdout.readline, ""))  # type: ignore[union-attr]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_grading_still_reports(grading: "subprocess.Popen[str]", tmp_path: Path, public_folder: Path,
                                              number: int) -> None:
    assert has_begun(grading)
    os.killpg(grading.pid, number)
    out, errors = grading.communicate(timeout=PATIENCE)
    assert (grading.returncode, errors) == (128 + number, "")
    assert not naming(public_folder / "temporary") and not list((public_folder / "temporary").iterdir())
    done = subprocess.CompletedProcess([], grading.returncode, out, errors)
    assert total(done) < 100 and "interrupted" in out
    assert len(json.loads((tmp_path / "results.json").read_text())["tests"]) == len(CHECKS)


@pytest.mark.parametrize("depth", [1, 2], ids=["the process that grades", "the process of one server"])
def test_a_grading_whose_process_is_killed_still_reports(grading: "subprocess.Popen[str]", tmp_path: Path, depth: int) -> None:
    assert has_begun(grading)
    pid = grading.pid
    for _ in range(depth):
        pid = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[-1])
    os.kill(pid, signal.SIGKILL)
    out, _ = grading.communicate(timeout=PATIENCE)
    assert grading.returncode == 2
    assert total(subprocess.CompletedProcess([], 2, out, "")) < 100 and "inconclusive" in out
    assert len(json.loads((tmp_path / "results.json").read_text())["tests"]) == len(CHECKS)


def test_a_grading_that_is_killed_takes_all_with_it(grading: "subprocess.Popen[str]", public_folder: Path) -> None:
    assert has_begun(grading)
    grading.kill()
    assert eventually(lambda: not naming(public_folder / "temporary"))


def on_a_terminal(checkout: Path, **environment: str) -> str:
    """Returns what ./checker.sh prints where standard output is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([str(checkout / "checker.sh"), "-k", "mp-replies", str(checkout / "support")], stdin=subprocess.DEVNULL,
                               stdout=theirs, env={**os.environ, "PYTHON": sys.executable, "TERM": "xterm", **environment})
    os.close(theirs)
    printed = b""
    try:
        for data in iter(lambda: os.read(ours, 4096), b""):
            printed += data
    except OSError:  # EIO: the other side has been closed
        pass
    assert process.wait(PATIENCE) == 1
    os.close(ours)
    return printed.decode()


@pytest.mark.parametrize("environment, coloured", [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)], ids=str)
def test_colour_on_a_terminal_that_wants_it(checkout: Path, monkeypatch: pytest.MonkeyPatch, environment: Dict[str, str],
                                            coloured: bool) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    printed = on_a_terminal(checkout, **environment)
    assert ("\x1b[31mfailed\x1b[0m" in printed) == coloured == bool(re.search(r"\x1b\[\d*m", printed))
    assert printed.splitlines()[-1].endswith("Total: 0/100")


def test_no_colour_and_no_progress_in_a_pipe(checker: Callable[..., Done]) -> None:
    done = checker("-k", "replies", TERM="xterm", CLICOLOR_FORCE="1", FORCE_COLOR="1", PY_COLORS="1")
    assert set(done.stdout) & set("\x1b\r\b") == set()
    assert all(line.startswith((*BY_ID, "    ", "containment: ", "Selected by -k", "Total: ")) for line in done.stdout.splitlines())
