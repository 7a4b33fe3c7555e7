"""What advice is: where to look, what to think about, and how to see the same by hand."""
from __future__ import annotations

from typing import Dict, List, NamedTuple, Sequence

SERVER, CLIENT = "server$ ", "client$ "  # the prompts of the guide's two terminals
# Columns of a command. More, and it does not fit behind its prompt on a terminal of 80 columns; so
# it would be cut where it is copied.
COMMAND_COLUMNS = 66

# --- commands that many symptoms share ---
#
# NAME and 2999 stand in all of them for the server and its port.

# The server's process, whatever else is called like it: exactly this command line, so that neither
# an ended server of before nor an editor is meant.
PID = "P=$(pgrep -ofx './NAME 2999')"
SILENT = "exec 3<>/dev/tcp/localhost/2999"  # a client that stays silent
# The same, with half of a request, beside clients that use the descriptors from 3 on.
SLOW = "exec 9<>/dev/tcp/localhost/2999; echo -n 1 >&9"
SEVEN_SILENT = 'for i in {3..9}; do eval "exec $i<>/dev/tcp/localhost/2999"; done'
CLOSE_SEVEN = 'for i in {3..9}; do eval "exec $i>&-"; done'
FAMILY = "ps -o pid,ppid,stat,nlwp,cmd -p $P --ppid $P"
NO_MORE = "prlimit --pid $P --nproc=1:"  # processes and threads; of no effect on root
# Defines a client that costs next to nothing, so that there can be many, one after another.
DEFINE_ONE = "one() { exec 3<>/dev/tcp/localhost/2999; echo 1 >&3; read <&3; }"
# The same for fib($1).
DEFINE_ASK = "ask() { exec 3<>/dev/tcp/localhost/2999; echo $1 >&3; read <&3; }"
TSAN = "make clean\nmake CFLAGS='-std=gnu17 -g -fsanitize=thread' NAME"  # a build
DESCRIPTORS = "ls -l /proc/$P/fd"
REFUSED = "Connection refused"
LOOK_THERE = "sleep 1  # now look at the server's terminal"
STILL_OPEN = "still open"
NO_REPLY = "^no reply$"


def asks(n: int) -> str:
    """Returns the command by which a client asks for fib(n), and which says so if it gets none."""
    return f"timeout 5 ./client.py localhost 2999 {n} || echo no reply"


def times(number: int) -> str:
    """Returns the command for so many clients, one after another, after DEFINE_ONE."""
    return f"for i in {{1..{number}}}; do one; done; exec 3>&-"


def come_and_go(number: int) -> str:
    """Returns the command for so many clients that connect and leave."""
    return f"for i in {{1..{number}}}; do : <>/dev/tcp/localhost/2999; done"


def reads_to_the_end(descriptor: int) -> str:
    """Returns the command by which a client that is connected as a descriptor of the shell reads
    until its connection ends, and which says so if it does not."""
    return f"timeout 3 cat <&{descriptor} || echo still open"


class ByHand(NamedTuple):
    """Commands, in bash, by which a student sees the same on his own server."""
    # A line each, typed in the folder support/ while the server runs. Those that begin with SERVER
    # are typed in the server's terminal, all others in the clients'.
    lines: Sequence[str]
    # What then can be read in the terminals of a server that has the fault, and of no right one: a
    # regular expression in which ^ and $ match at lines.
    shows: str
    # How the server is built; several lines if there is a newline. Not the other one, too: that may
    # be half-written.
    build: str = "make NAME"
    server: str = "./NAME 2999"  # how it is started; "": not at all


class Advice(NamedTuple):
    """What is told about one symptom. In its texts NAME stands for the server's name, CREATE for
    what creates a child or thread, WORKER for that."""
    think: str  # a question whose answer leads on, and that does not give it away
    by_hand: ByHand
    mp: str = ""  # the TODOs of mp_server.c to look at; "": never said of that server
    mt: str = ""  # those of mt_server.c

    def where(self, server: str) -> str:
        """Returns which TODOs of which file to look at."""
        todos = self.mp if server == "mp_server" else self.mt
        return f"{todos or 'the code'} of {server}.c"

    def question(self, server: str) -> str:
        """Returns what to think about."""
        return _filled_in(self.think, server)

    def commands(self, server: str) -> List[str]:
        """Returns the commands, each behind the prompt of its terminal: first how to build and to
        start the server."""
        *build, last = _filled_in(self.by_hand.build, server).split("\n")
        start = _filled_in(self.by_hand.server, server)
        joined = f"{last} && {start}" if start else last
        whole = not build and len(joined) <= COMMAND_COLUMNS
        lines = [SERVER + line for line in ([joined] if whole else [*build, last, start])]
        for line in self.by_hand.lines:
            lines.append(_filled_in(line if line.startswith(SERVER) else CLIENT + line, server))
        return lines


def _filled_in(text: str, server: str) -> str:
    words: Dict[str, str] = {"NAME": server, "CREATE": "pthread_create()", "WORKERs": "threads",
                             "WORKER": "thread"}
    if server == "mp_server":
        words.update(CREATE="fork()", WORKERs="children", WORKER="child")
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text
