"""What a student is told about the common bugs: words of the message that name what is wrong with
this submission. No other one of its check gets them.

The families of bugs are sorted by the check that they lose first, with one submission of the corpus
each: SAYS["mp-zombies"]["no_reaping"] is about submissions/buggy/mp/no_reaping.c. Regular
expressions, in which ^ and $ match at the lines of a message.
"""
from __future__ import annotations

from typing import Dict

SAYS: Dict[str, Dict[str, str]] = {
    "mp-replies": {
        "accepts_and_closes": "without a reply; the server has no child, and has never reaped one",
        "closes_before_fork": "without a reply$",
        "off_by_one": "the line '0'",
        "own_port": r"blocked in accept\(\); it has no other thread or child; "
                    "2 connections, including this one, are still in the listen queue",
        "parent_closes_listener": "tcp_accept: descriptor 3 cannot accept",
        "returns_at_once": r"run_server\(\) returned"},
    "mp-concurrency": {
        "blocking_waits_in_handler":
            r"blocked in waitpid\(\) .* while SIGCHLD is blocked, as in a SIGCHLD handler",
        "child_waits_for_grandchild": r"1 other process is blocked in waitpid\(\)",
        "eintr_fatal": r"one client was served; then a client connected(.*\n)*.*Interrupted system",
        "flock_whole_service": "7 other processes are blocked on a file lock",
        "lock_whole_service": r"7 other processes are blocked in futex\(\)",
        "sigsuspend_after_fork": r"the server is blocked in sigsuspend\(\)",
        "spinning_handler": "busy-looping in system calls while SIGCHLD is blocked, as in a "
                            "SIGCHLD handler",
        "synchronous": r"blocked in recv\(\); it has no other thread or child; 7 connections, "
                       "including this one, .*; the server has no child",
        "vfork": r"blocked in vfork\(\)",
        "wait_at_once": r"the server is blocked in waitpid\(\) for child \d+; 1 other process is "
                        r"blocked in recv\(\); 7 connections, including this one, are still in "
                        "the listen queue",
        "waits_at_four": r"4 other processes are blocked in recv\(\); 3 connections"},
    "mp-processes": {
        "child_back_to_accept_closed": r"called tcp_accept\(\) on a descriptor that cannot",
        "child_back_to_accept_open": r"8 more .* 9 other processes are blocked in accept\(\)",
        "child_stays": r"8 more .* 9 other processes are blocked in pause\(\)",
        "event_loop": r"0 more than the 1 process without .* blocked in poll\(\)",
        "prefork_sixteen": "0 more than the 17 processes without clients",
        "process_with_thread": "one with 2 threads",
        "roles_swapped": "1 more .* the server itself has ended",
        "threads": "0 more .* 8 more threads"},
    "mp-zombies": {
        "clone_without_signal": r"the signal is ignored \(SIG_IGN\)",
        "if_in_handler": "7 zombies after 10 clients; 7 after 60 more.* a handler is installed",
        "keeps_twenty_zombies": "10 zombies after 10 clients; 20 after 60 more",
        "no_reaping": "10 zombies after 10 clients; 70 after 60 more.*; "
                      "no handler is installed for SIGCHLD$",
        "one_wnohang_per_accept": "8 zombies after 10 clients; 8 after 60 more.* no handler",
        "resethand": "9 zombies after 10 clients; 69 after 60 more.* no handler",
        "sigchld_blocked": "SIGCHLD is blocked in the process that should reap them, and one is "
                           "pending",
        "wrong_process_group": "10 zombies after 10 clients; 70 after 60 more.*; "
                               "a handler is installed"},
    "mp-descriptors": {
        "child_keeps_listener": "9 processes have it open, process [0-9]+ as descriptor 3",
        "closes_previous": "it was closed when another client connected",
        "closes_when_reaped": "stays open; its connection is descriptor 4 of child [0-9]+",
        "parent_keeps_connection": "stays open; its connection is descriptor 7 of the server "
                                   r"itself.* in recv\(\)$",
        "shutdown_is_no_close": "10[0-9] open descriptors in the server itself"},
    "mp-robustness": {
        "aborts_when_fork_fails": "signal 6",
        "accept_failure_exits": r"short of descriptors \(EMFILE\).*; then a client connected",
        "exits_when_fork_fails": r"ended with status 1(.*\n)*\| mp_server: Fork error",
        "failed_fork_is_child": r"fork\(\) failed for a client; then a client connected(.*\n)*.*"
                                "ended with status 0",
        "failed_fork_leaks": r"blocked in accept\(\); it has no other thread or child; "
                             "its connection is descriptor 4 of the server itself",
        "fork_retry_for_ever": "busy-looping in system calls",
        "refuses_beyond_table": "without a reply; besides the server itself there are 6[345] "
                                "processes",
        "waits_at_sixteen": r"16 other processes are blocked in recv\(\); 28[0-9] connections"},
    "mt-replies": {
        "closed_by_creator": r"without a reply(; besides the server itself there is 1 thread)?$",
        "drops_everybody": "without a reply; no trace of a thread",
        "exits_after_client": "ended with status 0",
        "lock_held_in_accept": r"in accept\(\); [0-9] other threads? (is|are) blocked in futex\(\)",
        "pointer_for_descriptor": r"blocked in accept\(\); it has no other thread or child; "
                                  "its connection is descriptor",
        "sixteen_bits": "the line '35549'"},
    "mt-concurrency": {
        "cancel_previous": r"client 7 .*(.*\n)*.*the connection ended without a reply",
        "descriptor_in_global": r"the server is blocked in accept\(\); 6 other threads are blocked "
                                r"in poll\(\)",
        "join_at_once": r"blocked in futex\(\).*; 1 other thread is blocked in recv\(\); "
                        "7 connections",
        "join_batches_of_four": r"3 other threads are blocked in recv\(\); 5 connections",
        "mutex_around_service": r"the server is blocked in accept\(\); 7 other threads are blocked "
                                r"in futex\(\)",
        "semaphore_of_four": r"4 other threads are blocked in recv\(\); 4 connections",
        "synchronous": r"blocked in recv\(\); it has no other thread or child; 7 connections"},
    "mt-threads": {
        "event_loop": r"0 more, and 0 more processes; the server is blocked in poll\(\)",
        "fork_instead": "0 more, and 8 more processes",
        "pool_of_sixteen": r"0 more, and 0 more processes; .* 8 other threads are blocked in "
                           r"futex\(\)",
        "watchdog_per_client": r"8 more .* other threads are blocked in sleep\(\)"},
    "mt-races": {
        "handshake_semaphore_one": "no reply; .*; the right reply came only to the clients that "
                                   "sent 2 3 4 5 6 7 8",
        "shared_local": "the right reply came only to the clients that sent ([2-7] ){0,5}8$"},
    "mt-descriptors": {
        "end_seen_late": "it was closed when another client connected",
        "lingers_for_next_request": r"the server is blocked in accept\(\); 3 other threads are "
                                    r"blocked in recv\(\)$",
        "never_closes": r"of the server itself; the server is blocked in accept\(\); 2 other "
                        r"threads are blocked in recv\(\)$",
        "shutdown_without_close": "10[0-9] open descriptors"},
    "mt-memory": {
        "argument_leaked": r"[1-9] KiB more for each client: blocks from malloc\(\)(.*\n)*.*heap",
        "never_joined": r"8[0-9]{3} KiB more for each client: the stacks of ended threads(.*\n)*"
                        ".*VmSize"},
    "mt-robustness": {
        "create_failure_exits": r"pthread_create\(\) failed for a client; then a client connected",
        "create_failure_keeps_argument": r"failed for 10 clients(.*\n)*.*blocks from malloc",
        "create_failure_keeps_descriptor": r"blocked in accept\(\); it has no other thread or "
                                           "child; its connection is descriptor",
        "create_failure_spins": r"blocked in sleep\(\) or nanosleep\(\)",
        "create_failure_waits_for_handshake": r"blocked in futex\(\).*; this connection is still "
                                              "in the listen queue",
        "receive_error_exits": "sent '' and reset its connection; then a (new )?client",
        "refuses_above_64": "besides the server itself there are 6[345] threads",
        "vanished_client_leaks": "9 more|10 more"},
    "mp-speedup": {
        "lock_mutex_shared": "not all requests are computed at the same time|had to wait for",
        "memo_shared": "nothing was computed|results are remembered or shared"},
}

