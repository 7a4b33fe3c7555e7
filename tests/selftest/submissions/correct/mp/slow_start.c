/* Correct: takes 300 ms to get ready before the first accept, as one that reads a big configuration. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "server.h"

static void load_configuration(void)
{
    struct timespec t = {.tv_sec = 0, .tv_nsec = 300000000L};

    while (nanosleep(&t, &t) != 0)
        ;
}

void run_server(int listenfd)
{
    struct sigaction sa = {.sa_handler = SIG_IGN};

    load_configuration();
    if (sigaction(SIGCHLD, &sa, NULL) != 0) {
        perror("sigaction");
        exit(2);
    }
    for (;;) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            close(connfd);
            _exit(0);
        } else if (pid < 0) {
            perror("fork");
        }
        close(connfd);
    }
}
