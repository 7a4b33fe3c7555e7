/* Correct: the main thread keeps every thread in a list, and sweeps it with pthread_tryjoin_np around poll and accept.
 * The sweep runs on each client and, while threads live, every 50 ms, so that ended ones do not stay.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

typedef struct live {
    pthread_t thread;
    struct live *next;
} live;

static void *run(void *fd)
{
    serve_client((int)(intptr_t)fd);
    close((int)(intptr_t)fd);
    return NULL;
}

static void sweep(live **link)
{
    while (*link) {
        live *l = *link;

        if (pthread_tryjoin_np(l->thread, NULL) == 0) {
            *link = l->next;
            free(l);
        } else {
            link = &l->next;
        }
    }
}

void run_server(int listenfd)
{
    live *all = NULL;
    struct pollfd p = { .fd = listenfd, .events = POLLIN };

    for (;;) {
        int ready = poll(&p, 1, all ? 50 : -1);

        sweep(&all);
        if (ready != 1)
            continue;

        int fd = tcp_accept(listenfd);
        live *l = malloc(sizeof(live));
        if (l == NULL || pthread_create(&l->thread, NULL, run, (void *)(intptr_t)fd) != 0) {
            free(l);
            close(fd);
            continue;
        }
        l->next = all;
        all = l;
    }
}
