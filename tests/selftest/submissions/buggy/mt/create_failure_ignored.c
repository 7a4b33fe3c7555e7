/* Buggy: does not look at what pthread_create returns.
 * Loses: mt-robustness
 * Why: the client for which there is no thread waits for ever, and its descriptor stays.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
    int connfd = (int)(intptr_t)arg;

    pthread_detach(pthread_self());
    serve_client(connfd);
    close(connfd);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_t tid;

    while (1) {
        int connfd = tcp_accept(listenfd);
        pthread_create(&tid, NULL, serve, (void *)(intptr_t)connfd);
    }
}
