"""What a student is told about the common bugs: which checks are lost, and only those, and in which words."""
import concurrent.futures
import json
import re
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import pytest

from checker.catalogue import BY_ID, CHECKS
from checker.outcome import FAILED, PASSED
from conftest import run

KEYS = ["done", "expected", "seen", "where", "think"]


class Bug(NamedTuple):
    server: str
    edits: List[Tuple[str, str]]  # to the solution's text
    lost: List[str]  # the checks; of a server that serves one client at a time, the others go with mp- or mt-concurrency
    says: Dict[str, str]  # by key: what the first lost check's line must match


MP_ONE_AT_A_TIME = [check.id for check in CHECKS if check.server == "mp_server" and check.id != "mp-replies"]
MT_ONE_AT_A_TIME = [check.id for check in CHECKS if check.server == "mt_server" and check.id != "mt-replies"]
CLOSE_LISTENFD = "\t\t\tclose(listenfd);\n"
SERVE_AND_EXIT = "\t\t\tserve_client(connfd);\n\t\t\t_exit(0);\t/* closes the child's copy of connfd */\n"
PARENT_CLOSES = "\t\tclose(connfd);\t/* the parent's copy: the connection ends when the child's is closed too */\n"
FORK_WARNS = '\t\t\twarn("fork: a client is dropped");\n'
SERVE = "\tserve_client(connfd);\n"
THREAD_CLOSES = "\tclose(connfd);\n\treturn NULL;\n"
CREATE = "error = pthread_create(&thread, &detached, serve, (void *)(intptr_t)connfd);\n"
CREATE_WARNS = '\t\t\twarnx("pthread_create: %s: a client is dropped", strerror(error));\n'
TAKE = "(int)(intptr_t)arg"

BUGS = {
    "the parent does not close the connection": Bug("mp_server", [(PARENT_CLOSES, "")], ["mp-descriptors"], {
        "done": "3 clients.* the second", "expected": "the end of its connection", "seen": "stays open", "where": "TODO 4"}),
    "the child does not close the listening socket": Bug("mp_server", [(CLOSE_LISTENFD, "")], ["mp-descriptors"], {
        "done": "8 clients.* server was killed", "expected": "nobody listens", "seen": "a child still holds the listening socket",
        "where": "TODO 4", "think": "last copy"}),
    "waitpid once a signal": Bug("mp_server", [("while (waitpid", "if (waitpid")], ["mp-zombies"], {
        "done": r"SIGSTOP.* 8 children", "expected": "at most 2 zombies", "seen": r"[3-8] zombies", "where": "TODO 1 and 2",
        "think": "how often does the handler run"}),
    "no handler": Bug("mp_server", [("sigaction(SIGCHLD, &action, NULL) == -1", "action.sa_flags == -1")], ["mp-zombies"], {
        "expected": "at most 2 zombies", "seen": r"(8|9|1\d) zombies", "where": "TODO 1 and 2"}),
    "the parent waits at once": Bug("mp_server", [(PARENT_CLOSES, PARENT_CLOSES + "\t\twaitpid(pid, NULL, 0);\n")], MP_ONE_AT_A_TIME, {
        "done": "8 clients.* number 8 .* 7 that connected before it stayed silent", "expected": "'34'", "seen": "no reply",
        "where": "TODO 3 and 4", "think": r"between fork\(\) and the next tcp_accept"}),
    "a failing fork ends the server": Bug("mp_server", [(FORK_WARNS, '\t\t\terr(9, "fork");\n')], ["mp-robustness"], {
        "done": r"fork\(\) failed for a client", "expected": "that its connection ends|'89'|a connection", "seen": "status 9",
        "where": "TODO 3", "think": "fork|failure at start"}),
    "the child goes on": Bug("mp_server", [("_exit(0);", ";")], ["mp-processes"], {
        "done": "8 clients", "expected": "that their processes end", "seen": "tcp_accept", "where": "TODO 3 and 4",
        "think": "Where does the child's code end"}),
    "&connfd": Bug("mt_server", [(TAKE, "*(int *)arg"), ("(void *)(intptr_t)connfd", "&connfd")], ["mt-races"], {
        "done": "8 clients.* held back", "expected": r"the line '\d+' for the client that sent '\d'", "where": "TODO 1 and 3",
        "think": "late"}),
    "no detached threads": Bug("mt_server", [("&thread, &detached", "&thread, NULL")], ["mt-memory"], {
        "done": r"served \d+ clients", "seen": r"[1-9]\d* KiB more for each client: the stacks", "where": "TODO 1 and 2"}),
    "malloc without free": Bug("mt_server", [(TAKE, "*(int *)arg"), ("(void *)(intptr_t)connfd", "memcpy(malloc(8), &connfd, 4)"),
                                             ("#include <string.h>", "#include <stdlib.h>\n#include <string.h>")], ["mt-memory"], {
        "done": r"served \d+ clients", "seen": r"\d+ KiB more for each client: blocks of malloc", "where": "TODO 1 and 2",
        "think": "malloc"}),
    "the thread does not close the connection": Bug("mt_server", [(THREAD_CLOSES, "\treturn NULL;\n")], ["mt-descriptors"], {
        "done": "3 clients", "expected": "the end of its connection", "seen": "stays open", "where": "TODO 1", "think": "who closes"}),
    "a failing pthread_create ends the server": Bug("mt_server", [(CREATE_WARNS, '\t\t\terrx(9, "pthread_create");\n')], [
        "mt-robustness"], {"done": r"pthread_create\(\) failed for a client", "seen": "status 9", "where": "TODO 4"}),
    "a lock around the service": Bug("mt_server", [
        ("static void *serve(", "static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;\n\nstatic void *serve("),
        (SERVE, "\tpthread_mutex_lock(&lock);\n" + SERVE + "\tpthread_mutex_unlock(&lock);\n")], MT_ONE_AT_A_TIME, {
        "done": "8 clients.* number 8 .* 7 that connected before it stayed silent", "expected": "'34'", "seen": "no reply",
        "where": "TODO 3"}),
    "joined at once": Bug("mt_server", [("&thread, &detached", "&thread, NULL"), (CREATE[-10:], CREATE[-10:] + "\t\tif (error == 0)\n"
                                        "\t\t\tpthread_join(thread, NULL);\n")], MT_ONE_AT_A_TIME, {
        "expected": "'34'", "seen": "no reply", "where": "TODO 3", "think": r"between pthread_create\(\) and the next tcp_accept"}),
    "a lock around the computing": Bug("mp_server", [
        ("#include <unistd.h>\n", "#include <unistd.h>\n#include <fcntl.h>\n#include <sys/socket.h>\n"),
        (SERVE_AND_EXIT, "\t\t\tchar first;\n\t\t\tint lock = open(\"mp_server.c\", O_RDONLY);\n\t\t\tstruct flock all = {.l_type = F_WRLCK};\n\n"
         "\t\t\t(void)all;\n\t\t\trecv(connfd, &first, 1, MSG_PEEK);\n\t\t\tif (lock == -1 || flock(lock, LOCK_EX) == -1)\n"
         "\t\t\t\terr(1, \"lock\");\n" + SERVE_AND_EXIT),
        ("#include <sys/wait.h>\n", "#include <sys/file.h>\n#include <sys/wait.h>\n")], ["mp-speedup"], {
        "done": "8 clients sent '40'", "expected": "8 threads or processes", "seen": r"\d of them .* \d\.\d s of CPU", "where": "TODO 3 and 4"}),
}


