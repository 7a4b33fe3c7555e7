/* Correct: the threads are bound to the CPUs that the server may use, in turn; if that fails, the thread runs anywhere. */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static int next_cpu(const cpu_set_t *allowed, int cpu)
{
	do
		cpu = (cpu + 1) % CPU_SETSIZE;
	while (!CPU_ISSET(cpu, allowed));
	return cpu;
}

void run_server(int listenfd)
{
	cpu_set_t allowed;
	int cpu = -1;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) == -1)
		err(EXIT_FAILURE, "sched_getaffinity");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		cpu_set_t one;

		CPU_ZERO(&one);
		CPU_SET(cpu = next_cpu(&allowed, cpu), &one);
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0) {
			close(connfd);
			continue;
		}
		pthread_setaffinity_np(thread, sizeof(one), &one);
		pthread_detach(thread);
	}
}
