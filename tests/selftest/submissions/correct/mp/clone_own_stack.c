/* Correct: glibc's clone() with a stack of its own.
 * Without CLONE_VM each child gets a copy of the memory, so one stack does for all of them.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

#define STACK_SIZE (256 * 1024)

struct job {
    int listenfd;
    int connfd;
};

static int child_main(void *arg)
{
    struct job *job = arg;

    close(job->listenfd);
    serve_client(job->connfd);
    close(job->connfd);
    return 0;
}

void run_server(int listenfd)
{
    struct job job = { .listenfd = listenfd };
    char *stack = aligned_alloc(64, STACK_SIZE);

    if (stack == NULL)
        err(1, "aligned_alloc");

    for (;;) {
        job.connfd = tcp_accept(listenfd);
        if (clone(child_main, stack + STACK_SIZE, SIGCHLD, &job) == -1)
            warn("clone");
        close(job.connfd);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
    }
}
