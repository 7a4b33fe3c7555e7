"""The graded checks: ids, points, and what a student is told about each. The tests refer to them by id."""
from typing import List, NamedTuple


class Check(NamedTuple):
    id: str
    points: int
    title: str
    where: str  # the TODOs that a failure concerns
    hint: str  # what to think about next, without giving the answer away
    by_hand: str  # commands that show the same, with the server started by ./mp_server 2999 or ./mt_server 2999

    @property
    def server(self) -> str:
        return self.id.partition("-")[0] + "_server"


CHECKS: List[Check] = [
    Check("mp-replies", 6, "a client alone gets the right reply", "TODO 3 and 4 of mp_server.c",
          "Which process calls serve_client(), and with which descriptor?",
          "./mp_server 2999, and elsewhere: ./client.py localhost 2999 10"),
    Check("mp-concurrency", 10, "silent clients do not hold up another one", "TODO 3 and 4 of mp_server.c",
          "What does the parent do between fork() and the next tcp_accept()? It must not wait for a client, or for a child.",
          "./mp_server 2999, and elsewhere: exec 3<>/dev/tcp/localhost/2999 (bash; a silent client), then ./client.py localhost 2999 10"),
    Check("mp-processes", 8, "each client in flight has a process of its own", "TODO 3 and 4 of mp_server.c",
          "How many processes does one client cost, from when to when? Where does the child's code end?",
          "./mp_server 2999, eight silent clients (exec 3<>/dev/tcp/localhost/2999, 4<>, ...), then ps -C mp_server -o pid,ppid,stat,nlwp"),
    Check("mp-zombies", 6, "ended children are reaped", "TODO 1 and 2 of mp_server.c",
          "Signals do not queue: when several children end while SIGCHLD is pending, how often does the handler run? (signal(7))",
          "./mp_server 2999, ./client_bench.sh 2999 8 1, then ps -C mp_server -o pid,ppid,stat; for the merged signals see guide.md, part 2"),
    Check("mp-descriptors", 6, "parent and child close what they do not need", "TODO 4 of mp_server.c",
          "After fork(), two processes hold each descriptor. A connection ends, and a port is free, when the last copy is closed.",
          "./mp_server 2999, ./client_bench.sh 2999 8 1, then ls -l /proc/$(pgrep -o -x mp_server)/fd; with a silent client also that of the child"),
    Check("mp-robustness", 6, "bad clients and a failing fork do not end the server", "TODO 3 of mp_server.c",
          "What does fork() return when there can be no child, and which lines of yours run then?",
          "./mp_server 2999, prlimit --pid $(pgrep -o -x mp_server) --nproc=1: (not as root), then ./client.py localhost 2999 1, twice"),
    Check("mp-speedup", 8, "clients that need CPU are served in parallel", "TODO 3 and 4 of mp_server.c",
          "While one child computes, what keeps another one from computing too?",
          "./mp_server 2999, ./client_bench.sh 2999, and meanwhile: top -H -p $(pgrep -d, -x mp_server)"),
    Check("mt-replies", 6, "a client alone gets the right reply", "TODO 1 and 3 of mt_server.c",
          "Which thread calls serve_client(), and with which descriptor?",
          "./mt_server 2999, and elsewhere: ./client.py localhost 2999 10"),
    Check("mt-concurrency", 10, "silent clients do not hold up another one", "TODO 3 of mt_server.c",
          "What does the main thread do between pthread_create() and the next tcp_accept()? It must not wait for a client.",
          "./mt_server 2999, and elsewhere: exec 3<>/dev/tcp/localhost/2999 (bash; a silent client), then ./client.py localhost 2999 10"),
    Check("mt-threads", 6, "each client in flight has a thread of its own", "TODO 3 of mt_server.c",
          "How many threads does one client cost, from when to when?",
          "./mt_server 2999, eight silent clients (exec 3<>/dev/tcp/localhost/2999, 4<>, ...), then ps -C mt_server -o pid,nlwp"),
    Check("mt-races", 6, "each thread serves its own client", "TODO 1 and 3 of mt_server.c",
          "A new thread may start late: what does the memory that its argument points to hold by then, and who else writes to it?",
          "make clean; make CFLAGS='-g -fsanitize=thread' mt_server; ./mt_server 2999, then ./client_bench.sh 2999 8 1"),
    Check("mt-descriptors", 4, "each thread closes its connection", "TODO 1 of mt_server.c",
          "Threads share one table of descriptors: who closes each connection, and when?",
          "./mt_server 2999, ./client_bench.sh 2999 8 1, then ls -l /proc/$(pgrep -x mt_server)/fd"),
    Check("mt-memory", 4, "ended threads leave no memory behind", "TODO 1 and 2 of mt_server.c",
          "What remains of a thread that has ended, until when? Who frees what malloc() gave?",
          "./mt_server 2999, grep VmSize /proc/$(pgrep -x mt_server)/status, ./client_bench.sh 2999 50 1, and grep again"),
    Check("mt-robustness", 6, "bad clients and a failing pthread_create do not end the server", "TODO 4 of mt_server.c",
          "How does pthread_create() report a failure, and who owns the connection then?",
          "./mt_server 2999, prlimit --pid $(pgrep -x mt_server) --nproc=1: (not as root), then ./client.py localhost 2999 1, twice"),
    Check("mt-speedup", 8, "clients that need CPU are served in parallel", "TODO 3 of mt_server.c",
          "While one thread computes, what keeps another one from computing too?",
          "./mt_server 2999, ./client_bench.sh 2999, and meanwhile: top -H -p $(pgrep -x mt_server)"),
]
BY_ID = {check.id: check for check in CHECKS}
FULL = sum(check.points for check in CHECKS)
assert FULL == 100
