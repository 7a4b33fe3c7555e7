/* Buggy: the malloc'ed argument is never freed.
 * Loses: mt-memory
 * Why: a block of four bytes stays for each client.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

void *serve(void *arg)
{
    int *connfd = arg;

    pthread_detach(pthread_self());
    serve_client(*connfd);
    close(*connfd);
    pthread_exit(NULL);
}

void run_server(int listenfd)
{
    while (1) {
        pthread_t tid;
        int *connfd = malloc(sizeof(int));

        if (connfd == NULL) {
            perror("malloc");
            exit(1);
        }
        *connfd = tcp_accept(listenfd);
        if (pthread_create(&tid, NULL, serve, connfd) != 0) {
            close(*connfd);
            free(connfd);
        }
    }
}
