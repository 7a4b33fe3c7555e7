"""Measures the three servers, and shows what it has seen. It grades nothing.

    cli             the command line
    session         what one run of the bench measures, prints and writes
    host            the machine, and how much of it may be used

    workloads       what clients ask for: all at once for much work, or one of them slowly
    servers         compiles and starts the servers
    generator       runs generator.c, the client side, and returns when each client was answered
    rounds          the same load on each server, in turns and repeated
    scaling         more and more clients, small and large work
    floor           mp_server and mt_server against a bare loop that does the least possible
    speedup         what the checker shows of all that beside the points

    tracing         one round that is traced, so that it can be drawn
    sampling        who waits and who works for whom, as /proc shows it
    timeline        what a traced round looks like, as data
    figures         the figures of a table, from the answers of clients

    text            tables                 text_timeline   timelines, as plain text
    svg             parts of pictures      svg_timelines, svg_curves   pictures
    export          CSV and JSON
"""
