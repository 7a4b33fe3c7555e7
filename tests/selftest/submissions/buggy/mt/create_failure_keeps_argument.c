/* Buggy: when there is no thread it closes the connection, but does not free the argument.
 * Loses: mt-robustness
 * Why: a block of 4 KB stays for each failed pthread_create; where none fails, nothing does, so mt-memory is kept.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

struct request {
    int fd;
    char scratch[4092];
};

static void *serve(void *arg)
{
    struct request *request = arg;

    serve_client(request->fd);
    close(request->fd);
    free(request);
    return NULL;
}

void run_server(int listenfd)
{
    while (1) {
        struct request *request;
        pthread_t tid;
        int fd = tcp_accept(listenfd);

        request = malloc(sizeof(*request));
        if (request == NULL) {
            close(fd);
            continue;
        }
        memset(request, 0, sizeof(*request));
        request->fd = fd;
        if (pthread_create(&tid, NULL, serve, request) != 0) {
            fprintf(stderr, "no thread\n");
            close(fd);
            continue;
        }
        pthread_detach(tid);
    }
}
