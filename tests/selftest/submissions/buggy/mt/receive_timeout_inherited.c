/* Buggy: SO_RCVTIMEO of four seconds on the listening socket, "so that accept returns now and then".
 * Loses: mt-robustness
 * Why: connections inherit it: a client that says nothing for four seconds is cut off.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
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
	struct timeval now_and_then = {.tv_sec = 4};

	if (setsockopt(listenfd, SOL_SOCKET, SO_RCVTIMEO, &now_and_then, sizeof(now_and_then)) == -1)
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
