/* Buggy: each thread is pinned to CPU number clients % 1: the number of CPUs was written down as 1.
 * Loses: mt-speedup
 * Why: the attribute puts all the threads on the same CPU, though the main thread may run anywhere.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

#define CPUS 1		/* TODO: ask the system */

static void *serve(void *arg)
{
    int fd = (int)(intptr_t)arg;

    serve_client(fd);
    close(fd);
    return NULL;
}

/* The index-th of the CPUs on which this process may run. */
static int nth_cpu(int index)
{
    cpu_set_t allowed;
    int cpu = 0;

    sched_getaffinity(0, sizeof(allowed), &allowed);
    for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed) && index-- == 0)
            break;
    return cpu;
}

void run_server(int listenfd)
{
    unsigned clients = 0;

    for (;;) {
        int fd = tcp_accept(listenfd);
        cpu_set_t set;
        pthread_attr_t attr;
        pthread_t tid;

        CPU_ZERO(&set);
        CPU_SET(nth_cpu((int)(clients++ % CPUS)), &set);
        pthread_attr_init(&attr);
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
        pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
        if (pthread_create(&tid, &attr, serve, (void *)(intptr_t)fd) != 0)
            close(fd);
        pthread_attr_destroy(&attr);
    }
}
