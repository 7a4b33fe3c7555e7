/* Correct: only the acceptor is bound to one processor; each child takes the old set back before it serves. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    cpu_set_t all, first;
    int cpu = 0;

    if (sched_getaffinity(0, sizeof all, &all) < 0) {
        perror("sched_getaffinity");
        exit(1);
    }
    while (!CPU_ISSET(cpu, &all))
        ++cpu;
    CPU_ZERO(&first);
    CPU_SET(cpu, &first);
    sched_setaffinity(0, sizeof first, &first);
    signal(SIGCHLD, SIG_IGN);

    for (;;) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();
        if (pid < 0) {
            perror("fork");
        }
        if (pid == 0) {
            sched_setaffinity(0, sizeof all, &all);
            close(listenfd);
            serve_client(connfd);
            _exit(0);
        }
        close(connfd);
    }
}
