/* Correct: says how its threads are scheduled, in the way that is the default: SCHED_OTHER, priority 0, not inherited. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void check(int error, const char *call)
{
	if (error != 0)
		errx(EXIT_FAILURE, "%s: %s", call, strerror(error));
}

void run_server(int listenfd)
{
	struct sched_param priority = {.sched_priority = 0};
	pthread_attr_t attr;

	check(pthread_attr_init(&attr), "pthread_attr_init");
	check(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED), "pthread_attr_setinheritsched");
	check(pthread_attr_setschedpolicy(&attr, SCHED_OTHER), "pthread_attr_setschedpolicy");
	check(pthread_attr_setschedparam(&attr, &priority), "pthread_attr_setschedparam");
	check(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), "pthread_attr_setdetachstate");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd);

		if (error != 0) {
			warnx("pthread_create: %s", strerror(error));
			close(connfd);
		}
	}
}
