/* Buggy: a record lock on a temporary file around serve_client.
 * Loses: mp-concurrency
 * Why: record locks belong to processes, so the children exclude each other, silent ones included.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    FILE *lockfile = tmpfile();

    if (lockfile == NULL) {
        perror("tmpfile");
        exit(1);
    }
    int lock = fileno(lockfile);
    signal(SIGCHLD, SIG_IGN);

    while (1) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid == 0) {
            close(listenfd);
            lockf(lock, F_LOCK, 0);
            serve_client(connfd);
            lockf(lock, F_ULOCK, 0);
            _exit(0);
        }
        if (pid < 0)
            perror("fork");
        close(connfd);
    }
}
