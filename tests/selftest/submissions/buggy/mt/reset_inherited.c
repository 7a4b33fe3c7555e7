/* Buggy: SO_LINGER of zero seconds on the listening socket, from a page on "address already in use".
 * Loses: everything
 * Why: every connection inherits it, and is reset when its thread closes it.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
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
	struct linger linger = {1, 0};

	if (setsockopt(listenfd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) == -1)
		err(EXIT_FAILURE, "setsockopt");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
