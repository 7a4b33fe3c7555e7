/* Buggy: pthread_tryjoin_np for the oldest thread, as long as that works, at each new client and ten times a second.
 * Loses: mt-memory
 * Why: nothing blocks, but the queue is looked at from its head only, where a silent client may stand.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

struct entry {
    pthread_t thread;
    struct entry *younger;
};

static void *serve(void *arg)
{
    int connfd = (int)(intptr_t)arg;

    serve_client(connfd);
    close(connfd);
    return NULL;
}

void run_server(int listenfd)
{
    struct entry *oldest = NULL, *youngest = NULL;
    struct pollfd p = {.fd = listenfd, .events = POLLIN};

    for (;;) {
        int ready = poll(&p, 1, oldest != NULL ? 100 : -1);

        while (oldest != NULL && pthread_tryjoin_np(oldest->thread, NULL) == 0) {
            struct entry *gone = oldest;

            oldest = gone->younger;
            free(gone);
        }
        if (ready != 1)
            continue;

        int connfd = tcp_accept(listenfd);
        struct entry *e = calloc(1, sizeof(*e));

        if (e == NULL || pthread_create(&e->thread, NULL, serve, (void *)(intptr_t)connfd) != 0) {
            free(e);
            close(connfd);
            continue;
        }
        if (oldest == NULL)
            oldest = e;
        else
            youngest->younger = e;
        youngest = e;
    }
}
