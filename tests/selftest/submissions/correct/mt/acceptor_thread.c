/* Correct: run_server starts a thread that accepts, and waits for it, which is for ever. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static void *on_client(void *arg)
{
    int fd = (int)(intptr_t)arg;
    serve_client(fd);
    close(fd);
    return NULL;
}

static void *accept_loop(void *arg)
{
    int listenfd = *(const int *)arg;

    for (;;) {
        int fd = tcp_accept(listenfd);
        pthread_t tid;

        if (pthread_create(&tid, NULL, on_client, (void *)(intptr_t)fd) == 0)
            pthread_detach(tid);
        else
            close(fd);
    }
    return NULL;
}

void run_server(int listenfd)
{
    pthread_t acceptor;

    if (pthread_create(&acceptor, NULL, accept_loop, &listenfd) != 0) {
        fprintf(stderr, "cannot start\n");
        exit(EXIT_FAILURE);
    }
    pthread_join(acceptor, NULL);   /* listenfd lives as long as this frame does */
}
