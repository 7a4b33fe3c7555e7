/* Hostile: sends a right reply, and then a byte a second as long as the client is there.
 * Loses: everything
 * Why: the connection ends after the reply. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	while (write(connfd, "8", 1) == 1)
		sleep(1);
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
