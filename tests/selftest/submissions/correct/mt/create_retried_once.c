/* Correct: when pthread_create fails it yields and tries once more; then the client is dropped. */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
    int connfd = (int)(intptr_t)arg;

    serve_client(connfd);
    close(connfd);
    return NULL;
}

static int start(int fd)
{
    pthread_t tid;
    int rc = pthread_create(&tid, NULL, serve, (void *)(intptr_t)fd);

    if (rc != 0) {
        sched_yield();
        rc = pthread_create(&tid, NULL, serve, (void *)(intptr_t)fd);
    }
    return rc != 0 ? rc : pthread_detach(tid);
}

void run_server(int listenfd)
{
    for (;;) {
        int fd = tcp_accept(listenfd);
        int rc = start(fd);

        if (rc != 0) {
            fprintf(stderr, "client dropped: %s\n", strerror(rc));
            close(fd);
        }
    }
}
