"""What the probe forces: threads that begin late, signals at the worst moment."""
from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Iterator, Tuple

import pytest

from checks.probing import Probe
from grading.tools import PROBE, PROBE_SOURCES
from sandbox.launcher import compile_tool

HEAD = """
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
"""
# Creates 20 threads, does CREATOR after each, and waits for all of them. Prints in which order
# they have begun.
THREADS = HEAD + """
static sem_t begun, all;
static atomic_int number, order[20];
static void *run(void *arg)
{
    order[atomic_fetch_add(&number, 1)] = (int)(long)arg;
    sem_post(&begun);
    sem_post(&all);
    return NULL;
}
int main(void)
{
    pthread_t thread;
    struct timespec limit;
    for (long i = 0; i < 20; i++) {
        pthread_create(&thread, NULL, run, (void *)i);
        pthread_detach(thread);
        CREATOR
    }
    for (int i = 0; i < 20; i++)
        while (sem_wait(&all) == -1)
            ;
    for (int i = 0; i < 20; i++)
        printf("%d ", order[i]);
    return 0;
}
"""
# Installs a handler that does HANDLER, has a child if CHILD, and does NORMAL.
SIGNALS = HEAD + """
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile int calls;
static void handler(int signo)
{
    calls += signo > 0;
    HANDLER
}
int main(void)
{
    struct sigaction act = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigset_t chld;
    void *block;
    pid_t child = CHILD ? fork() : 0;
    if (CHILD && child == 0)
        for (;;)
            pause();
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigaction(SIGCHLD, &act, NULL);
    NORMAL
    signal(SIGCHLD, SIG_DFL);
    if (child > 0)
        kill(child, SIGKILL);
    (void)block;
    return calls;
}
"""
ALLOCATE = "block = malloc(7); free(block);"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The probe."""
    return compile_tool(tmp_path_factory.mktemp("probe") / PROBE, PROBE_SOURCES,
                        "-fPIC", "-shared", "-pthread", "-ldl")


@pytest.fixture
def late(library: Path) -> Iterator[Probe]:
    """A probe that lets the oldest thread begin first."""
    with Probe(library, "delay") as made:
        made.expect(1000)
        yield made


@pytest.fixture
def signals(library: Path) -> Iterator[Probe]:
    """A probe that raises signals."""
    with Probe(library, "signals") as made:
        yield made


def run(folder: Path, probe: Probe, source: str, seconds: float = 60) -> Tuple[str, int]:
    """Compiles and runs a program; returns what it prints, and its status."""
    (folder / "program.c").write_text(source)
    program = compile_tool(folder / "program", [folder / "program.c"], "-pthread")
    done = subprocess.run([str(program)], stdin=probe.preload.descriptor, stdout=subprocess.PIPE,
                          env={"LD_PRELOAD": str(probe.preload.library)}, timeout=seconds,
                          universal_newlines=True)
    return done.stdout.strip(), done.returncode


def threads(folder: Path, probe: Probe, creator: str) -> str:
    """Returns the order in which threads have begun whose creator does this after each."""
    return run(folder, probe, THREADS.replace("CREATOR", creator))[0]


IN_ORDER = " ".join(map(str, range(20)))
IN_REVERSE = " ".join(map(str, reversed(range(20))))


def test_all_threads_are_late(tmp_path: Path, late: Probe) -> None:
    threads(tmp_path, late, "")
    assert (late.created, late.held, late.given_up) == (20, 0, False)
    assert late.most_held > 10  # the last one may come when the creator waits already


def test_the_oldest_or_the_newest_thread_begins_first(tmp_path: Path, late: Probe,
                                                      library: Path) -> None:
    """Two neighbours may overtake each other: both run when one has woken the other."""
    oldest_first = threads(tmp_path, late, "").split()
    assert oldest_first.index("0") < oldest_first.index("19")
    with Probe(library, "delay", newest_first=True) as probe:
        probe.expect(1000)
        newest_first = threads(tmp_path, probe, "").split()
        assert newest_first.index("19") < newest_first.index("0")


def test_a_handshake_is_kept(tmp_path: Path, late: Probe) -> None:
    assert threads(tmp_path, late, "while (sem_wait(&begun) == -1) ;") == IN_ORDER
    assert (late.most_held, late.given_up) == (1, False)


def test_a_wait_with_a_time_limit_is_waited_out(tmp_path: Path, late: Probe) -> None:
    threads(tmp_path, late, "clock_gettime(CLOCK_REALTIME, &limit); limit.tv_sec += i < 2;"
            "sem_timedwait(&begun, &limit);")
    assert late.most_held > 1
    assert not late.given_up


def test_who_polls_for_ever_is_given_its_thread_at_last(tmp_path: Path, late: Probe) -> None:
    assert threads(tmp_path, late, "while (number == i) usleep(100);") == IN_ORDER
    assert late.given_up


def test_as_many_as_are_expected_are_enough(tmp_path: Path, late: Probe) -> None:
    late.expect(20)
    threads(tmp_path, late, "while (i == 19 && number < 20) usleep(100);")
    assert (late.most_held, late.given_up) == (20, False)


def forced(folder: Path, probe: Probe, normal: str, handler: str = "", child: bool = True) -> int:
    """Runs a program with that handler and normal code; returns how often the handler ran."""
    source = SIGNALS.replace("NORMAL", normal).replace("HANDLER", handler)
    return run(folder, probe, source.replace("CHILD", str(int(child))))[1]


def test_a_signal_comes_inside_an_allocation(tmp_path: Path, signals: Probe) -> None:
    assert forced(tmp_path, signals, ALLOCATE) == 2
    assert (signals.raised, signals.in_handler, signals.fault) == (2, False, "")


def test_it_comes_only_where_it_could_come(tmp_path: Path, signals: Probe) -> None:
    assert forced(tmp_path, signals, ALLOCATE, child=False) == 0
    assert forced(tmp_path, signals, "sigprocmask(SIG_BLOCK, &chld, NULL);" + ALLOCATE) == 0
    assert forced(tmp_path, signals, "signal(SIGCHLD, SIG_IGN);" + ALLOCATE) == 0
    assert signals.raised == 0


@pytest.mark.parametrize("normal, handler, fault, called, interrupted", [
    (ALLOCATE, "free(strdup(\"x\"));", "allocation", "malloc", "malloc"),
    ("fputs(strerror(1), stderr);", "printf(\"%d\", signo);", "stdio", "printf", "fputs"),
    (ALLOCATE, "fflush(stdout);", "stdio", "fflush", "malloc")])
def test_what_a_handler_must_not_call_is_named(tmp_path: Path, signals: Probe, normal: str,
                                               handler: str, fault: str, called: str,
                                               interrupted: str) -> None:
    forced(tmp_path, signals, normal, handler)
    assert (signals.fault, signals.called, signals.interrupted) == (fault, called, interrupted)


def test_a_handler_that_waits_for_its_own_lock_is_seen(tmp_path: Path, signals: Probe) -> None:
    locked = "pthread_mutex_lock(&lock); pthread_mutex_unlock(&lock);"
    with pytest.raises(subprocess.TimeoutExpired):
        source = SIGNALS.replace("NORMAL", locked).replace("HANDLER", "pthread_mutex_lock(&lock);")
        run(tmp_path, signals, source.replace("CHILD", "1"), seconds=1)
    assert (signals.fault, signals.called) == ("lock", "pthread_mutex_lock")
    assert signals.in_handler


def test_a_handler_may_write_and_wait(tmp_path: Path, signals: Probe) -> None:
    forced(tmp_path, signals, ALLOCATE + "perror(NULL); pthread_mutex_lock(&lock);",
           "waitpid(-1, NULL, WNOHANG); if (write(2, \"\", 0) == -1) _exit(1);")
    assert signals.raised >= 4  # perror() allocates, too
    assert signals.fault == ""


def test_a_child_ends_inside_a_function_when_the_grader_lets_it(tmp_path: Path,
                                                                signals: Probe) -> None:
    """Here the child ends by itself, a little later."""
    signals.can_end(1)
    child = "if (fork() == 0) { usleep(300000); _exit(0); }"
    forced(tmp_path, signals, child + "block = malloc(7); calls += 100 * (waitpid(-1, NULL, "
           "WNOHANG) == -1);", "calls += 10 * (waitpid(-1, NULL, WNOHANG) > 0);", child=False)
    assert (signals.to_end, signals.raised, signals.in_handler) == (1, 1, False)


def test_a_signal_comes_when_a_child_was_created(tmp_path: Path, signals: Probe) -> None:
    """What the handler calls then is not its fault: nothing is interrupted."""
    child = "if (fork() == 0) _exit(0);"
    assert forced(tmp_path, signals, child, "puts(\"x\");", child=False) >= 1
    assert (signals.raised, signals.fault) == (1, "")
