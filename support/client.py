#!/usr/bin/env python3
"""Sends one request to a server and prints the reply: client.py HOST PORT [N]. Without N it sends a random number.

Imports little: eight of these start at once in client_bench.sh, and starting them must cost less than serving them."""
import os
import sys
from socket import AF_UNSPEC, SOCK_STREAM, getaddrinfo, socket


def connect(host, port):
    """Returns a connected socket; raises OSError. (A host in bytes: a str is taken for a name in any script, and the
    module for that is large.)"""
    last = OSError("no address")  # localhost may be two: ::1, where nobody listens, and 127.0.0.1
    for family, kind, protocol, _, address in getaddrinfo(os.fsencode(host), port, AF_UNSPEC, SOCK_STREAM):
        connection = socket(family, kind, protocol)
        try:
            connection.connect(address)
            return connection
        except OSError as error:
            connection.close()
            last = error
    raise last


def ask(connection, n):
    """Returns the reply's line; raises OSError or EOFError."""
    connection.sendall(n.encode("utf-8", "surrogateescape") + b"\n")
    reply = b""
    while not reply.endswith(b"\n"):
        data = connection.recv(4096)
        if not data:
            raise EOFError("the server closed the connection " + ("in mid-reply" if reply else "without a reply"))
        reply += data
    return reply.decode("utf-8", "backslashreplace").rstrip("\n")


def main(arguments):
    if len(arguments) not in (2, 3):
        return "usage: client.py HOST PORT [N]"
    host, port = arguments[:2]
    n = arguments[2] if len(arguments) == 3 else str(20 + os.urandom(1)[0] % 16)
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        return f"client.py: not a port: {port!r}; give a number from 1 to 65535"
    try:
        connection = connect(host, int(port))
        print(f"root: Connected to {host}:{port}", flush=True)
        print(f"root: Sending {n}", flush=True)
        reply = ask(connection, n)
    except (OSError, EOFError) as error:
        return f"client.py: {host}:{port}: {getattr(error, 'strerror', None) or error}"
    except KeyboardInterrupt:
        return "client.py: interrupted"
    if reply.startswith("error: "):
        return f"client.py: the server says: {reply}"
    print(f"function({n}): {reply}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
