/* Buggy: the first five hundred threads are detached, those after them are not: a counter that was meant for a warning.
 * Loses: mt-memory
 * Why: from then on a stack stays for each client.
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
	int quiet = 500;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0) {
			close(connfd);
			continue;
		}
		if (quiet == 0)
			continue;
		quiet--;
		pthread_detach(thread);
	}
}
