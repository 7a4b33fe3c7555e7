"""The graded checks: ids, points, and what a student is told about each. The tests refer to them by id."""
from typing import List, NamedTuple


class Check(NamedTuple):
    id: str
    points: int
    title: str
    where: str  # the TODOs that a failure concerns
    hint: str  # what to think about next, without giving the answer away
    by_hand: str  # bash commands that show the same on the student's own server at port 2999; PID stands for its process

    @property
    def server(self) -> str:
        return self.id.partition("-")[0] + "_server"

    @property
    def pid(self) -> str:
        return f"$(pgrep -o -x {self.server})"


REPLIES = "for n in 0 10 30; do ./client.py localhost 2999 $n; done  # 1, 89 and 1346269 are right"
SILENT = 'for i in 3 4 5 6 7 8 9; do eval "exec $i<>/dev/tcp/localhost/2999"; done'
BLOCKED = SILENT + "; ./client.py localhost 2999 10  # seven silent clients, and one that asks; try it twice"
NO_MORE = "prlimit --pid PID --nproc=1:; ./client.py localhost 2999 1; ./client.py localhost 2999 1  # not as root"
STACKS = "grep VmSize /proc/PID/status; ./client_bench.sh 2999 50 1; grep VmSize /proc/PID/status  # a stack is 8192 kB"

CHECKS: List[Check] = [
    Check("mp-replies", 6, "a client alone gets the right reply", "TODO 3 and 4 of mp_server.c",
          "Which process calls serve_client(), and with which descriptor?", REPLIES),
    Check("mp-concurrency", 10, "silent clients do not hold up another one", "TODO 3 and 4 of mp_server.c",
          "What does the parent do between fork() and the next tcp_accept()? It must not wait for a client, or for a child.", BLOCKED),
    Check("mp-processes", 8, "each client in flight has a process of its own", "TODO 3 and 4 of mp_server.c",
          "How many processes does one client cost, from when to when? Where does the child's code end?",
          SILENT + "; ps -C mp_server -o pid,ppid,stat,nlwp"),
    Check("mp-zombies", 6, "ended children are reaped", "TODO 1 and 2 of mp_server.c",
          "Signals do not queue: when several children end while SIGCHLD is pending, how often does the handler run? (signal(7))",
          "./client_bench.sh 2999 50 1; ps -C mp_server -o pid,ppid,stat"),
    Check("mp-descriptors", 6, "parent and child close what they do not need", "TODO 4 of mp_server.c",
          "After fork(), two processes hold each descriptor. A connection ends, and a port is free, when the last copy is closed.",
          "./client_bench.sh 2999 8 1; ls -l /proc/PID/fd"),
    Check("mp-robustness", 6, "bad clients and a failing fork do not end the server", "TODO 3 of mp_server.c",
          "What does fork() return when there can be no child, and which lines of yours run then?", NO_MORE),
    Check("mp-speedup", 8, "clients that need CPU are served in parallel", "TODO 3 and 4 of mp_server.c",
          "While one child computes, what keeps another one from computing too?",
          "./client_bench.sh 2999 >/dev/null & sleep 0.5; top -H -p $(pgrep -d, -x mp_server)"),
    Check("mt-replies", 6, "a client alone gets the right reply", "TODO 1 and 3 of mt_server.c",
          "Which thread calls serve_client(), and with which descriptor?", REPLIES),
    Check("mt-concurrency", 10, "silent clients do not hold up another one", "TODO 3 of mt_server.c",
          "What does the main thread do between pthread_create() and the next tcp_accept()? It must not wait for a client.", BLOCKED),
    Check("mt-threads", 6, "each client in flight has a thread of its own", "TODO 3 of mt_server.c",
          "How many threads does one client cost, from when to when?",
          SILENT + "; ps -C mt_server -o pid,nlwp"),
    Check("mt-races", 6, "each thread serves its own client", "TODO 1 and 3 of mt_server.c",
          "A new thread may start late: what does the memory that its argument points to hold by then, and who else writes to it?",
          "./client_bench.sh 2999 8 1  # the server built by: make clean; make CFLAGS='-g -fsanitize=thread' mt_server"),
    Check("mt-descriptors", 4, "each thread closes its connection", "TODO 1 of mt_server.c",
          "Threads share one table of descriptors: who closes each connection, and when?",
          "./client_bench.sh 2999 8 1; ls -l /proc/PID/fd"),
    Check("mt-memory", 4, "ended threads leave no memory behind", "TODO 1 and 2 of mt_server.c",
          "What remains of a thread that has ended, until when? Who frees what malloc() gave?", STACKS),
    Check("mt-robustness", 6, "bad clients and a failing pthread_create do not end the server", "TODO 4 of mt_server.c",
          "How does pthread_create() report a failure, and who owns the connection then?", NO_MORE),
    Check("mt-speedup", 8, "clients that need CPU are served in parallel", "TODO 3 of mt_server.c",
          "While one thread computes, what keeps another one from computing too?",
          "./client_bench.sh 2999 >/dev/null & sleep 0.5; top -H -p PID"),
]
BY_ID = {check.id: check for check in CHECKS}
FULL = sum(check.points for check in CHECKS)
assert FULL == 100
