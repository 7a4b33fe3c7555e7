/* Buggy: continue without close when fork fails.
 * Loses: mp-robustness
 * Why: the client concerned waits for ever, its descriptor is lost; while fork works nothing is wrong.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void handler(int signum)
{
    int olderrno = errno;

    (void)signum;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    errno = olderrno;
}

void run_server(int listenfd)
{
    struct sigaction sa;

    memset(&sa, 0, sizeof(sa));
    sa.sa_handler = handler;
    sa.sa_flags = SA_RESTART;
    sigaction(SIGCHLD, &sa, NULL);

    for (;;) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid == -1) {
            fprintf(stderr, "fork: %s\n", strerror(errno));
            continue;
        }
        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            close(connfd);
            _exit(0);
        }
        close(connfd);
    }
}
