/* Buggy: every 50th client the parent waits, blocking, for all children so far.
 * Loses: mp-zombies mp-robustness
 * Why: up to 49 zombies in between; of three hundred clients connected at once, the 51st waits for the first fifty to
 *      speak. Eight silent clients do not show it.
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
            while (in_batch > 0 && wait(NULL) > 0)
                in_batch--;
            in_batch = 0;
        }
    }
}
