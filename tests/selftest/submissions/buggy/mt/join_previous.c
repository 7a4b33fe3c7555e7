/* Buggy: each new client's thread is created, then the previous client's is joined before the next accept.
 * Loses: mt-concurrency
 * Why: two clients at once at most: the silent first one keeps the third from being accepted.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
	int fd = (intptr_t)arg;

	serve_client(fd);
	close(fd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_t previous, current;
	bool first = true;

	for (;;) {
		intptr_t fd = tcp_accept(listenfd);

		if (pthread_create(&current, NULL, serve, (void *)fd) != 0) {
			close(fd);
			continue;
		}
		if (!first)
			pthread_join(previous, NULL);
		previous = current;
		first = false;
	}
}
