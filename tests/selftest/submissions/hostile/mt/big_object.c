/* Hostile: is 1.5 GB when compiled.
 * Loses: compile
 * Why: the size of files is limited. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

char big[3UL << 29] = {1};

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

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
