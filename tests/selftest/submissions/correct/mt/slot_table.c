/* Correct: a table of slots under a mutex; a thread gives its slot back, a full table doubles.
 * The table is of pointers, so growing moves no slot that a thread uses. It stays as large as the most clients at once.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

typedef struct {
    int  fd;
    bool used;
} Slot;

static Slot **slots;
static size_t n_slots;
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

static bool grow(void)
{
    size_t want = n_slots ? 2 * n_slots : 4;
    Slot **bigger = realloc(slots, want * sizeof(Slot *));

    if (!bigger)
        return false;
    slots = bigger;
    while (n_slots < want) {
        if (!(slots[n_slots] = calloc(1, sizeof(Slot))))
            return false;
        n_slots++;
    }
    return true;
}

static Slot *take_slot(int fd)
{
    Slot *found = NULL;

    pthread_mutex_lock(&table_lock);
    for (size_t i = 0; ; i++) {
        if (i == n_slots && !grow() && i == n_slots)
            break;
        if (!slots[i]->used) {
            found = slots[i];
            found->used = true;
            found->fd = fd;
            break;
        }
    }
    pthread_mutex_unlock(&table_lock);
    return found;
}

static void release_slot(Slot *s)
{
    pthread_mutex_lock(&table_lock);
    s->used = false;
    pthread_mutex_unlock(&table_lock);
}

static void *slot_thread(void *arg)
{
    Slot *s = arg;

    serve_client(s->fd);
    close(s->fd);
    release_slot(s);
    return NULL;
}

void run_server(int listenfd)
{
    while (true) {
        int fd = tcp_accept(listenfd);
        Slot *s = take_slot(fd);
        pthread_t tid;

        if (s && pthread_create(&tid, NULL, slot_thread, s) == 0) {
            pthread_detach(tid);
            continue;
        }
        if (s)
            release_slot(s);
        fprintf(stderr, "client dropped\n");
        close(fd);
    }
}
