/* Buggy: the loop ends after a thousand clients, "for the profiler", and the server with it.
 * Loses: mt-robustness
 * Why: run_server is to serve for ever; a thousand is not.
 */
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
	for (int i = 0; i < 1000; i++) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
	exit(EXIT_SUCCESS);
}
