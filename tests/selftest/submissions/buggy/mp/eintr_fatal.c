/* Buggy: accept(2) interrupted by SIGCHLD counts as an error and ends the server, and with it its children.
 * Loses: mp-concurrency
 * Why: the handler has no SA_RESTART: the first child that ends takes everything down (PR_SET_PDEATHSIG).
 * Either: mp-replies - a next client that is faster than the end of the last child is accepted before SIGCHLD comes.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void on_chld(int s)
{
    (void)s;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

void run_server(int listenfd)
{
    struct sigaction sa = {.sa_handler = on_chld};

    sigaction(SIGCHLD, &sa, NULL);
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);
        if (connfd < 0) {
            perror("accept");
            exit(1);
        }
        pid_t pid = fork();
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            close(listenfd);
            serve_client(connfd);
            _exit(0);
        }
        if (pid < 0)
            perror("fork");
        close(connfd);
    }
}
