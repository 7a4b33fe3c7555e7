/* Buggy: the threads are neither joined nor detached.
 * Loses: mt-memory
 * Why: the stack of each ended thread stays. Nothing else does.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
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
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);

		if (error) {
			fprintf(stderr, "pthread_create: %s\n", strerror(error));
			close(connfd);
		}
	}
}
