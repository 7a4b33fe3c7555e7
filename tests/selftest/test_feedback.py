"""What a student is told about the common bugs: which checks are lost, and only those, and in which words."""
import concurrent.futures
import json
import re
from pathlib import Path
from typing import Dict, FrozenSet, List, NamedTuple, Tuple

import pytest

from checker.catalogue import BY_ID, CHECKS
from checker.outcome import PASSED
from conftest import run

KEYS = ["done", "expected", "seen", "where", "think", "by hand"]


class Bug(NamedTuple):
    server: str
    edits: List[Tuple[str, str]]  # to the solution's text: a pattern, and what to put there
    lost: List[str]  # the checks; of a server that serves one client at a time, the others go with mp- or mt-concurrency
    says: Dict[str, str]  # by key: what the first lost check's line must match
    either: FrozenSet[str] = frozenset()  # checks in which it may show too


MP_ONE_AT_A_TIME = [check.id for check in CHECKS if check.server == "mp_server"][1:]
MT_ONE_AT_A_TIME = [check.id for check in CHECKS if check.server == "mt_server"][1:]
# What stands once in the solution, as patterns: layout and comments may change.
PARENT_CLOSES = r"^\t\tclose\(connfd\);.*\n"
CLOSE_LISTENFD = r"^\t+close\(listenfd\);\n"
FORK_WARNS = r"\bwarn\(.*\);"
SERVE = r"\bserve_client\(connfd\);"
THREAD_CLOSES = r"^\tclose\(connfd\);.*\n"
CREATE_WARNS = r"\bwarnx\(.*\);"
TAKE, GIVE, DETACHED = r"\(int\)\(intptr_t\)arg", r"\(void \*\)\(intptr_t\)connfd", r"(?<=&thread, )&detached"

BUGS = {  # the longest to grade come first
    "the thread does not close the connection": Bug("mt_server", [(THREAD_CLOSES, "")], ["mt-descriptors"], {
        "done": "3 clients connected", "expected": "the end of its connection", "seen": "stays open", "where": "TODO 1", "think": "who closes"},
        frozenset({"mt-robustness"})),
    "waitpid once a signal": Bug("mp_server", [(r"\bwhile (?=\(waitpid)", "if ")], ["mp-zombies"], {
        "done": r"SIGSTOP.* 8 children", "expected": "at most 2 zombies", "seen": r"[3-8] zombies", "where": "TODO 1 and 2",
        "think": "how often does the handler run"}),
    "no handler": Bug("mp_server", [(r"sigaction\(SIGCHLD.*NULL\)", "action.sa_flags")], ["mp-zombies"], {
        "expected": "at most 2 zombies", "seen": r"(8|9|1\d) zombies", "where": "TODO 1 and 2"}),
    "the parent does not close the connection": Bug("mp_server", [(PARENT_CLOSES, "")], ["mp-descriptors"], {
        "done": "3 clients connected", "expected": "the end of its connection", "seen": "stays open", "where": "TODO 4"},
        frozenset({"mp-robustness"})),
    "the child does not close the listening socket": Bug("mp_server", [(CLOSE_LISTENFD, "")], ["mp-descriptors"], {
        "done": "8 clients.* server was killed", "expected": "nobody listens", "seen": "a child still holds the listening socket",
        "where": "TODO 4", "think": "last copy"}),
    "the parent waits at once": Bug("mp_server", [(PARENT_CLOSES, "\t\tclose(connfd);\n\t\twaitpid(pid, NULL, 0);\n")], MP_ONE_AT_A_TIME, {
        "done": "8 clients.* number 8 .* 7 that connected before it stayed silent", "expected": "reply", "seen": "no reply",
        "where": "TODO 3 and 4", "think": r"between fork\(\) and the next tcp_accept"}),
    "a failing fork ends the server": Bug("mp_server", [(FORK_WARNS, 'err(9, "fork");')], ["mp-robustness"], {
        "seen": "status 9", "where": "TODO 3", "think": "fork|failure at start"}),
    "the child goes on": Bug("mp_server", [(r"\b_exit\(0\);", ";")], ["mp-processes"], {
        "done": "8 clients", "expected": "that their processes end", "seen": "tcp_accept", "where": "TODO 3 and 4",
        "think": "Where does the child's code end"}),
    "&connfd": Bug("mt_server", [(TAKE, "*(int *)arg"), (GIVE, "&connfd")], ["mt-races"], {
        "done": "8 clients.* held back", "expected": r"the line '\d+' for the client that sent '\d'", "where": "TODO 1 and 3",
        "think": "late"}, frozenset({"mt-robustness", "mt-memory", "mt-speedup"})),
    "no detached threads": Bug("mt_server", [(DETACHED, "NULL")], ["mt-memory"], {
        "done": r"served \d+ clients", "seen": r"[1-9]\d* KiB more for each.*: the stacks", "where": "TODO 1 and 2"}),
    "malloc without free": Bug("mt_server", [(TAKE, "*(int *)arg"), (GIVE, "memcpy(malloc(8), &connfd, 4)"),
                                             ("#include <string.h>\n", "#include <stdlib.h>\n#include <string.h>\n")], ["mt-memory"], {
        "done": r"served \d+ clients", "seen": r"\d+ KiB more for each.*: blocks of malloc", "where": "TODO 1 and 2",
        "think": "malloc"}, frozenset({"mt-robustness"})),  # nor is it freed where there is no thread
    "a failing pthread_create ends the server": Bug("mt_server", [(CREATE_WARNS, 'errx(9, "pthread_create");')], [
        "mt-robustness"], {"seen": "status 9", "where": "TODO 4"}),
    "a lock around the service": Bug("mt_server", [
        (r"(?=^static void \*serve\()", "static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;\n\n"),
        (SERVE, "pthread_mutex_lock(&lock);\n\tserve_client(connfd);\n\tpthread_mutex_unlock(&lock);")], MT_ONE_AT_A_TIME, {
        "done": "8 clients.* number 8 .* 7 that connected before it stayed silent", "expected": "reply", "seen": "no reply",
        "where": "TODO 3"}),
    "a lock around the computing": Bug("mp_server", [
        ("#include <unistd.h>\n", "#include <fcntl.h>\n#include <sys/file.h>\n#include <sys/socket.h>\n#include <unistd.h>\n"),
        (SERVE, "char first;\n\t\t\tint lock = open(\"mp_server.c\", O_RDONLY);\n\n\t\t\trecv(connfd, &first, 1, MSG_PEEK);\n"
                "\t\t\tif (lock == -1 || flock(lock, LOCK_EX) == -1)\n\t\t\t\terr(1, \"lock\");\n\t\t\tserve_client(connfd);")],
        ["mp-speedup"], {
        "done": "8 clients sent '40'", "expected": "8 threads or processes", "seen": r"\d of them .* \d\.\d s of CPU", "where": "TODO 3 and 4"}),
}


