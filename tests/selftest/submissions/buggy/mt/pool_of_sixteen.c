/* Buggy: sixteen worker threads share a ring buffer of descriptors with two semaphores, as in a textbook's "prethreaded" server.
 * Loses: mt-threads mt-robustness
 * Why: the threads are there before the clients. Sixteen clients and more at once are held up by silent ones, but the
 * graded eight are not; a crowd whose last client is the first to ask stops this pool.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

#define NTHREADS  16
#define SBUFSIZE  64

typedef struct {
    int buf[SBUFSIZE];
    int front, rear;
    sem_t mutex, slots, items;
} sbuf_t;

static sbuf_t sbuf;

static void P(sem_t *s)
{
    while (sem_wait(s) == -1)
        ;
}

static void sbuf_insert(sbuf_t *sp, int item)
{
    P(&sp->slots);
    P(&sp->mutex);
    sp->buf[(++sp->rear) % SBUFSIZE] = item;
    sem_post(&sp->mutex);
    sem_post(&sp->items);
}

static int sbuf_remove(sbuf_t *sp)
{
    int item;

    P(&sp->items);
    P(&sp->mutex);
    item = sp->buf[(++sp->front) % SBUFSIZE];
    sem_post(&sp->mutex);
    sem_post(&sp->slots);
    return item;
}

static void *thread(void *vargp)
{
    pthread_detach(pthread_self());
    while (1) {
        int connfd = sbuf_remove(&sbuf);
        serve_client(connfd);
        close(connfd);
    }
    return vargp;
}

void run_server(int listenfd)
{
    pthread_t tid;

    sem_init(&sbuf.mutex, 0, 1);
    sem_init(&sbuf.slots, 0, SBUFSIZE);
    sem_init(&sbuf.items, 0, 0);
    for (int i = 0; i < NTHREADS; i++)
        if (pthread_create(&tid, NULL, thread, NULL)) {
            fprintf(stderr, "prethreading failed\n");
            exit(1);
        }
    while (1)
        sbuf_insert(&sbuf, tcp_accept(listenfd));
}
