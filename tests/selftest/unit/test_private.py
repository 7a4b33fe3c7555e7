"""What is read with the rights of another user."""
from __future__ import annotations

import ctypes
import os
import signal

import pytest

from grading.ipc import start_process
from watching.private import PR_GET_PDEATHSIG, as_user


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads with the rights of others")
def test_who_has_read_as_another_user_still_ends_with_its_parent() -> None:
    def act() -> int:
        number = ctypes.c_int()
        with as_user(12345):
            pass
        ctypes.CDLL(None).prctl(PR_GET_PDEATHSIG, ctypes.byref(number))
        return number.value

    _, status = os.waitpid(start_process(act), 0)
    assert os.WEXITSTATUS(status) == signal.SIGKILL
