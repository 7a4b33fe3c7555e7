/* Buggy: the creator closes the connection right after it has created the thread, as the parent does after a fork.
 * Loses: everything
 * Why: threads share their descriptors: the thread finds its own closed before it can reply.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
    int connfd = (int)(intptr_t)arg;

    serve_client(connfd);
    close(connfd);
    return NULL;
}

void run_server(int listenfd)
{
    for (;;) {
        pthread_t tid;
        int connfd = tcp_accept(listenfd);

        if (pthread_create(&tid, NULL, serve, (void *)(intptr_t)connfd) != 0)
            fprintf(stderr, "pthread_create failed\n");
        else
            pthread_detach(tid);
        close(connfd);      /* the thread has its own copy */
    }
}
