/* Buggy: the parent closes the connection when fork fails, and only then.
 * Loses: mp-descriptors
 * Why: no end of stream, one descriptor kept for each client that is served; a client that is dropped sees its end.
 * Either: mp-robustness - the flood leaves descriptors behind, which is mp-descriptors' business unless they run out.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    signal(SIGCHLD, SIG_IGN);
    while (1) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid == -1) {
            perror("fork");
            close(connfd);
            continue;
        }
        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            close(connfd);      /* the client is done */
            exit(0);
        }
    }
}
