/* Correct: binds each thread to the next CPU of all that there are. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static cpu_set_t allowed;
static _Atomic unsigned int served;

static void serve(int fd)
{
	unsigned int turn = served++ % (unsigned int)CPU_COUNT(&allowed);
	cpu_set_t one;

	CPU_ZERO(&one);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed) && turn-- == 0)
			CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	serve_client(fd);
}

static void *thread(void *arg)
{
	int fd = (int)(intptr_t)arg;

	serve(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	if (sched_getaffinity(0, sizeof(allowed), &allowed) == -1)
		exit(EXIT_FAILURE);
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t id;

		if (pthread_create(&id, NULL, thread, (void *)(intptr_t)fd) == 0)
			pthread_detach(id);
		else
			close(fd);
	}
}
