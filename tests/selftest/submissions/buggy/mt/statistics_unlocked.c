/* Buggy: statistics without a lock: the threads count themselves in and out, and the most there have been at once.
 * Loses: mt-races
 * Why: ++ and -- of several threads get lost. Nothing else depends on the numbers.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static struct {
	int present, most;
	unsigned long total;
} statistics;

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	statistics.total++;
	if (++statistics.present > statistics.most)
		statistics.most = statistics.present;
	serve_client(connfd);
	close(connfd);
	statistics.present--;
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
