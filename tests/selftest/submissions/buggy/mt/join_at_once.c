/* Buggy: a thread per client, but the creator joins it at once.
 * Loses: mt-concurrency
 * Why: the join lasts as long as the client does: a synchronous server with a thread in it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

void *serve(void *arg)
{
    int fd = *(int *)arg;
    serve_client(fd);
    close(fd);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_t thread;

    while (1) {
        int fd = tcp_accept(listenfd);
        if (pthread_create(&thread, NULL, serve, &fd) != 0) {
            perror("pthread_create");
            close(fd);
            continue;
        }
        /* wait for the thread, so that it does not become a zombie */
        pthread_join(thread, NULL);
    }
}
