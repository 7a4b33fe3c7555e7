/* Correct: a failed fork is tried a few times more, then the client is dropped. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

#define ATTEMPTS 4

static pid_t persistent_fork(void)
{
    pid_t pid;
    int attempt = 0;

    while ((pid = fork()) == -1 && ++attempt < ATTEMPTS)
        poll(NULL, 0, 10 * attempt);    /* somebody may end meanwhile */
    return pid;
}

void run_server(int listenfd)
{
    signal(SIGCHLD, SIG_IGN);

    while (1) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = persistent_fork();

        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            close(connfd);
            _exit(0);
        }
        if (pid == -1)
            perror("fork");
        close(connfd);
    }
}
