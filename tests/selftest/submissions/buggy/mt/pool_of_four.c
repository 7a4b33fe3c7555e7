/* Buggy: four worker threads, created at start, all of which accept.
 * Loses: mt-concurrency
 * Why: four silent clients occupy the four workers.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

#define WORKERS 4

static void *worker(void *arg)
{
	int listenfd = (int)(intptr_t)arg;

	for (;;) {
		int connfd = tcp_accept(listenfd);

		serve_client(connfd);
		close(connfd);
	}
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t pool[WORKERS];

	for (int i = 0; i < WORKERS; i++)
		if (pthread_create(&pool[i], NULL, worker, (void *)(intptr_t)listenfd) != 0)
			errx(1, "worker %d", i);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(pool[i], NULL);
}
