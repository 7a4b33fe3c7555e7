"""Tests that grade: the command line, the sandbox, the corpus, the messages, the attacks."""
