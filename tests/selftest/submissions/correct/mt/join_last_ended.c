/* Correct: the ending thread leaves its id in a variable and joins whoever stood there before.
 * So at most one ended thread is unjoined at a time. The wait is for a thread that has nothing left to do but return,
 * never for a client.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t last;
static bool have_last = false;

static void replace_last(void)
{
    pthread_t previous;
    bool join;

    pthread_mutex_lock(&lock);
    join = have_last;
    previous = last;
    last = pthread_self();
    have_last = true;
    pthread_mutex_unlock(&lock);
    if (join)
        pthread_join(previous, NULL);
}

static void *serve(void *arg)
{
    int fd = (int)(intptr_t)arg;

    serve_client(fd);
    close(fd);
    replace_last();
    return NULL;
}

void run_server(int listenfd)
{
    while (true) {
        int fd = tcp_accept(listenfd);
        pthread_t id;

        if (pthread_create(&id, NULL, serve, (void *)(intptr_t)fd) != 0) {
            fprintf(stderr, "dropping a client\n");
            close(fd);
        }
    }
}
