/* Buggy: looks once whether the thread has taken the descriptor, and yields once if not: an if for a while.
 * Loses: mt-races
 * Why: once is not until. The volatile flag would not do even in a loop.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static volatile int taken;
static int connection;

static void *serve(void *arg)
{
    int mine = connection;

    taken = 1;
    serve_client(mine);
    close(mine);
    return arg;
}

void run_server(int listenfd)
{
    pthread_t id;

    for (;;) {
        connection = tcp_accept(listenfd);
        taken = 0;
        if (pthread_create(&id, NULL, serve, NULL) != 0) {
            puts("no thread");
            close(connection);
            continue;
        }
        pthread_detach(id);
        if (!taken)
            sched_yield();
    }
}
