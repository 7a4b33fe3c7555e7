/* Correct: a sig_atomic_t counts the living children, the parent lowers it in its handler. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static volatile sig_atomic_t living = 0;

static void sig_chld(int signo)
{
    int err = errno;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        living--;
    errno = err;
    (void)signo;
}

void run_server(int listenfd)
{
    sigset_t set;
    struct sigaction sa;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sa.sa_handler = sig_chld;
    sa.sa_mask = set;
    sa.sa_flags = SA_RESTART;
    if (sigaction(SIGCHLD, &sa, NULL) == -1) { perror("sigaction"); exit(1); }

    for ( ; ; ) {
        int connfd = tcp_accept(listenfd);

        /* living++ reads and writes: the handler must not come in between */
        sigprocmask(SIG_BLOCK, &set, NULL);
        pid_t pid = fork();
        if (pid > 0)
            living++;
        sigprocmask(SIG_UNBLOCK, &set, NULL);

        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            close(connfd);
            _exit(0);
        }
        if (pid == -1)
            fprintf(stderr, "fork failed with %d children alive\n", (int)living);
        close(connfd);
    }
}
