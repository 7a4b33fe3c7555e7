"""Measures the three servers, and draws what it has seen. It grades nothing.

    load      puts a workload on a server (load.c does the work) and returns when each client was answered
    measure   the same load on each server, in turns and repeated; the figures of the table
    sight     what the system tells of another process's connections, system calls and memory
    record    one round that is watched: who waited when, who was being served when, and how that is known
    scaling   more and more clients, small and large work: how turnaround and requests/s grow
    floor     mp_server and mt_server against a bare loop that does the least possible
    draw      tables and timelines as text
    svg       timelines and curves as SVG
    export    CSV and JSON
    main      the command line
"""
