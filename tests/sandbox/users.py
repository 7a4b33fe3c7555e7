"""The users that programs run as when the grader is root: one for each box, which nobody else
has."""
import contextlib
import os
import pwd
import socket
import time
from typing import Dict, Mapping, Optional, Tuple

from sandbox import BoxFailed

# Between the users that systemd sets aside for other purposes: 60514-60577 homed, 60578-60705 and
# from 61184 on DynamicUser= and containers (systemd, "Users, Groups, UIDs and GIDs on systemd
# Systems").
USERS = range(60706, 61184)


def threads_by_user() -> Dict[int, int]:
    """Returns how many threads each user runs: RLIMIT_NPROC counts them all (setrlimit(2))."""
    count: Dict[int, int] = {}
    for entry in os.scandir("/proc"):
        with contextlib.suppress(OSError):
            if entry.name.isdigit():
                user = entry.stat().st_uid
                count[user] = count.get(user, 0) + os.stat(entry.path + "/task").st_nlink - 2
    return count


def has_a_name(user: int) -> bool:
    """Returns whether somebody has given the user a name on this machine: then it is not ours."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def claimed_user(taken: Mapping[int, int]) -> Tuple[int, Optional[socket.socket]]:
    """Returns the user that a program runs as: an unprivileged one of its own if the grader is
    root, else -1; and what to close when the user is free again. `taken` has the users that run
    something. What runs as that user is killed with the box, so nobody else may have it: an
    abstract socket (unix(7)) claims it among the graders of this machine. Raises BoxFailed if all
    are taken."""
    if os.geteuid() != 0:
        return -1, None
    start = time.monotonic_ns() // 1000
    for more in range(len(USERS)):
        user = USERS[(start + more) % len(USERS)]
        if user in taken or has_a_name(user):
            continue
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0lab-user-{user}")
        except OSError:  # another box, of whichever grader, has the user
            claim.close()
            continue
        return user, claim
    raise BoxFailed(f"all users from {USERS[0]} to {USERS[-1]} are taken: let other gradings end")
