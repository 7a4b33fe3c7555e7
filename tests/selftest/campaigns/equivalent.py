"""Why a mutant may keep all points: by server, then by change and place (changes.py). Each reason
holds whatever else of the same table is changed, too.

What begins with NOT_GRADED makes a difference, but one that the lab does not grade by design."""
from __future__ import annotations

from typing import Dict, FrozenSet, Iterable, Tuple

NOT_GRADED = "not graded: "
NEVER_FAILS = "the call cannot fail here, and nothing makes it"
MESSAGE = "a message for whoever runs the server; no client sees it"
INDEPENDENT = "the two do not depend on each other"
UNDER_LOCK = "both happen under the lock, so nobody sees which was first"
SIGNAL = "a condition may be signalled with its mutex locked or not"
NO_ERRNO = "the handler interrupts nothing that looks at errno before a call sets it again"
STATISTICS = "a number that nobody reads, or another value of it"
SILENCES = "only silences a warning"
NO_CHILDREN = "the child has no children, so no SIGCHLD comes to it"
STACKS = "threads then have stacks of the library's, or more or fewer stacks are kept: all as right"
MP_MEMORY = f"{NOT_GRADED}16 bytes a client, and nobody grades the memory of mp_server"
RARE_RACE = f"{NOT_GRADED}a race only while no thread can be made, where none looks for races"

