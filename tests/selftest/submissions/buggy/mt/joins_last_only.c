/* Buggy: remembers only the latest thread that ended, and joins that one at the next client.
 * Loses: mt-memory
 * Why: with eight clients at a time most of the ended threads are overwritten before anybody joins them.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_t ended;
static bool any_ended;

static void *serve(void *arg)
{
	serve_client((int)(intptr_t)arg);
	close((int)(intptr_t)arg);
	pthread_mutex_lock(&mutex);
	ended = pthread_self();
	any_ended = true;
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static void join_ended(void)
{
	pthread_mutex_lock(&mutex);
	if (any_ended)
		pthread_join(ended, NULL);
	any_ended = false;
	pthread_mutex_unlock(&mutex);
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		join_ended();
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0)
			close(connfd);
	}
}
