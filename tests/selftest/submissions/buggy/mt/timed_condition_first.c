/* Buggy: each thread waits a quarter of a second on a condition variable for "permission", which nobody gives.
 * Loses: everything
 * Why: it always takes the timeout: the client waits for the clock.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t permission = PTHREAD_COND_INITIALIZER;
static bool permitted;

static void wait_for_permission(void)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_nsec += 250 * 1000 * 1000;
	limit.tv_sec += limit.tv_nsec / (1000 * 1000 * 1000);
	limit.tv_nsec %= 1000 * 1000 * 1000;
	pthread_mutex_lock(&mutex);
	while (!permitted && pthread_cond_timedwait(&permission, &mutex, &limit) == 0)
		;
	pthread_mutex_unlock(&mutex);
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	wait_for_permission();
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
