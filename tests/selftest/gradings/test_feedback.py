"""What a student is told about the common bugs: which checks are lost, and only those, and in which words."""
import concurrent.futures
import json
import re
from pathlib import Path
from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Tuple

import pytest

import corpus
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
        "done": "[78] clients sent '40'", "expected": "[78] threads or processes", "seen": r"\d of them .* \d\.\d s of CPU", "where": "TODO 3 and 4"}),
}

# The families of bugs, by the check that they lose first: one submission of the corpus each, and words of its message that
# name what is wrong with this one. No other one of its check gets them.
SAYS = {
    "mp-replies": {
        "accepts_and_closes": "without a reply; no child is there, and none was ever waited for",
        "closes_before_fork": "without a reply$",
        "off_by_one": "the line '0'",
        "own_port": "waits for a new client, and there is nobody else; 2 clients are not accepted, this one among them",
        "parent_closes_listener": "tcp_accept: descriptor 3 cannot accept",
        "returns_at_once": r"run_server\(\) returned"},
    "mp-concurrency": {
        "blocking_waits_in_handler": "waits for a child to end .* while SIGCHLD is blocked, as in a handler",
        "child_waits_for_grandchild": "1 other waits for a child to end",
        "eintr_fatal": "one client was served; then a client connected(.*\n)*.*Interrupted system call",
        "flock_whole_service": "7 others wait for a lock on a file",
        "lock_whole_service": "7 others wait for a lock or a thread",
        "sigsuspend_after_fork": "the server waits for a signal",
        "spinning_handler": "makes one system call after the other while SIGCHLD is blocked, as in a handler",
        "synchronous": "waits for a client to send, and there is nobody else; 7 clients are not accepted.*; no child is there",
        "vfork": r"waits until a child of vfork\(\)",
        "wait_at_once": r"the server waits for a child to end \(process \d+\), 1 other waits for a client to send; 7 clients are not",
        "waits_at_four": "4 others wait for a client to send; 3 clients are not accepted"},
    "mp-processes": {
        "child_back_to_accept_closed": r"called tcp_accept\(\), and died of that",
        "child_back_to_accept_open": "8 more .* 9 others wait for a new client",
        "child_stays": "8 more .* 9 others wait for a signal",
        "event_loop": "0 more than the 1 of before, and 0 more threads; the server waits in poll",
        "prefork_sixteen": "0 more than the 17 of before",
        "process_with_thread": "one of 2 threads",
        "roles_swapped": "1 more .* the server waits for a new client",
        "threads": "0 more .* 8 more threads"},
    "mp-zombies": {
        "clone_without_signal": "SIGCHLD, it is ignored",
        "if_in_handler": "7 zombies after 10 clients; 7 after 60 more.* a handler is installed",
        "keeps_twenty_zombies": "10 zombies after 10 clients; 20 after 60 more",
        "no_reaping": "10 zombies after 10 clients; 70 after 60 more.*; no handler is installed for SIGCHLD$",
        "one_wnohang_per_accept": "8 zombies after 10 clients; 8 after 60 more.* no handler",
        "resethand": "9 zombies after 10 clients; 69 after 60 more.* no handler",
        "sigchld_blocked": "SIGCHLD is blocked there, and one is pending",
        "wrong_process_group": "10 zombies after 10 clients; 70 after 60 more.*; a handler is installed"},
    "mp-descriptors": {
        "child_keeps_listener": "9 processes have it open",
        "closes_previous": "it ended when another client connected",
        "closes_when_reaped": "stays open; its connection is descriptor 4 of a child",
        "parent_keeps_connection": "stays open; its connection is descriptor 7 of the server itself.* for a client to send$",
        "shutdown_is_no_close": "10[0-9] open descriptors in the server itself"},
    "mp-robustness": {
        "aborts_when_fork_fails": "signal 6",
        "accept_failure_exits": r"short of descriptors \(EMFILE\) for a while; then a client connected",
        "exits_when_fork_fails": r"ended with status 1(.*\n)*\| mp_server: Fork error",
        "failed_fork_is_child": r"fork\(\) failed for a client; then a client connected(.*\n)*.*ended with status 0",
        "failed_fork_leaks": "waits for a new client, and there is nobody else; its connection is descriptor 4 of the server itself",
        "fork_retry_for_ever": "makes one system call after the other",
        "refuses_beyond_table": "without a reply; there are 6[345] processes beside the server itself",
        "waits_at_sixteen": "16 others wait for a client to send; 28[0-9] clients are not accepted"},
    "mt-replies": {
        "closed_by_creator": "without a reply(; there is 1 thread beside the server itself)?$",
        "drops_everybody": "without a reply; no thread was made",
        "exits_after_client": "ended with status 0",
        "lock_held_in_accept": "waits for a new client, [0-9] others? waits? for a lock or a thread",
        "pointer_for_descriptor": "waits for a new client, and there is nobody else; its connection is descriptor",
        "sixteen_bits": "the line '35549'"},
    "mt-concurrency": {
        "cancel_previous": "number 7 .*(.*\n)*.*the connection ended without a reply",
        "descriptor_in_global": "the server waits for a new client, 6 others wait in poll",
        "join_at_once": "waits for a lock or a thread, 1 other waits for a client to send; 7 clients are not accepted",
        "join_batches_of_four": "3 others wait for a client to send; 5 clients are not accepted",
        "mutex_around_service": "the server waits for a new client, 7 others wait for a lock or a thread",
        "semaphore_of_four": "4 others wait for a client to send; 4 clients are not accepted",
        "synchronous": "waits for a client to send, and there is nobody else; 7 clients are not accepted"},
    "mt-threads": {
        "event_loop": "0 more, and 0 more processes; the server waits in poll",
        "fork_instead": "0 more, and 8 more processes",
        "pool_of_sixteen": "0 more, and 0 more processes; .* 8 others wait for a lock or a thread",
        "watchdog_per_client": "8 more .* others sleep by the clock"},
    "mt-races": {
        "handshake_semaphore_one": "no reply; .*; the right one came to 2 3 4 5 6 7 8"},
    "mt-descriptors": {
        "end_seen_late": "it ended when another client connected",
        "lingers_for_next_request": "the server waits for a new client, 3 others wait for a client to send$",
        "never_closes": "of the server itself; the server waits for a new client, 2 others wait for a client to send$",
        "shutdown_without_close": "10[0-9] open descriptors"},
    "mt-memory": {
        "argument_leaked": r"[1-9] KiB more for each: blocks of malloc\(\)(.*\n)*.*heap",
        "never_joined": "8[0-9]{3} KiB more for each: the stacks of ended threads(.*\n)*.*VmSize"},
    "mt-robustness": {
        "create_failure_exits": r"pthread_create\(\) failed for a client; then a client connected",
        "create_failure_keeps_argument": "failed for 10 clients(.*\n)*.*blocks of malloc",
        "create_failure_keeps_descriptor": "waits for a new client, and there is nobody else; its connection is descriptor",
        "create_failure_spins": "sleeps by the clock",
        "create_failure_waits_for_handshake": "waits for a lock or a thread.*; the client is not accepted",
        "receive_error_exits": "sent '' and reset its connection; then a (new )?client",
        "refuses_above_64": "there are 6[345] threads beside the server itself",
        "vanished_client_leaks": "9 more|10 more"},
}
FAMILIES = [(check, name) for check, names in SAYS.items() for name in names]