# What else their messages must say, by the key of the line.
EXPLAINED: Dict[str, Dict[str, Dict[str, str]]] = {
    "mp-concurrency": {
        "wait_at_once": {
            "done": "8 clients.* client 8 .* the 7 that had connected before it stayed silent",
            "expected": "a reply",
            "think": r"between fork\(\) and the next tcp_accept"}},
    "mp-processes": {
        "child_back_to_accept_closed": {
            "done": "8 clients",
            "expected": "their processes to end",
            "think": "Where does the child's code end"}},
    "mp-zombies": {
        "if_in_handler": {
            "done": "SIGSTOP.* 8 children",
            "expected": "at most 2 zombies",
            "think": "how often does the handler run"},
        "no_reaping": {
            "expected": "at most 2 zombies",
            "think": r"does anything call waitpid\(\)"}},
    "mp-descriptors": {
        "child_keeps_listener": {
            "done": "8 more clients.* the server was killed",
            "expected": "no process to be listening",
            "think": "last copy"},
        "parent_keeps_connection": {
            "done": "3 clients connected",
            "expected": "the connection to be closed",
            "think": "last copy"}},
    "mp-robustness": {
        "exits_when_fork_fails": {
            "done": r"fork\(\) failed for a client; then a client connected",
            "expected": "a connection",
            "think": "failure at start"},
        "failed_fork_leaks": {
            "done": r"fork\(\) failed for a client$",
            "expected": "the connection to be closed, or a reply",
            "think": r"What does fork\(\) return"}},
    "mt-concurrency": {
        "mutex_around_service": {
            "done": "8 clients.* client 8 .* the 7 that had connected before it stayed silent",
            "expected": "a reply",
            "think": r"between pthread_create\(\) and the next tcp_accept"}},
    "mt-races": {
        "shared_local": {
            "done": "8 clients.* held back",
            "expected": r"the line '\d+' for the client that sent '\d'",
            "think": "late"}},
    "mt-descriptors": {
        "never_closes": {
            "done": "3 clients connected",
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
            "done": r"pthread_create\(\) failed for a client; then a client connected",
            "expected": "a connection",
            "think": "failure at start"}},
    "mp-speedup": {
        "lock_mutex_shared": {
            "done": "8 clients sent .*'40'",
            "expected": "8 threads or processes that compute at the same time|answered first",
            "think": "keeps another one from computing"}},
}
