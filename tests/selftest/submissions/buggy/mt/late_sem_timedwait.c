/* Buggy: waits until the new thread has taken the descriptor over, but for a second at most.
 * Loses: mt-races
 * Why: then it goes on, and the thread that begins later finds the next client's descriptor. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
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

void run_server(int listenfd)
{
	static int connfd;

	sem_init(&taken, 0, 0);
	for (;;) {
		struct timespec limit;
		pthread_t thread;

		connfd = tcp_accept(listenfd);
		if (pthread_create(&thread, NULL, serve, &connfd) != 0) {
			fputs("no thread: a client is dropped\n", stderr);
			close(connfd);
			continue;
		}
		pthread_detach(thread);
		clock_gettime(CLOCK_REALTIME, &limit);
		limit.tv_sec++;
		while (sem_timedwait(&taken, &limit) == -1 && errno == EINTR)
			;
	}
}
