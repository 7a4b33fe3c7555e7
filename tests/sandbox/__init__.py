"""Runs a stranger's program: everything that does so, in C and in Python, stands in this folder.

The way in is `tiers.establish`, which finds the best containment that this machine allows and
returns a `Sandbox`; `Sandbox.start` runs a program in a `Box`. Nothing here knows of servers,
checks or students.
"""


class BoxFailed(Exception):
    """A box could not be made, or is gone; the text is one line that says why."""
