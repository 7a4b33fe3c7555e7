/* Correct: a background thread prints statistics when they have changed, by a timed wait of a second. */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t quit = PTHREAD_COND_INITIALIZER; /* for later */
static unsigned long served, present;

static void *report(void *unused)
{
	unsigned long before = 0;

	pthread_mutex_lock(&mutex);
	for (;;) {
		struct timespec next;

		clock_gettime(CLOCK_REALTIME, &next);
		next.tv_sec++;
		pthread_cond_timedwait(&quit, &mutex, &next);
		if (served >= before + 1000) {
			fprintf(stderr, "%lu served, %lu present\n", served, present);
			before = served;
		}
	}
	return unused;
}

static void count(int come, int done)
{
	pthread_mutex_lock(&mutex);
	present += (unsigned long)come;
	present -= (unsigned long)done;
	served += (unsigned long)done;
	pthread_mutex_unlock(&mutex);
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	count(1, 0);
	serve_client(connfd);
	close(connfd);
	count(0, 1);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t reporter;

	if (pthread_create(&reporter, NULL, report, NULL) != 0)
		errx(EXIT_FAILURE, "pthread_create");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
