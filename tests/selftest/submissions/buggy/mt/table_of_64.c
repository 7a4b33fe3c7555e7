/* Buggy: a table of 64 threads that is filled and never emptied: the 65th client is turned away, and all after it.
 * Loses: mt-robustness
 * Why: what is served is in order, and nothing piles up; but not all of many clients are served.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

#define MAX_THREADS 64

static pthread_t threads[MAX_THREADS];
static int n_threads = 0;

static void *serve(void *arg)
{
    int fd = (int)(intptr_t)arg;

    serve_client(fd);
    close(fd);
    return NULL;
}

void run_server(int listenfd)
{
    while (1) {
        int fd = tcp_accept(listenfd);

        if (n_threads == MAX_THREADS) {
            fprintf(stderr, "server full\n");
            close(fd);
            continue;
        }
        if (pthread_create(&threads[n_threads], NULL, serve, (void *)(intptr_t)fd) != 0) {
            perror("pthread_create");
            close(fd);
            continue;
        }
        pthread_detach(threads[n_threads]);
        n_threads++;
    }
}
