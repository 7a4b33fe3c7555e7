/* Buggy: a left-over of debugging: after five clients the server only says that it is tired.
 * Loses: everything
 * Why: the sixth client gets no number, and nobody after it.
 */
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

#define DEBUG_CLIENTS 5

static void *serve(void *arg)
{
    serve_client((int)(intptr_t)arg);
    close((int)(intptr_t)arg);
    return NULL;
}

static void *refuse(void *arg)
{
    static const char line[] = "error: enough\n";
    char request[64];

    if (recv((int)(intptr_t)arg, request, sizeof request, 0) > 0)
        send((int)(intptr_t)arg, line, strlen(line), MSG_NOSIGNAL);
    close((int)(intptr_t)arg);
    return NULL;
}

void run_server(int listenfd)
{
    for (int clients = 0; ; clients++) {
        int fd = tcp_accept(listenfd);
        pthread_t t;

        if (pthread_create(&t, NULL, clients < DEBUG_CLIENTS ? serve : refuse, (void *)(intptr_t)fd))
            close(fd);
        else
            pthread_detach(t);
        if (clients > 1000000)
            clients = DEBUG_CLIENTS;
    }
}
