"""In which system call a thread is blocked, and with which arguments.

/proc/PID/task/TID/syscall has the number and the arguments, .../wchan the kernel function that the
thread sleeps in. Both are read with the rights of `user`, the one whose processes are looked at
(private.py; -1: no matter).
"""
from watching import private, procfs

# Where a thread waits for the child of its vfork(2): the function's names in Linux 5.10 and later,
# up to 5.9, and up to 4.1.
VFORK_CHANNELS = (b"kernel_clone", b"_do_fork", b"do_fork")


def in_vfork(pid: int, tid: int, user: int = -1) -> bool:
    """Returns whether a thread that sleeps uninterruptibly (state D) waits for the child of its
    vfork(2), which may be for ever. All else that is waited for so is the machine's to do: a disk,
    memory, another CPU. Where that cannot be read, it is taken for the machine's."""
    try:
        with private.as_user(user):
            channel = procfs.read(f"/proc/{pid}/task/{tid}/wchan")
    except OSError:
        return False
    return channel in VFORK_CHANNELS
