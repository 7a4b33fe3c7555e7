/* Buggy: passes the address of one local variable, which the next accept overwrites.
 * Loses: mt-races
 * Why: a thread that starts late reads its successor's descriptor.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

void *serve(void *arg)
{
    int connfd = *(int *)arg;

    pthread_detach(pthread_self());
    serve_client(connfd);
    close(connfd);
    return NULL;
}

void run_server(int listenfd)
{
    int connfd;
    pthread_t tid;

    while (1) {
        connfd = tcp_accept(listenfd);
        if (pthread_create(&tid, NULL, serve, &connfd) != 0) {
            fprintf(stderr, "pthread_create failed\n");
            close(connfd);
        }
    }
}
