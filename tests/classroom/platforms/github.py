"""Prints what GitHub Classroom is configured with, for `make github`: its workflow, or the older
autograding.json. GitHub has announced the end of Classroom; the workflow works without it, too.

A student can change each file of a repository. So the workflow can take the lab from another one,
and Classroom can be told which files are protected: all but the two servers."""
from __future__ import annotations

import json
import sys
from typing import Dict, List

from checks.catalogue import CHECKS
from checks.check import Check

GRADER = "classroom-resources/autograding-command-grader@v1"
REPORTER = "classroom-resources/autograding-grading-reporter@v1"
IN_WORKFLOW, IN_REPOSITORY = "${{ runner.temp }}/results.json", "results.json"
MINUTES = 10  # of a grading; smaller, and a slow machine ends it; larger, and one that hangs costs
# The name of the workflow and that of its job are those that Classroom looks for. What a submission
# says must not be taken for commands to GitHub's runner, such as to note other points: they are
# off while it is graded, and only who knows the word turns them on.
HEAD = """\
name: Autograding Tests
on: [push, workflow_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
env:
  LAB_REPOSITORY: ""  # the address of the course's own copy of the lab: its checker then grades
jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    timeout-minutes: %(minutes)d
    if: github.actor != 'github-classroom[bot]'
    steps:
      - name: Checkout code
        uses: actions/checkout@v4
      - name: Grade
        run: |
          lab=.
          if [ -n "$LAB_REPOSITORY" ]; then
            lab=$RUNNER_TEMP/lab
            git clone --quiet --depth 1 "$LAB_REPOSITORY" "$lab"
          fi
          word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')
          echo "::stop-commands::$word"
          for try in 1 2 3; do
            status=0
            "$lab/checker.sh" --require-contained --json "$RUNNER_TEMP/results.json" support ||
              status=$?
            [ "$status" -eq 3 ] || break  # inconclusive
          done
          echo "::$word::"
          [ "$status" -le 1 ]  # else there are no points, rather than wrong ones
"""
STEP = """\
      - name: "%(id)s: %(title)s"
        id: %(id)s
        uses: %(uses)s
        with:
          test-name: %(id)s
          command: %(command)s
          timeout: 1
          max-score: %(points)d
"""


def passed(check: Check, results: str) -> str:
    """Returns the command that succeeds if results.json says that a check has passed."""
    return f"""jq -e '.tests[] | select(.name == "{check.id}") | .status == "passed"' {results}"""


def workflow() -> str:
    """Returns .github/workflows/classroom.yml: one grading, then a step a check that gives its
    points, as the command grader gives all or none."""
    steps = [STEP % {"id": check.id, "title": check.title.replace('"', "'"), "uses": GRADER,
                     "command": passed(check, IN_WORKFLOW), "points": check.points}
             for check in CHECKS]
    results = "".join(f'          {check.id.upper()}_RESULTS: "${{{{steps.{check.id}.outputs.'
                      f'result}}}}"\n' for check in CHECKS)
    reporter = (f"      - name: Autograding Reporter\n        uses: {REPORTER}\n        env:\n"
                f"{results}        with:\n          runners: "
                f"{','.join(check.id for check in CHECKS)}\n")
    return HEAD % {"minutes": 3 * MINUTES} + "".join(steps) + reporter


def autograding() -> str:
    """Returns .github/classroom/autograding.json, of before 2024: the first test also grades."""
    tests: List[Dict[str, object]] = [
        {"name": check.id, "setup": "", "run": passed(check, IN_REPOSITORY), "input": "",
         "output": "", "comparison": "included", "timeout": 1, "points": check.points}
        for check in CHECKS]
    tests[0].update(timeout=MINUTES, setup="rm -f results.json; ./checker.sh --require-contained "
                    "--json results.json support || [ $? -eq 1 ]")
    return json.dumps({"tests": tests}, indent=2) + "\n"


if __name__ == "__main__":
    print(autograding() if sys.argv[1:] == ["autograding"] else workflow(), end="")
