"""The way of a submission: command line, build, grading process, outcome, report, result files."""
