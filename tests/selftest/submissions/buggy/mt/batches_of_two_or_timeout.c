/* Buggy: a new client waits up to half a second for a second one, so that two threads are created at a time.
 * Loses: everything
 * Why: a client alone always waits for the timeout.
 */
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void start(int connfd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
		pthread_detach(thread);
	else
		close(connfd);
}

void run_server(int listenfd)
{
	struct pollfd another = {.fd = listenfd, .events = POLLIN};

	for (;;) {
		int first = tcp_accept(listenfd);

		if (poll(&another, 1, 500) == 1) {
			int second = tcp_accept(listenfd);

			start(second);
		}
		start(first);
	}
}
