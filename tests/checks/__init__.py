"""The graded checks: what each does, in a file a topic, over one vocabulary for talking to a
server.

The file of a check is named by the second half of its id: mp-zombies stands in zombies.py. What a
student is told to look at and to think about hangs on what was seen (advice/). Nothing here prints
to the terminal, writes a file, or knows of pytest.
"""
