/* Buggy: the creator waits on a semaphore until the thread has its descriptor, but for half a second at most.
 * Loses: mt-races
 * Why: "so that it cannot hang": after the half second it goes on and overwrites the descriptor.
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static sem_t taken;

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	sem_post(&taken);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void wait_until_taken(void)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_nsec += 500 * 1000 * 1000;
	if (limit.tv_nsec >= 1000 * 1000 * 1000) {
		limit.tv_nsec -= 1000 * 1000 * 1000;
		limit.tv_sec++;
	}
	if (sem_timedwait(&taken, &limit) == -1)
		warn("the new thread is late");
}

void run_server(int listenfd)
{
	int connfd;

	if (sem_init(&taken, 0, 0) == -1)
		err(EXIT_FAILURE, "sem_init");
	for (;;) {
		pthread_t thread;

		connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &connfd) == 0) {
			pthread_detach(thread);
			wait_until_taken();
		} else {
			close(connfd);
		}
	}
}
