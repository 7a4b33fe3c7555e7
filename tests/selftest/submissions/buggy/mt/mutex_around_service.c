/* Buggy: a mutex around serve_client, "because it may not be thread-safe".
 * Loses: mt-concurrency
 * Why: a silent client holds the mutex, and all the other threads wait for it.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

pthread_mutex_t serve_mutex = PTHREAD_MUTEX_INITIALIZER;

void *serve(void *arg)
{
    int connfd = (int)(intptr_t)arg;

    pthread_mutex_lock(&serve_mutex);
    serve_client(connfd);
    pthread_mutex_unlock(&serve_mutex);
    close(connfd);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_t tid;

    while (1) {
        int connfd = tcp_accept(listenfd);

        if (pthread_create(&tid, NULL, serve, (void *)(intptr_t)connfd) != 0)
            close(connfd);
        else
            pthread_detach(tid);
    }
}
