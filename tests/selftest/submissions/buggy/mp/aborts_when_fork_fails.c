/* Buggy: assert(pid >= 0): a failed fork aborts the server.
 * Loses: mp-robustness
 * Why: as with exit(), only with a core dump.
 */
#include <assert.h>
#include <signal.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();
        assert(pid >= 0);
        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            _exit(0);
        }
        close(connfd);
    }
}
