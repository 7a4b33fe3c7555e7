/* Buggy: EAGAIN from pthread_create drops the client; any other error "cannot happen" and ends the server.
 * Loses: mt-robustness
 * Why: EPERM can, where the system does not let it choose how it is scheduled, and others on other systems.
 */
#include <err.h>
#include <errno.h>
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
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		switch (errno = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd)) {
		case 0:
			pthread_detach(thread);
			break;
		case EAGAIN:
			warn("pthread_create");
			close(connfd);
			break;
		default:
			err(EXIT_FAILURE, "pthread_create");
		}
	}
}
