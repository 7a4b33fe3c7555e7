/* Correct: the listening socket does not block; tcp_accept knows what to do then, and connections do not inherit it. */
#include <err.h>
#include <fcntl.h>
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
	int flags = fcntl(listenfd, F_GETFL);

	if (flags == -1 || fcntl(listenfd, F_SETFL, flags | O_NONBLOCK) == -1)
		err(EXIT_FAILURE, "fcntl");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
