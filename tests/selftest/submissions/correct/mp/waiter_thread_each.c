/* Correct: for each child a detached thread of the parent that waits for just this one. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void *waiter(void *arg)
{
    pid_t pid = (pid_t)(intptr_t)arg;

    waitpid(pid, NULL, 0);
    return NULL;
}

/* No thread to be had? Then the child is left to be found by leftovers(). */
static int pending[1024];
static int npending;

static void leftovers(void)
{
    for (int i = 0; i < npending; )
        if (waitpid(pending[i], NULL, WNOHANG) != 0)
            pending[i] = pending[--npending];
        else
            i++;
}

void run_server(int listenfd)
{
    pthread_attr_t attr;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, 64 * 1024);

    for (;;) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = npending < 1024 ? fork() : -1;

        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            _exit(0);
        }
        close(connfd);
        leftovers();
        if (pid > 0) {
            pthread_t tid;

            if (pthread_create(&tid, &attr, waiter, (void *)(intptr_t)pid) != 0)
                pending[npending++] = pid;
        } else {
            fprintf(stderr, "no process for a client\n");
        }
    }
}
