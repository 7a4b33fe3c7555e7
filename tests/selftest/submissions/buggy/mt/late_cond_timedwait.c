/* Buggy: a condition variable says that the slot is empty again; after two seconds it is taken for empty anyway.
 * Loses: mt-races
 * Why: a time limit is no handshake: the thread may begin later than that. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "server.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t emptied = PTHREAD_COND_INITIALIZER;
static int slot;
static bool full;

static void *serve(void *arg)
{
	int connfd;

	(void)arg;
	pthread_mutex_lock(&mutex);
	connfd = slot;
	full = false;
	pthread_cond_signal(&emptied);
	pthread_mutex_unlock(&mutex);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void put(int connfd)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += 2;
	pthread_mutex_lock(&mutex);
	while (full && pthread_cond_timedwait(&emptied, &mutex, &limit) != ETIMEDOUT)
		;
	slot = connfd;
	full = true;
	pthread_mutex_unlock(&mutex);
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		put(connfd);
		if (pthread_create(&thread, NULL, serve, NULL) == 0) {
			pthread_detach(thread);
			continue;
		}
		fputs("no thread: a client is dropped\n", stderr);
		pthread_mutex_lock(&mutex);
		full = false;
		pthread_mutex_unlock(&mutex);
		close(connfd);
	}
}
