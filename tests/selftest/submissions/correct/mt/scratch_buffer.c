/* Correct: each thread allocates a buffer of its own and frees it.
 * malloc in many threads makes arenas, 64 MB of address space each and no more than eight a core: not a leak.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

#define BUFFER_SIZE 65536

static void *worker(void *arg)
{
    int fd = (int)(intptr_t)arg;
    char *buffer = malloc(BUFFER_SIZE);

    if (buffer != NULL) {
        memset(buffer, 0, BUFFER_SIZE);
        snprintf(buffer, BUFFER_SIZE, "serving on descriptor %d\n", fd);
        fputs(buffer, stderr);
    }
    serve_client(fd);
    close(fd);
    free(buffer);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_t tid;

    for (;;) {
        int fd = tcp_accept(listenfd);

        if (pthread_create(&tid, NULL, worker, (void *)(intptr_t)fd)) {
            fprintf(stderr, "pthread_create failed\n");
            close(fd);
            continue;
        }
        pthread_detach(tid);
    }
}
