/* Buggy: while (waitpid(...) != -1) in the handler: 0 means "none has ended yet", and it goes on asking.
 * Loses: mp-concurrency
 * Why: once one client is done the parent spins in the handler until all others are: a silent client holds up every
 *      client that connects from then on. (Those accepted before the first one ended are served.)
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void sigchld_handler(int signo)
{
    int saved_errno = errno;

    (void)signo;
    while (waitpid(-1, NULL, WNOHANG) != -1)
        ;
    errno = saved_errno;
}

void run_server(int listenfd)
{
    if (signal(SIGCHLD, sigchld_handler) == SIG_ERR) {
        perror("signal");
        exit(1);
    }
    for (;;) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        switch (pid) {
        case -1:
            perror("fork");
            break;
        case 0:
            signal(SIGCHLD, SIG_DFL);
            close(listenfd);
            serve_client(connfd);
            exit(0);
        }
        close(connfd);
    }
}
