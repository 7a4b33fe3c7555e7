/* Correct: pthread_cleanup_push closes the descriptor and frees the argument, whichever way the thread ends. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

static void cleanup(void *arg)
{
    int *fd = arg;

    close(*fd);
    free(fd);
}

static void *handler(void *arg)
{
    int *fd = arg;

    pthread_cleanup_push(cleanup, fd);
    serve_client(*fd);
    pthread_cleanup_pop(1);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_t tid;
    int *fd;

    for (;;) {
        int conn = tcp_accept(listenfd);

        if (!(fd = malloc(sizeof *fd))) {
            close(conn);
            continue;
        }
        *fd = conn;
        if (pthread_create(&tid, NULL, handler, fd))
            cleanup(fd);
        else
            pthread_detach(tid);
    }
}
