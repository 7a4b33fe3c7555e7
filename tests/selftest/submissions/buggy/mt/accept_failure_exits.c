/* Buggy: calls accept(2) itself and takes every failure for the end of the world.
 * Loses: mt-robustness
 * Why: a shortage of descriptors, which passes, ends the server.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
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
	for (;;) {
		int connfd = accept(listenfd, NULL, NULL);
		pthread_t thread;

		if (connfd == -1)
			err(EXIT_FAILURE, "accept");
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0) {
			warnx("pthread_create");
			close(connfd);
			continue;
		}
		pthread_detach(thread);
	}
}
