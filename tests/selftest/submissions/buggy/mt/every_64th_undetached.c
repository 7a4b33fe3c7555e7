/* Buggy: every 64th thread is created joinable, to be joined by a part of the program that was never written.
 * Loses: mt-memory
 * Why: a stack stays for every 64 clients.
 */
#include <err.h>
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
	unsigned int clients = 0;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) != 0)
			close(connfd);
		else if (++clients % 64 != 0)
			pthread_detach(thread);
	}
}