@pytest.fixture(scope="module")
def results(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> "Dict[str, concurrent.futures.Future[Dict[str, Dict[str, str]]]]":
    """Grades each submission with a bug; a few at a time, as a check mostly waits."""
    def grade(bug: Bug, folder: Path) -> Dict[str, Dict[str, str]]:
        text = (checkout / "solution" / f"{bug.server}.c").read_text()
        for old, new in bug.edits:
            text, times = re.subn(old, lambda _: new, text, flags=re.MULTILINE)
            assert times == 1, old
        (folder / f"{bug.server}.c").write_text(text)
        prefix = bug.server[:2]
        selected = prefix if f"{prefix}-speedup" in bug.lost else f"{prefix} and not speedup"  # which takes longest
        run(checkout / "checker.sh", "--quick", "-k", selected, "--json", folder / "results.json", folder)
        return {test["name"]: test for test in json.loads((folder / "results.json").read_text())["tests"]}

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        return {name: pool.submit(grade, bug, tmp_path_factory.mktemp("bug")) for name, bug in BUGS.items()}


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_costs_its_checks_alone_and_is_explained(results: Dict, name: str) -> None:
    bug, tests = BUGS[name], results[name].result()
    lost = {id for id, test in tests.items() if test["status"] != PASSED}
    assert lost - bug.either == set(bug.lost), json.dumps(tests, indent=2)
    told = said(tests[bug.lost[0]])
    assert list(told) == KEYS and told["where"] == BY_ID[bug.lost[0]].where
    for key, pattern in bug.says.items():
        assert re.search(pattern, told[key]), f"{key}: {told[key]}"
    for id in lost & set(bug.lost[1:]):
        assert tests[id]["output"] == "not graded until it serves clients concurrently"


def said(test: Dict[str, str]) -> Dict[str, str]:
    """Returns the message of a failed check by its keys, in order."""
    return dict(re.findall(r"^([a-z ]+): +(.+)$", test["output"], re.MULTILINE)[:len(KEYS)])


@pytest.mark.parametrize("name", [name for name in BUGS if "failing" in name])
def test_a_server_that_ended_is_told_what_ended_it(results: Dict, name: str) -> None:
    assert re.search(r"(fork|pthread_create)\(\) failed", said(results[name].result()[BUGS[name].lost[0]])["done"])


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
    assert check.where.endswith(f" of {check.server}.c") and check.server in check.by_hand  # type: ignore[attr-defined]
