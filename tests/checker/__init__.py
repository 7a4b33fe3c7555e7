"""What the graded checks stand on.

    build        compiles a submission with the lab's own copies of everything else
    box          runs a program within limits and ends all that it started (box.c does the work)
    proc         what /proc knows of processes and threads
    client       one connection to a server, as a client sees it
    catalogue    the checks: ids, points, hints
    behaviour    what both servers must do: the bodies of most checks
    server       one server under test: starts it, waits for it, ends it
    parallelism  are CPU-bound clients served in parallel? judged by CPU time, not by a stopwatch
    outcome      the ways in which a check can end, and the words for the student
    report       rows, total, results.json, junit.xml
    sanitizer    data races that ThreadSanitizer sees
    machine      which machine, and how much of it may be used
    watch        grades again whenever a file changes
    grading      the process that grades: pytest, in a process for each server, and the measurement by the clock
    __main__     the command line; reports
"""
