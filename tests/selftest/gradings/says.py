"""What a student is told about the common bugs: words of the message that name what is wrong with
this submission, which no other one's of its check do; and the key that its advice hangs on.

The families of bugs are sorted by the check that they lose first, with one submission of the corpus
each: SAYS["mp-zombies"]["no_reaping"] is about submissions/buggy/mp/no_reaping.c. Regular
expressions, in which ^ and $ match at the lines of a message before it is wrapped.
"""
from __future__ import annotations

from typing import Dict, Tuple

SAYS: Dict[str, Dict[str, Tuple[str, str]]] = {
    "mp-replies": {
        "accepts_and_closes": ("nobody-serves", "the server has no child, and has never reaped"),
        "closes_before_fork": ("closed-too-early", r"without a reply\n.* has no child now"),
        "off_by_one": ("wrong-reply", "the line '0'"),
        "own_port": ("no-reply-waits", r"blocked in accept\(\) .*\n.*it has no other thread or "
                     r"child\n.*2 connections, including this one"),
        "parent_closes_listener": ("server-gone", "tcp_accept: descriptor 3 cannot accept"),
        "returns_at_once": ("server-gone", r"run_server\(\) returned")},
    "mp-concurrency": {
        "blocking_waits_in_handler": (
            "handler-blocks",
            r"blocked in waitpid\(\) .* while SIGCHLD is blocked, as in a SIGCHLD handler"),
        "child_waits_for_grandchild": ("parent-waits", r"child \d+ is blocked in waitpid\(\)"),
        "flock_whole_service": ("lock-held", r"7 children are blocked in flock\(\)"),
        "lock_whole_service": ("lock-held", r"7 children are blocked in (sem_wait|futex)\(\)"),
        "sigsuspend_after_fork": ("parent-waits", r"the server is blocked in sigsuspend\(\)"),
        "spinning_handler": ("handler-spins", "busy-looping in system calls while SIGCHLD is "
                             "blocked, as in a SIGCHLD handler"),
        "synchronous": ("serves-itself", r"blocked in recv\(\).*\n.*it has no other thread or "
                        r"child\n.*7 connections, including this one, .*\n.*the server has no"),
        "vfork": ("vfork", r"blocked in vfork\(\)"),
        "wait_at_once": ("parent-waits", r"the server is blocked in waitpid\(\) for child \d+\n"
                         r".*child \d+ is blocked in recv\(\).*\n.*7 connections, including this"),
        "waits_at_four": ("limit-reached", r"4 children are blocked in recv\(\).*\n.*3 connect")},
    "mp-processes": {
        "child_back_to_accept_closed": ("child-accepts", r"called tcp_accept\(\) on a descriptor"),
        "child_back_to_accept_open": ("child-stays", r"8 more .*(\n.*)*[89] children are blocked "
                                      r"in accept\(\)"),
        "child_stays": ("child-stays", r"8 more .*(\n.*)*[89] children are blocked in pause"),
        "event_loop": ("no-process-each", r"0 more processes than the 1 without .*\n.*blocked in "
                       r"epoll_wait\(\)"),
        "prefork_sixteen": ("no-process-each", "0 more processes than the 17 without clients"),
        "process_with_thread": ("threads-in-child", "one of them has 2 threads"),
        "roles_swapped": ("child-stays", "1 more process than without clients"),
        "threads": ("threads-not-processes", "0 more .* 8 more threads")},
    "mp-zombies": {
        "clone_without_signal": ("sigchld-ignored", r"the signal is ignored \(SIG_IGN\)"),
        "handler_frees": ("handler-allocates", r"the handler called free\(\)"),
        "if_in_handler": ("zombie-of-merged-signals",
                          "7 zombies when 10 .* none left another one: 7 zombies(.*\n)*.*a "
                          "handler is installed"),
        "keeps_twenty_zombies": ("reaps-now-and-then",
                                 "10 zombies when 10 .* some left another one: [12][0-9] "),
        "no_reaping": ("no-reaping", "each left another one: 70 .*\n.*no handler is installed for "
                       "SIGCHLD\n"
                       ".*has never waited for a child"),
        "one_wnohang_per_accept": ("reaps-too-few", "8 zombies when 10 .* none left another one"),
        "resethand": ("reaping-stopped", "9 zombies when 10 .* each left another one: 69"),
        "sigchld_blocked": ("sigchld-blocked", "SIGCHLD is blocked in the process that should reap "
                            "them, and one is pending"),
        "wrong_process_group": ("handler-reaps-none", "10 zombies when 10 .* each left another "
                                "one: 70 .*\n.*a handler is installed")},
    "mp-descriptors": {
        "child_keeps_listener": ("child-keeps-listener", "[89] processes have it open; (child|"
                                 "process) [0-9]+, for example, as descriptor 3"),
        "closes_previous": ("closed-late", "it was closed when another client connected"),
        "closes_when_reaped": ("stays-open", r"its connection is open in \d+ processes: (child|"
                               "process) [0-9]+"),
        "parent_keeps_connection": ("parent-keeps-connection", r"its connection is descriptor \d+ "
                                    "of the server itself"),
        "shutdown_is_no_close": ("descriptors-pile-up",
                                 "107 open descriptors .* after 100 clients")},
    "mp-robustness": {
        "aborts_when_fork_fails": ("failure-ends-server", "signal 6"),
        "accept_failure_exits": ("shortage-ends-server", r"short of descriptors \(EMFILE\).*; then "
                                 "a client connected"),
        "exits_when_fork_fails": ("failure-ends-server",
                                  r"ended with status 1(.*\n)*\| mp_server: Fork error"),
        "failed_fork_kills_the_oldest": ("failure-hits-others",
                                         "[12] of the 2 that had come before"),
        "failed_fork_leaks": ("failure-waits", r"blocked in accept\(\)(.*\n)*.*its connection is "
                              "descriptor 4 of the server itself"),
        "fork_retry_for_ever": ("failure-waits", r"busy-looping in system calls|in clone\(\)"),
        "refuses_beyond_table": ("flood-lost", "besides the server itself there are 6[345] proc"),
        "waits_at_sixteen": ("limit-reached", r"16 children are blocked in recv\(\)")},
    "mt-replies": {
        "closed_by_creator": ("closed-too-early", "the connection (ended|was reset) without a "
                              r"reply(\n.*(besides|has created one).*)?\ndone:"),
        "drops_everybody": ("nobody-serves", "without a reply\n.*no trace of a thread"),
        "exits_after_client": ("server-gone", "ended with status 0"),
        "lock_held_in_accept": ("lock-held", r"in accept\(\).*\n.*thread.* blocked in "
                                r"(pthread_mutex_lock|futex)\(\)"),
        "pointer_for_descriptor": ("accepted-not-served", r"blocked in accept\(\).*\n.*it has no "
                                   "other thread or child\n.*its connection is descriptor"),
        "sixteen_bits": ("wrong-reply", r"^the line '\d+'$")},
    "mt-concurrency": {
        "cancel_previous": ("bystander-lost", r"without a reply(.*\n)*.*client 7 "),
        "descriptor_in_global": ("accepted-not-served", r"the server is blocked in accept\(\).*\n.*"
                                 r"6 other threads are blocked in poll\(\)"),
        "join_at_once": ("main-waits", r"blocked in (pthread_join|futex)\(\).*\n.*thread \d+ is "
                         r"blocked in recv\(\).*\n.*7 connections"),
        "join_batches_of_four": ("limit-reached", r"3 other threads are blocked in recv\(\).*\n.*5 "
                                 "connections"),
        "mutex_around_service": ("lock-held", r"the server is blocked in accept\(\).*\n.*7 other "
                                 r"threads are blocked in (pthread_mutex_lock|futex)\(\)"),
        "semaphore_of_four": ("limit-reached", r"4 other threads are blocked in recv\(\).*\n.*4 "
                              "connections"),
        "synchronous": ("serves-itself", r"blocked in recv\(\).*\n.*it has no other thread or child"
                        "\n.*7 connections")},
    "mt-threads": {
        "event_loop": ("no-thread-each", r"0 more threads, and 0 (.*\n)*.*it has no other "
                       "thread"),
        "fork_instead": ("processes-not-threads", "0 more threads, and 8 more processes"),
        "pool_of_sixteen": ("no-thread-each", r"0 more threads, and 0 (.*\n)*.*other threads "
                            r"are blocked in (sem_wait|futex)\(\)"),
        "watchdog_per_client": ("thread-stays", r"8 more (.*\n)*.*other threads are blocked in "
                                r"sleep\(\)")},
    "mt-races": {
        "handshake_semaphore_one": ("late-thread", "([2-9]|[1-4][0-9]) of 48 were served"),
        "shared_local": ("late-thread", r"[01] of 48 w(as|ere) served(.*\n)*.*(recv\(\) on "
                         r"descriptor 51$|it has no other thread)")},
    "mt-descriptors": {
        "end_seen_late": ("closed-late", "it was closed when another client connected"),
        "lingers_for_next_request": ("stays-open", r"11 other threads are blocked in recv\(\) on "
                                     "descriptors 4"),
        "never_closes": ("stays-open", r"other threads are blocked in recv\(\) on descriptors 5"),
        "shutdown_without_close": ("descriptors-pile-up", "107 open descriptors")},
    "mt-memory": {
        "argument_leaked": ("blocks-pile-up", r"[1-9]\d* (bytes|KiB) more for each .*: blocks from "
                            r"malloc\(\)"),
        "never_joined": ("stacks-pile-up", "8[0-9]{3} KiB more for each client.*: the stacks of")},
    "mt-robustness": {
        "create_failure_exits": ("failure-ends-server", r"pthread_create\(\) failed for a client "
                                 r"\(E.*\); then a client connected"),
        "create_failure_keeps_argument": ("failure-keeps-memory", "blocks from malloc(.*\n)*.*"
                                          r"failed for \d+ clients"),
        "create_failure_keeps_descriptor": ("failure-waits", r"blocked in accept\(\)(.*\n)*.*its "
                                            "connection is descriptor"),
        "create_failure_spins": ("failure-waits", r"blocked in sleep\(\) or nanosleep\(\)"),
        "create_failure_waits_for_handshake": ("failure-keeps-lock",
                                               r"blocked in (sem_wait|futex)\(\)"),
        "receive_error_exits": ("client-ends-server", "sent nothing and reset its connection; then "
                                "a (new )?client"),
        "refuses_above_64": ("flood-lost", "besides the server itself there are 6[345] threads"),
        "vanished_client_leaks": ("vanished-stay-open", "^(9|10) more open descriptors$")},
    "mp-speedup": {
        "lock_mutex_shared": ("serial", "not all requests are computed at the same time"),
        "memo_shared": ("memoised", "nothing was computed")},
}

