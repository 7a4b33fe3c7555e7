/* Buggy: a lock on a file that each child opens for itself, around serve_client.
 * Loses: mp-concurrency
 * Why: each child has an open file of its own, so the children exclude each other, silent ones included.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    signal(SIGCHLD, SIG_IGN);

    while (1) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid == 0) {
            close(listenfd);
            int lock = open("/proc/self/exe", O_RDONLY);

            if (lock == -1) {
                perror("/proc/self/exe");
                exit(1);
            }
            flock(lock, LOCK_EX);
            serve_client(connfd);
            flock(lock, LOCK_UN);
            _exit(0);
        }
        if (pid < 0)
            perror("fork");
        close(connfd);
    }
}
