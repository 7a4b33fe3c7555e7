/* Buggy: the creator frees the argument right after pthread_create.
 * Loses: everything
 * Why: a new thread takes far longer to start than free does, which writes its own pointers over the descriptor.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

void *serve(void *arg)
{
    int connfd = *(int *)arg;

    serve_client(connfd);
    close(connfd);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_t tid;

    for (;;) {
        int *arg = malloc(sizeof(int));

        if (arg == NULL) {
            perror("malloc");
            exit(EXIT_FAILURE);
        }
        *arg = tcp_accept(listenfd);
        if (pthread_create(&tid, NULL, serve, arg) != 0) {
            perror("pthread_create");
            close(*arg);
        } else {
            pthread_detach(tid);
        }
        free(arg);
    }
}
