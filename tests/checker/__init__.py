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
    watch        grades again whenever a file changes
    __main__     the command line; runs pytest in a child process, and reports
"""
