/* Correct: a detached thread for each client, by attribute; the descriptor is cast into the pointer. */
#include "server.h"
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *worker(void *p) {
    int fd = (int)(long)p;
    serve_client(fd);
    close(fd);
    return NULL;
}

void run_server(int listenfd) {
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);

    while (1) {
        int fd = tcp_accept(listenfd);
        pthread_t tid;
        if (pthread_create(&tid, &attr, worker, (void *)(long)fd) != 0) {
            fprintf(stderr, "no thread for this client\n");
            close(fd);
        }
    }
}