@pytest.fixture(scope="module")
def results(checkout: Path, public_folder: Path) -> "Dict[str, concurrent.futures.Future[Dict[str, Dict[str, str]]]]":
    """Grades each submission with a bug; a few at a time, as a check mostly waits."""
    def grade(number: int, bug: Bug) -> Dict[str, Dict[str, str]]:
        folder = public_folder / f"bug-{number}"
        folder.mkdir()
        text = (checkout / "solution" / f"{bug.server}.c").read_text()
        for old, new in bug.edits:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (folder / f"{bug.server}.c").write_text(text)
        run(checkout / "checker.sh", "-k", bug.server[:2], "--json", folder / "results.json", folder)
        return {test["name"]: test for test in json.loads((folder / "results.json").read_text())["tests"]}

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        return {name: pool.submit(grade, number, bug) for number, (name, bug) in enumerate(BUGS.items())}


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_costs_its_checks_alone_and_is_explained(results: Dict, name: str) -> None:
    bug, tests = BUGS[name], results[name].result()
    assert {id: test["status"] for id, test in tests.items()} == {
        check.id: FAILED if check.id in bug.lost else PASSED for check in CHECKS if check.server == bug.server}, \
        json.dumps(tests, indent=2)
    lines = tests[bug.lost[0]]["output"].splitlines()
    told = dict(re.match(r"(\w+): +(.+)", line).groups() for line in lines[:len(KEYS)])  # type: ignore[union-attr]
    assert list(told) == KEYS and told["where"] == BY_ID[bug.lost[0]].where
    for key, pattern in bug.says.items():
        assert re.search(pattern, told[key]), f"{key}: {told[key]}"
    for id in bug.lost[1:]:
        assert tests[id]["output"] == "not graded until it serves clients concurrently"


@pytest.mark.parametrize("name", [name for name in BUGS if "failing" in name])
def test_the_server_s_own_last_words_come_last(results: Dict, name: str) -> None:
    lines = results[name].result()[BUGS[name].lost[0]]["output"].splitlines()
    assert len(lines) > len(KEYS) and all(line.startswith("| ") for line in lines[len(KEYS):])
    assert re.search(r"mp_server: fork|mt_server: pthread_create", lines[-1])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_words_about_a_check_fit_its_file(checkout: Path, check: object) -> None:
    source = (checkout / "support" / f"{check.server}.c").read_text()  # type: ignore[attr-defined]
    numbers = re.findall(r"\d", check.where.split(" of ")[0])  # type: ignore[attr-defined]
    assert numbers and all(f"/* TODO {number}: " in source for number in numbers)
    assert check.where.endswith(f" of {check.server}.c") and check.hint.rstrip(")")[-1] in ".?("  # type: ignore[attr-defined]
