/* Correct: pselect with SIGCHLD unblocked only there; the handler itself reaps. */
#include <errno.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void sigchld(int sig)
{
    int e = errno;
    (void)sig;
    while (waitpid(-1, NULL, WNOHANG) > 0);
    errno = e;
}

void run_server(int s)
{
    sigset_t block, orig;
    struct sigaction act = {0};
    fd_set fds;

    act.sa_handler = sigchld;
    sigaction(SIGCHLD, &act, NULL);

    sigemptyset(&block);
    sigaddset(&block, SIGCHLD);
    sigprocmask(SIG_BLOCK, &block, &orig);

    for (;;) {
        FD_ZERO(&fds);
        FD_SET(s, &fds);
        /* the one place where the handler can run, so nothing else has to expect EINTR */
        if (pselect(s + 1, &fds, NULL, NULL, NULL, &orig) <= 0)
            continue;

        int c = tcp_accept(s);
        if (fork() == 0) {
            sigprocmask(SIG_SETMASK, &orig, NULL);
            close(s);
            serve_client(c);
            close(c);
            _exit(0);
        }
        close(c);
    }
}