# What else their messages must say, by the key of the line.
EXPLAINED: Dict[str, Dict[str, Dict[str, str]]] = {
    "mp-concurrency": {
        "wait_at_once": {
            "done": "8 clients.* client 8 .* the 7 that had connected before it stayed silent",
            "expected": "the line '[0-9]+'",
            "where": "TODO 3 and 4",
            "think": r"between fork\(\) and the next tcp_accept"},
        "blocking_waits_in_handler": {
            "where": "TODO 1 ",
            "think": "handler"}},
    "mp-processes": {
        "child_back_to_accept_closed": {
            "done": "8 clients",
            "expected": "their processes to end",
            "think": "Where does the child's code end"}},
    "mp-zombies": {
        "if_in_handler": {
            "done": "SIGSTOP.* 8 children",
            "expected": "at most 2 zombies",
            "where": "TODO 1 ",
            "think": "how often does the handler run"},
        "one_wnohang_per_accept": {
            "think": "without a handler"},
        "no_reaping": {
            "expected": "at most 2 zombies",
            "think": r"Does anything of yours call waitpid\(\)"}},
    "mp-descriptors": {
        "child_keeps_listener": {
            "done": "8 clients.* the server was killed",
            "expected": "no process to be listening",
            "think": "last copy"},
        "parent_keeps_connection": {
            "done": "8 clients connected",
            "expected": "the connection to be closed",
            "think": "parent close its copy"}},
    "mp-robustness": {
        "exits_when_fork_fails": {
            "done": r"fork\(\) failed for a client \(E.*\); then a client connected",
            "expected": "a connection",
            "think": "one at start"},
        "failed_fork_leaks": {
            "done": r"fork\(\) failed for a client \(E[A-Z]+\)$",
            "expected": "the connection to be closed, or a reply",
            "think": r"What does fork\(\) return"}},
    "mt-concurrency": {
        "mutex_around_service": {
            "done": "8 clients.* client 8 .* the 7 that had connected before it stayed silent",
            "expected": "the line '[0-9]+'",
            "think": "Who holds the lock"}},
    "mt-races": {
        "shared_local": {
            "done": "48 clients.* held back",
            "expected": "for each its own line",
            "think": "late"}},
    "mt-descriptors": {
        "never_closes": {
            "done": "8 clients connected",
            "expected": "the connection to be closed",
            "think": "who closes"}},
    "mt-memory": {
        "argument_leaked": {
            "done": r"served \d+ clients",
            "expected": "about as much memory as before",
            "think": "malloc"},
        "never_joined": {
            "done": r"served \d+ clients",
            "expected": "about as much memory as before"}},
    "mt-robustness": {
        "create_failure_exits": {
            "done": r"pthread_create\(\) failed for a client \(E.*\); then a client connected",
            "expected": "a connection",
            "think": "one at start"}},
    "mp-speedup": {
        "lock_mutex_shared": {
            "done": "clients sent",
            "expected": "[78] threads or processes that compute at the same time|answered first",
            "think": "keeps another one from computing"},
        "memo_shared": {
            "think": "whatever was asked before"}},
}
