/* Buggy: after twenty failures of pthread_create in all, the server ends itself: "something must be wrong".
 * Loses: mt-robustness
 * Why: a failure that passes is no reason to end, however often it has passed.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

#define TOO_MANY 20

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	int failures = 0;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		errno = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);
		if (errno == 0) {
			pthread_detach(thread);
			continue;
		}
		warn("pthread_create");
		close(connfd);
		if (++failures == TOO_MANY)
			errx(EXIT_FAILURE, "too many failures");
	}
}
