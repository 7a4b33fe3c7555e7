"""The users that programs run as when the grader is root: each is the user of one box
only."""
import contextlib
import os
import pwd
import socket
import time
from typing import Dict, Mapping, Tuple

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
    """Returns whether the user has a name on this machine: then it is not ours."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def claimed_user(taken: Mapping[int, int]) -> Tuple[int, socket.socket]:
    """Returns an unprivileged user for one box of root's, and what to close when that user is free
    again. `taken` has the users that run something. All that runs as the user is killed with the
    box, so the user must be this box's alone: an abstract socket (unix(7)) claims it among the
    graders of this machine. Raises BoxFailed if all are taken."""
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
