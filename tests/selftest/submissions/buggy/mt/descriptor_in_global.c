/* Buggy: the argument is handed over well, but the thread keeps its descriptor in a global variable while it waits.
 * Loses: mt-concurrency
 * Why: when a silent client speaks at last, its thread serves whoever connected last. One client at a time is served well.
 */
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

int client_fd;

static void wait_for_request(void)
{
    struct pollfd p = { .fd = client_fd, .events = POLLIN };

    poll(&p, 1, -1);
}

static void *serve(void *arg)
{
    client_fd = (int)(intptr_t)arg;
    wait_for_request();
    serve_client(client_fd);
    close(client_fd);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_t tid;

    while (1) {
        int fd = tcp_accept(listenfd);

        if (pthread_create(&tid, NULL, serve, (void *)(intptr_t)fd) != 0) {
            fprintf(stderr, "pthread_create failed\n");
            close(fd);
            continue;
        }
        pthread_detach(tid);
    }
}
