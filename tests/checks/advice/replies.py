"""Advice about what a client gets: a wrong reply, none, or more than one."""
from __future__ import annotations

from typing import Dict

from checks.advice.kinds import NO_REPLY, PID, SEVEN_SILENT, SILENT, Advice, ByHand, asks

ASK_OF_SHELL = ("exec 3<>/dev/tcp/localhost/2999; echo 5 >&3; sleep 1",
                "timeout 3 cat <&3 | od -c | head -n 5")
SERVES = {"mp": "TODO 4", "mt": "TODO 1"}
MAKES_AND_SERVES = {"mp": "TODO 3 and 4", "mt": "TODO 1 and 3"}

MORE = Advice(
    "serve_client() sends one line. Who sends what comes after it?",
    ByHand(ASK_OF_SHELL, r"0000000   8  \\n +\S"), **SERVES)

ADVICE: Dict[str, Advice] = {
    "wrong-reply": Advice(
        "Which of the numbers are wrong, and who has computed them? The lab's own serve_client() "
        "is right: is it called, and with this client's descriptor?",
        ByHand(["for n in 0 1 10 30; do ./client.py localhost 2999 $n; done"],
               r"(?s)\A(?!.*function\(0\): 1$.*function\(1\): 1$.*function\(10\): 89$"
               r".*function\(30\): 1346269$)"), **SERVES),
    "largest-fails": Advice(
        "Small requests are served, and 40, the largest one, is not. What of yours has a size, a "
        "type or an end that 40, or its result, is beyond?",
        ByHand([asks(10), asks(40).replace("5", "20", 1)],
               r"(?s)\A(?!.*function\(40\): 165580141$)"), **SERVES),
    "in-pieces": Advice(
        "A request may come in pieces, with a pause between them. What do your lines, or an option "
        "that they set for the socket (O_NONBLOCK), make of one that is not whole yet?",
        ByHand(["exec 3<>/dev/tcp/localhost/2999; echo -n 1 >&3; sleep 1",
                "echo 2 >&3; timeout 3 cat <&3  # right: 233"], r"(?s)\A(?!.*^233$)"), **SERVES),
    "nobody-serves": Advice(
        "There was no WORKER for this client. Which line of yours creates one, and is it reached? "
        "Who calls serve_client()?",
        ByHand([asks(1)], NO_REPLY), **MAKES_AND_SERVES),
    "closed-too-early": Advice(
        "Does a line of yours close this connection before the reply is sent (in which process or "
        "thread?), or does what serves it end early: by a signal, or by exit()?",
        ByHand([asks(1)], NO_REPLY), **MAKES_AND_SERVES),
    "no-reply-waits": Advice(
        "Follow one client: who accepts it, who gets its descriptor, who calls serve_client() with "
        "it? Where does that stop?",
        ByHand([asks(1)], NO_REPLY), **MAKES_AND_SERVES),
    "accepted-not-served": Advice(
        "The connection has been accepted, but nobody waits for its request: which WORKER was to "
        "serve it, and which descriptor did that one use?",
        ByHand([SEVEN_SILENT, "sleep 1; echo 5 >&3; read -t 5 -u 3 || echo no reply"], NO_REPLY),
        **MAKES_AND_SERVES),
    "turned-away": Advice(
        "Which line of yours sends this, and when? However many clients there are, each one that "
        "has come is to be served.",
        ByHand([SEVEN_SILENT, "sleep 1", "timeout 5 ./client.py localhost 2999 10"],
               "the server says: error"), **MAKES_AND_SERVES),
    "no-newline": Advice(
        "Bytes came, but no line. Which byte ends a line, and does your code send it, in every "
        "case?", ByHand(ASK_OF_SHELL, r"\A(?!(.*\n)*0000000   8  \\n)"), **SERVES),
    "more-than-reply": MORE,
    "floods": MORE,
    "reset-after-reply": Advice(
        "close() ends a connection in order, unless an option of the socket (socket(7)) or bytes "
        "that were never read make a reset of it. Which is it here?",
        ByHand(["exec 3<>/dev/tcp/localhost/2999; echo 5 >&3; sleep 1", "timeout 3 cat <&3"],
               "reset by peer"), **SERVES),
    "no-error-line": Advice(
        "What is no number from 0 to 40 gets a line that begins with 'error: '. serve_client() "
        "sends it: which code of yours is in its way?",
        ByHand(["for n in twelve -1 41 007; do ./client.py localhost 2999 $n; done"],
               r"(?s)\A(?!(.*the server says: error: .*$){4})"), **SERVES),
    "sleeps": Advice(
        "What serves a client sleeps for a fixed time first. What does it wait for, and how could "
        "it be told when that has happened?",
        ByHand([PID, "exec 3<>/dev/tcp/localhost/2999; echo 0 >&3; sleep .2",
                "ps -Lo pid,stat,wchan:20,cmd -p $P --ppid $P"], "nanosleep"),
        **SERVES),
    "server-sleeps": Advice(
        "What accepts the clients sleeps for a fixed time, before or after it makes a WORKER. What "
        "does it wait for, and who waits for it meanwhile?",
        ByHand([PID, SEVEN_SILENT, "ps -Lo pid,stat,wchan:20,cmd -p $P"], "nanosleep|poll"),
        mp="TODO 3", mt="TODO 3"),
    "time-limit": Advice(
        "A client may take its time. Which alarm, time limit (SO_RCVTIMEO, poll()) or watchdog of "
        "yours ends its connection, perhaps when the next client comes?",
        ByHand([SILENT + "; sleep 6", asks(1), "echo 5 >&3; timeout 3 cat <&3  # right: 8"],
               r"(?s)\A(?!.*^8$)"),
        **SERVES),
}
