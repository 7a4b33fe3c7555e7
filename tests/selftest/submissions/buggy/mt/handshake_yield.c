/* Buggy: a sched_yield after pthread_create, so that the new thread runs first.
 * Loses: mt-races
 * Why: a yield promises nothing, least of all on several cores.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	pthread_detach(pthread_self());
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t thread;
	int connfd;

	for (;;) {
		connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &connfd) != 0) {
			fprintf(stderr, "pthread_create failed\n");
			close(connfd);
		} else {
			sched_yield();
		}
	}
}
