"""The graded checks: what each does, in a file a topic, over one vocabulary for talking to a server.

A check's file is named by the second half of its id: mp-zombies stands in zombies.py, with its words and hints.
Nothing here prints, writes a file, or knows of pytest.
"""
