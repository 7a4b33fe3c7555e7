"""Measurements of the checks that take hours: verdicts (the corpus many times, in several states of
the machine) and mutants (the reference servers with one statement changed)."""
