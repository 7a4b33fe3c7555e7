#!/usr/bin/env python3
"""Sends one request to a server and prints the reply: client.py [-t] HOST PORT [N].

Without N it sends a random number. With -t it prints the reply alone, and when it came.

It imports little: client_bench.sh starts eight of these at the same moment, and starting them must
take less time than serving them."""
import os
import sys
import time
from socket import AF_UNSPEC, SOCK_STREAM, getaddrinfo, socket


def connect(host: str, port: int) -> socket:
    """Returns a connected socket; raises OSError.

    The host is encoded here, as Python loads a large module to encode a str."""
    last = OSError("no address")
    # localhost may have two: ::1, where nothing listens, and 127.0.0.1.
    addresses = getaddrinfo(os.fsencode(host), port, AF_UNSPEC, SOCK_STREAM)
    for family, kind, protocol, _, address in addresses:
        connection = socket(family, kind, protocol)
        try:
            connection.connect(address)
            return connection
        except OSError as error:
            connection.close()
            last = error
    raise last


def ask(connection: socket, n: str) -> str:
    """Sends n and returns the line of the reply; raises OSError or EOFError."""
    connection.sendall(n.encode("utf-8", "surrogateescape") + b"\n")
    reply = b""
    while not reply.endswith(b"\n"):
        data = connection.recv(4096)
        if not data:
            how = "in mid-reply" if reply else "without a reply"
            raise EOFError("the server closed the connection " + how)
        reply += data
    return reply.decode("utf-8", "backslashreplace").rstrip("\n")


def time_of_day() -> str:
    """Returns the local time to a tenth of a second, as 13:45:07.2."""
    now = time.time()
    return time.strftime("%H:%M:%S", time.localtime(now)) + f".{int(now * 10) % 10}"


def main(*words: str) -> str:
    """Does what the command line says; returns what went wrong, "" if nothing did."""
    timed = words[:1] == ("-t",)
    if timed:
        words = words[1:]
    if len(words) not in (2, 3):
        return "usage: client.py [-t] HOST PORT [N]"
    host, port = words[:2]
    n = words[2] if len(words) == 3 else str(20 + os.urandom(1)[0] % 16)
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        return f"client.py: not a port: {port!r}; give a number from 1 to 65535"
    try:
        connection = connect(host, int(port))
        if not timed:
            print(f"root: Connected to {host}:{port}\nroot: Sending {n}", flush=True)
        reply = ask(connection, n)
    except (OSError, EOFError) as error:
        return f"client.py: {host}:{port}: {getattr(error, 'strerror', None) or error}"
    except KeyboardInterrupt:
        return "client.py: interrupted"
    if reply.startswith("error: "):
        return f"client.py: the server says: {reply}"
    print((time_of_day() + " " if timed else "") + f"function({n}): {reply}")
    return ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
