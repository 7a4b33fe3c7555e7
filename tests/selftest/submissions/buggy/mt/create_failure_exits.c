/* Buggy: err() when pthread_create fails: the server ends for want of one thread.
 * Loses: mt-robustness
 * Why: nothing else makes pthread_create fail.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		errno = pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd);
		if (errno != 0)
			err(EXIT_FAILURE, "pthread_create");
	}
}
