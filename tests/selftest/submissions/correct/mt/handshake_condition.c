/* Correct: one static mailbox for the descriptor; mutex and condition variable say when the thread has emptied it. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static struct {
    pthread_mutex_t lock;
    pthread_cond_t  taken;
    bool            full;
    int             fd;
} box = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, -1 };

static void *servant(void *unused)
{
    int fd;

    (void)unused;
    pthread_mutex_lock(&box.lock);
    fd = box.fd;
    box.full = false;
    pthread_cond_signal(&box.taken);
    pthread_mutex_unlock(&box.lock);

    serve_client(fd);
    close(fd);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_attr_t attr;
    pthread_t t;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);

    while (true) {
        int fd = tcp_accept(listenfd);

        pthread_mutex_lock(&box.lock);
        box.fd = fd;
        box.full = true;
        if (pthread_create(&t, &attr, servant, NULL) == 0) {
            while (box.full)
                pthread_cond_wait(&box.taken, &box.lock);
        } else {
            puts("no more threads; closing the connection");
            box.full = false;
            close(fd);
        }
        pthread_mutex_unlock(&box.lock);
    }
}
