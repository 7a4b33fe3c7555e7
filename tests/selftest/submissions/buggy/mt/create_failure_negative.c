/* Buggy: waits for pthread_create to return -1, as fork does.
 * Loses: mt-robustness
 * Why: it returns a positive number when it fails: the connection stays open, unserved.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
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
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		int connfd = tcp_accept(listenfd);

		if (pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd) == -1) {
			perror("pthread_create");
			close(connfd);
		}
	}
}
