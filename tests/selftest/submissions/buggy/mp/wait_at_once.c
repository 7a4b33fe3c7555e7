/* Buggy: the parent waits for each child right after fork.
 * Loses: mp-concurrency
 * Why: a process per client, but never two at a time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    while (1) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid < 0) {
            perror("fork");
            close(connfd);
            continue;
        }
        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            close(connfd);
            exit(0);
        }
        close(connfd);
        wait(NULL);
    }
}
