/* Correct: a malloc'ed int for each client, freed by the thread, which detaches itself. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

void *thread_main(void *vargp)
{
    int connfd = *((int *)vargp);

    pthread_detach(pthread_self());
    free(vargp);
    serve_client(connfd);
    close(connfd);
    return NULL;
}

void run_server(int listenfd)
{
    int *connfdp;
    pthread_t tid;

    while (1) {
        int connfd = tcp_accept(listenfd);

        connfdp = malloc(sizeof(int));
        if (connfdp == NULL) {
            close(connfd);
            continue;
        }
        *connfdp = connfd;
        if (pthread_create(&tid, NULL, thread_main, connfdp) != 0) {
            free(connfdp);
            close(connfd);
        }
    }
}