Reasons = Dict[Tuple[str, str], str]
WARNX = 'run_server: warnx("pthread_create: %s: a client is dropped", strerror(error));'
STDIO: Reasons = {
    ("delete", 'fib: __asm__ volatile("" : "+r"(n));'): "as right: the compiler may merge calls",
    ("swap", 'fib: __asm__ volatile("" : "+r"(n));'): "as right: the compiler may merge calls",
    ("delete", "discard_rest: shutdown(connfd, SHUT_WR);"):
        "the connection ends when the child does, 0.2 s later",
    ("swap", "discard_rest: shutdown(connfd, SHUT_WR);"): INDEPENDENT,
    ("swap", 'reply: FILE *in = fdopen(connfd, "r"), *out = fdopen(dup(connfd), "w");'):
        INDEPENDENT,
    ("delete", 'reply: err(1, "fdopen");'): NEVER_FAILS,
    ("always", "reply: if (error != NULL || recv(connfd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)"):
        "the client has its reply and its end; the child ends 0.2 s later",
    ("swap", "reap: int saved = errno;"): INDEPENDENT,
    ("delete", "reap: (void)signo;"): SILENCES,
    ("delete", "reap: errno = saved;"): NO_ERRNO,
    ("delete", 'run_server: err(1, "sigaction");'): NEVER_FAILS,
    ("negate", "run_server: if (pid == -1)"): MESSAGE,
    ("always", "run_server: if (pid == -1)"): MESSAGE,
    ("delete", 'run_server: warn("fork");'): MESSAGE,
}
HANDLER_FREES: Reasons = {
    ("delete", "on_child: (void)signo;"): SILENCES,
    ("always", "on_child: if (*link != NULL) {"):
        "SIGCHLD is blocked until a child is in the list, so each is found",
    ("delete", "on_child: free(ended);"): MP_MEMORY,
    ("delete", 'on_child: printf("child %d has ended\\n", (int)pid);'): MESSAGE,
    ("swap", 'on_child: printf("child %d has ended\\n", (int)pid);'): MESSAGE,
    ("delete", "on_child: fflush(stdout);"): MESSAGE,
    ("delete", "on_child: errno = saved_errno;"): NO_ERRNO,
    ("delete", 'run_server: err(EXIT_FAILURE, "SIGCHLD");'): NEVER_FAILS,
    ("swap", "run_server: connfd = tcp_accept(listenfd);"): INDEPENDENT,
    ("delete", "run_server: child = child == NULL ? malloc(sizeof(*child)) : child;"): NEVER_FAILS,
    ("delete", 'run_server: warn("a client is dropped");'): MESSAGE,
    ("swap", 'run_server: warn("a client is dropped");'): MESSAGE,
    ("delete", "run_server: free(child);"): MP_MEMORY,
    ("delete", "run_server: signal(SIGCHLD, SIG_DFL);"): NO_CHILDREN,
    ("swap", "run_server: signal(SIGCHLD, SIG_DFL);"): INDEPENDENT,
    ("delete", "run_server: sigprocmask(SIG_SETMASK, &before, NULL);"): NO_CHILDREN,
    ("swap", "run_server: sigprocmask(SIG_SETMASK, &before, NULL);"): INDEPENDENT,
    ("delete", "run_server: children = child;"): MP_MEMORY,
}
STACKS_USED_AGAIN: Reasons = {
    ("swap", "serve: close(worker->connfd);"): "nobody waits for it while it closes",
    ("swap", "serve: ended = worker;"): UNDER_LOCK,
    ("swap", "serve: pthread_cond_signal(&has_ended);"): SIGNAL,
    ("swap", "get_worker: idle = worker->next;"): UNDER_LOCK,
    ("delete", "get_worker: kept--;"): STACKS,
    ("always", "get_worker: if (worker->stack != MAP_FAILED)"): NEVER_FAILS,
    ("delete", "get_worker: free(worker);"): NEVER_FAILS,
    ("negate", "put_worker: if (kept < KEPT) {"): STACKS,
    ("always", "put_worker: if (kept < KEPT) {"): STACKS,
    ("swap", "put_worker: idle = worker;"): UNDER_LOCK,
    ("delete", "put_worker: kept++;"): STACKS,
    ("swap", "put_worker: kept++;"): INDEPENDENT,
    ("swap", "reap: pthread_mutex_unlock(&lock);"):
        "the thread has given up the lock, so it ends whoever holds it",
    ("delete", "reap: return unused;"): "never reached",
    ("negate", "start: if (error == 0)"): STACKS,
    ("always", "start: if (error == 0)"): NEVER_FAILS,
    ("delete", "start: error = pthread_attr_setstack(&attr, worker->stack, STACK);"): STACKS,
    ("always", "start: if (error == 0) (2)"): NEVER_FAILS,
    ("always", "start: if (error == 0) (3)"): "nobody reads the number of no thread",
    ("swap", "start: pthread_mutex_unlock(&lock);"): INDEPENDENT,
    ("delete", "start: pthread_attr_destroy(&attr);"): "the C library has allocated nothing for it",
    ("swap", "start: pthread_attr_destroy(&attr);"): "the C library has allocated nothing for it",
    ("delete", 'run_server: err(EXIT_FAILURE, "pthread_create");'): NEVER_FAILS,
    ("swap", "run_server: int connfd = tcp_accept(listenfd);"): INDEPENDENT,
    ("always", "run_server: if (worker != NULL) {"): NEVER_FAILS,
    ("delete", 'run_server: warnx("a client is dropped");'): MESSAGE,
    ("swap", 'run_server: warnx("a client is dropped");'): MESSAGE,
}
C11: Reasons = {
    ("delete", "count_down: served += *(unsigned long *)arg;"): STATISTICS,
    ("swap", "count_down: served += *(unsigned long *)arg;"): INDEPENDENT,
    ("delete", "count_down: active--;"): STATISTICS,
    ("swap", "count_down: active--;"): UNDER_LOCK,
    ("delete", "count_down: cnd_signal(&changed);"): STATISTICS,
    ("swap", "count_down: cnd_signal(&changed);"): SIGNAL,
    ("swap", "count_down: mtx_unlock(&lock);"): INDEPENDENT,
    ("delete", "prepare: exit(EXIT_FAILURE);"): NEVER_FAILS,
    ("swap", "serve: int connfd = (int)(intptr_t)arg;"): INDEPENDENT,
    ("swap", "serve: unsigned long *number = calloc(1, sizeof(*number));"): INDEPENDENT,
    ("delete", "serve: call_once(&once, prepare);"): "run_server() has called it before",
    ("negate", "serve: if (number != NULL && tss_set(own, number) == thrd_success)"): STATISTICS,
    ("always", "serve: if (number != NULL && tss_set(own, number) == thrd_success)"): NEVER_FAILS,
    ("delete", "serve: *number = 1;"): STATISTICS,
    ("delete", "serve: thrd_exit(0);"): "it returns instead; nobody asks for the value",
    ("negate", "report: if (active > most)"): STATISTICS,
    ("always", "report: if (active > most)"): STATISTICS,
    ("delete", "report: most = active;"): STATISTICS,
    ("delete", "report: return arg != NULL;"): "never reached",
    ("negate", "run_server: if (thrd_create(&thread, report, NULL) == thrd_success)"):
        "report() never ends, so nothing of it is to be released",
    ("always", "run_server: if (thrd_create(&thread, report, NULL) == thrd_success)"): NEVER_FAILS,
    ("delete", "run_server: thrd_detach(thread);"):
        "report() never ends, so nothing of it is to be released",
    ("delete", "run_server: active++;"): STATISTICS,
    ("delete", 'run_server: fputs("no thread: a client is dropped\\n", stderr);'): MESSAGE,
    ("swap", 'run_server: fputs("no thread: a client is dropped\\n", stderr);'): MESSAGE,
    ("delete", "run_server: mtx_lock(&lock); (2)"): RARE_RACE,
    ("swap", "run_server: mtx_lock(&lock); (2)"): RARE_RACE,
    ("delete", "run_server: active--;"): STATISTICS,
    ("swap", "run_server: active--;"): RARE_RACE,
    ("swap", "run_server: mtx_unlock(&lock); (2)"): INDEPENDENT,
}
EQUIVALENT: Dict[str, Reasons] = {
    "mp_server": {
        ("swap", "reap_children: int saved_errno = errno;"): INDEPENDENT,
        ("delete", "reap_children: (void)signo;"): SILENCES,
        ("delete", "reap_children: errno = saved_errno;"): NO_ERRNO,
        ("delete", 'run_server: err(EXIT_FAILURE, "sigaction");'): NEVER_FAILS,
        ("delete", 'run_server: warn("fork: a client is dropped");'): MESSAGE,
        ("swap", 'run_server: warn("fork: a client is dropped");'): MESSAGE,
    },
    "mt_server": {
        ("swap", "run_server: int connfd = tcp_accept(listenfd);"): INDEPENDENT,
        ("delete", 'run_server: err(EXIT_FAILURE, "pthread_attr_init");'): NEVER_FAILS,
        ("delete", 'run_server: err(EXIT_FAILURE, "pthread_attr_setdetachstate");'): NEVER_FAILS,
        ("delete", WARNX): MESSAGE,
        ("swap", WARNX): MESSAGE,
    },
    "correct/mp/stdio_service": STDIO,
    "correct/mp/handler_frees_while_unblocked": HANDLER_FREES,
    "correct/mt/stacks_used_again": STACKS_USED_AGAIN,
    "correct/mt/tsan_c11_everything": C11,
}
# Pairs of which one alone is killed.
PAIRS: Dict[str, Dict[FrozenSet[Tuple[str, str]], str]] = {}


def reason_for(name: str, changes: Iterable[Tuple[str, str]]) -> str:
    """Returns why a server with these changes (kind and place) may keep all points; "" if nobody
    has said so. Where each of two is equivalent, both are together."""
    keys = list(changes)
    pair = PAIRS.get(name, {}).get(frozenset(keys), "")
    reasons = [EQUIVALENT.get(name, {}).get(key, "") for key in keys]
    if pair or not all(reasons):
        return pair
    different = [reason for reason in reasons if reason.startswith(NOT_GRADED)]
    return "; ".join(dict.fromkeys(different or reasons))
