/* Buggy: neither joined nor detached, with stacks of 64 KB, "so that memory is no problem".
 * Loses: mt-memory
 * Why: 150 clients cost 10 MB only, but the stacks and their bookkeeping stay all the same.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

#define KB 1024

static void *client_main(void *arg)
{
    serve_client((int)(intptr_t)arg);
    close((int)(intptr_t)arg);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_attr_t attr;
    pthread_t tid;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 64 * KB);
    for (;;) {
        int fd = tcp_accept(listenfd);

        if (pthread_create(&tid, &attr, client_main, (void *)(intptr_t)fd) != 0)
            close(fd);
    }
}
