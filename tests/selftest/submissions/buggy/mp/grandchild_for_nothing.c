/* Buggy: a double fork in which the child serves and the grandchild ends; the parent waits for the child.
 * Loses: mp-concurrency
 * Why: what the parent waits for is the one that serves.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    while (1) {
        int fd = tcp_accept(listenfd);
        pid_t first = fork();

        if (first == 0) {
            pid_t second;

            close(listenfd);
            second = fork();
            if (second == 0)
                exit(0);            /* detached, init takes care of us */
            serve_client(fd);
            exit(0);
        }
        close(fd);
        if (first > 0)
            waitpid(first, NULL, 0);
    }
}
