/* Buggy: a list of all clients: ended ones are marked, but never taken off it.
 * Loses: mt-memory
 * Why: a node stays for each client that was ever served.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

struct client {
    int fd;
    bool done;
    struct client *next;
};

static struct client *clients;
static pthread_mutex_t clients_lock = PTHREAD_MUTEX_INITIALIZER;

static void *run(void *arg)
{
    struct client *c = arg;

    serve_client(c->fd);
    close(c->fd);
    pthread_mutex_lock(&clients_lock);
    c->done = true;
    pthread_mutex_unlock(&clients_lock);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_attr_t attr;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    for (;;) {
        int fd = tcp_accept(listenfd);
        struct client *c = calloc(1, sizeof(struct client));
        pthread_t tid;

        if (!c) {
            close(fd);
            continue;
        }
        c->fd = fd;
        if (pthread_create(&tid, &attr, run, c) != 0) {
            close(fd);
            free(c);
            continue;
        }
        pthread_mutex_lock(&clients_lock);
        c->next = clients;
        clients = c;
        pthread_mutex_unlock(&clients_lock);
    }
}
