/* Buggy: each thread opens /dev/null for its messages, and a failure of that ends the server.
 * Loses: mt-robustness
 * Why: when descriptors run out in the middle of the service, it is err() for all.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	int log = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (log == -1)
		err(EXIT_FAILURE, "/dev/null");
	dprintf(log, "descriptor %d\n", connfd);
	serve_client(connfd);
	close(connfd);
	close(log);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int fd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
			pthread_detach(thread);
		else
			close(fd);
	}
}
