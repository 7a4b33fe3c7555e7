/* Buggy: waits for its own process group with waitpid(0), but each child has moved to a group of its own.
 * Loses: mp-zombies
 * Why: waitpid finds no child of the group (ECHILD), so nobody is reaped.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void reap(int sig)
{
    int e = errno;
    (void)sig;
    while (waitpid(0, NULL, WNOHANG) > 0);
    errno = e;
}

void run_server(int listenfd)
{
    struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};

    sigaction(SIGCHLD, &sa, NULL);
    for (;;) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();
        if (pid == 0) {
            setpgid(0, 0);      /* Ctrl-C shall not hit clients that are being served */
            close(listenfd);
            serve_client(connfd);
            _exit(0);
        }
        if (pid < 0)
            perror("fork");
        close(connfd);
    }
}
