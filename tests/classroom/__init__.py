"""A class at a time: what was handed in, in; grades, feedback and pages out. It grades through
checker.sh, as a user would, and knows of the checks only what their catalogue says."""
