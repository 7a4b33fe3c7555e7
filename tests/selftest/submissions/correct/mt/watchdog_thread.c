/* Correct: besides a thread per client there is one constant thread that reports every second how many are served. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "server.h"

static int active;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int adjust(int by)
{
	int now;

	pthread_mutex_lock(&mutex);
	now = active += by;
	pthread_mutex_unlock(&mutex);
	return now;
}

static void *watchdog(void *arg)
{
	struct timespec second = { .tv_sec = 1 };
	int last = 0;

	for (;;) {
		int now = adjust(0);

		if (now != last)
			fprintf(stderr, "%d clients\n", last = now);
		nanosleep(&second, NULL);
	}
	return arg;
}

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;

	adjust(+1);
	serve_client(fd);
	close(fd);
	adjust(-1);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 256 * 1024);
	if (pthread_create(&thread, &attr, watchdog, NULL) != 0)
		exit(1);
	for (;;) {
		int fd = tcp_accept(listenfd);

		if (pthread_create(&thread, &attr, serve, (void *)(intptr_t)fd) != 0)
			close(fd);
	}
}
