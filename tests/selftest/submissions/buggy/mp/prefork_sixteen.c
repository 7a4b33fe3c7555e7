/* Buggy: sixteen processes made in advance, each a synchronous server.
 * Loses: mp-processes mp-robustness
 * Why: no process per client, and the children accept; the 17th of three hundred clients connected at once waits for
 *      the first ones to speak.
 * Either: mp-zombies - there is no child that could end.
 * Either: mp-descriptors - nor one in flight beside the idle ones; those are ended together with the parent.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "server.h"

enum { NUM_WORKERS = 16 };

static _Noreturn void run_worker(int listenfd)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    while (1) {
        int fd = tcp_accept(listenfd);
        serve_client(fd);
        close(fd);
    }
}

void run_server(int listenfd)
{
    for (int i = 0; i < NUM_WORKERS; ++i) {
        pid_t pid = fork();
        if (pid < 0) {
            perror("fork");
            exit(1);
        }
        if (pid == 0)
            run_worker(listenfd);
    }
    while (1)
        pause();
}
