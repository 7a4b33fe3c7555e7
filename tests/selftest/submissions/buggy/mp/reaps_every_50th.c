/* Buggy: ended children are collected at every 50th client only.
 * Loses: mp-zombies
 * Why: up to 49 zombies in between: a server that was just started shows all of its first ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

#define BATCH 50

void run_server(int listenfd)
{
    int in_batch = 0;

    for (;;) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            exit(0);
        }
        close(connfd);
        if (pid < 0) {
            perror("fork");
            continue;
        }
        if (++in_batch == BATCH) {
            in_batch = 0;
            while (waitpid(-1, NULL, WNOHANG) > 0)
                ;
        }
    }
}
