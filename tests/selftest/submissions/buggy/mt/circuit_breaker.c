/* Buggy: after 25 failures of pthread_create no more threads are tried, and clients are dropped at once.
 * Loses: mt-robustness
 * Why: a "circuit breaker" that nobody ever closes again: the failures were of the past.
 */
#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

#define FAILURES 25

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static bool start(int connfd)
{
	static int failures;
	pthread_t thread;
	int error;

	if (failures >= FAILURES)
		return false;
	error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);
	if (error == 0)
		return pthread_detach(thread) == 0;
	warnx("pthread_create: %s", strerror(error));
	failures++;
	return false;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (!start(connfd))
			close(connfd);
	}
}
