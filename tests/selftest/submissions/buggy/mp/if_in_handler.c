/* Buggy: if (waitpid(...) > 0) in the handler where a while belongs.
 * Loses: mp-zombies
 * Why: one signal may stand for eight children.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static volatile sig_atomic_t reaped;

static void reap_child(int signo)
{
    int saved_errno = errno;

    (void)signo;
    if (waitpid(-1, NULL, WNOHANG) > 0)
        reaped++;
    errno = saved_errno;
}

void run_server(int listenfd)
{
    struct sigaction sa = { .sa_handler = reap_child, .sa_flags = SA_RESTART | SA_NOCLDSTOP };

    if (sigaction(SIGCHLD, &sa, NULL) == -1)
        err(EXIT_FAILURE, "sigaction");

    for (;;) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            _exit(EXIT_SUCCESS);
        }
        if (pid == -1)
            warn("fork");
        close(connfd);
    }
}
