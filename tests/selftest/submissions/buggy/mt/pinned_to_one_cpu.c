/* Buggy: pins the server, and so all its threads, to the CPU on which it starts, "for the cache".
 * Loses: mt-speedup
 * Why: eight threads take turns on one CPU, however many there are.
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	cpu_set_t cpus;
	pthread_t thread;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	if (pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus) != 0)
		warnx("pthread_setaffinity_np");
	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0) {
			warnx("pthread_create");
			close(connfd);
		} else {
			pthread_detach(thread);
		}
	}
}
