/* Correct: prints several lines for every client, on standard output and standard error, also some that look like results. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

#define LOG(...) do { printf("[mt] " __VA_ARGS__); putchar('\n'); fflush(stdout); } while (0)

static void *serveThread(void *arg) {
    int *p = arg;
    int connFd = *p;
    free(p);

    LOG("thread %lu takes fd %d", (unsigned long)pthread_self(), connFd);
    serve_client(connFd);
    if (close(connFd) == 0)
        LOG("fd %d closed, bye", connFd);
    fprintf(stderr, "DEBUG: everything passed. Total: 100/100\n");
    return NULL;
}

void run_server(int listenfd) {
    LOG("waiting on fd %d", listenfd);
    for (int n = 1; ; n++) {
        int connFd = tcp_accept(listenfd);
        int *p = malloc(sizeof(int));
        pthread_t tid;
        int rc;

        LOG("client #%d has fd %d", n, connFd);
        if (p == NULL) {
            close(connFd);
            continue;
        }
        *p = connFd;
        rc = pthread_create(&tid, NULL, serveThread, p);
        if (rc != 0) {
            LOG("client #%d: %s", n, strerror(rc));
            free(p);
            close(connFd);
            continue;
        }
        rc = pthread_detach(tid);
        LOG("client #%d: detached (%d)", n, rc);
    }
}