def told(check: str, name: str) -> str:
    """Returns the message that a family's submission gets."""
    return corpus.grade(corpus.FOLDER / "buggy" / check[:2] / f"{name}.c", BY_ID[check].server, only=check).output[check]


@pytest.fixture(scope="module")
def messages() -> Iterator[Dict[Tuple[str, str], "concurrent.futures.Future[str]"]]:
    """What each family's submission is told; a few are graded at a time."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        futures = {family: pool.submit(told, *family) for family in FAMILIES}
        yield futures
        for future in futures.values():
            future.cancel()


@pytest.mark.parametrize("check, name", FAMILIES, ids=["-".join(family) for family in FAMILIES])
def test_a_message_names_its_own_bug_s_symptom(messages: Dict, check: str, name: str) -> None:
    """What can be seen depends on the moment, on a busy machine: a second look is allowed."""
    pattern = re.compile(SAYS[check][name], re.MULTILINE)
    said = [messages[check, name].result()]
    if not pattern.search(said[0]):
        said.append(told(check, name))
    assert pattern.search(said[-1]), said
    others = [other for other in SAYS[check] if other != name]
    assert not [other for other in others if pattern.search(messages[check, other].result())]


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
    assert check.where.endswith(f" of {check.server}.c")  # type: ignore[attr-defined]
