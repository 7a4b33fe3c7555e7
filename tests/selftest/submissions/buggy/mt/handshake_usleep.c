/* Buggy: gives the thread a millisecond to copy the descriptor.
 * Loses: mt-races
 * Why: nothing says that a millisecond is enough. Where it is, all else is right.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
    int connfd = *(int *)arg;

    serve_client(connfd);
    close(connfd);
    return NULL;
}

void run_server(int listenfd)
{
    while (1) {
        pthread_t tid;
        int connfd = tcp_accept(listenfd);

        if (pthread_create(&tid, NULL, serve, &connfd) != 0) {
            fprintf(stderr, "pthread_create failed\n");
            close(connfd);
            continue;
        }
        pthread_detach(tid);
        usleep(1000);   /* without this some clients get no answer?! */
    }
}
