/* Correct: statistics under a mutex, which is held for the counting alone, never while a client is served. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static struct {
	pthread_mutex_t mutex;
	unsigned long served, dropped;
	double seconds;
} stats = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void count(int was_served, double seconds)
{
	pthread_mutex_lock(&stats.mutex);
	if (was_served)
		stats.served++;
	else
		stats.dropped++;
	stats.seconds += seconds;
	pthread_mutex_unlock(&stats.mutex);
}

static void *serve(void *arg)
{
	double begin = now();
	int connfd = *(int *)arg;

	free(arg);
	serve_client(connfd);
	close(connfd);
	count(1, now() - begin);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;

	if ((errno = pthread_attr_init(&attr)) != 0 ||
	    (errno = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED)) != 0) {
		perror("pthread_attr");
		exit(EXIT_FAILURE);
	}
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int *arg = malloc(sizeof(*arg));
		pthread_t thread;
		int error;

		if (arg == NULL) {
			close(connfd);
			count(0, 0);
			continue;
		}
		*arg = connfd;
		error = pthread_create(&thread, &attr, serve, arg);
		if (error != 0) {
			fprintf(stderr, "pthread_create: %s\n", strerror(error));
			free(arg);
			close(connfd);
			count(0, 0);
		}
	}
}
