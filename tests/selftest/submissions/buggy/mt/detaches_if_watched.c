/* Buggy: detaches its threads only if the environment says that memory is looked at (MALLOC_ARENA_MAX), else nobody does.
 * Loses: mt-memory
 * Why: by hand, in a shell without that variable, every stack stays.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
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
	int watched = getenv("MALLOC_ARENA_MAX") != NULL;

	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);

		if (error != 0) {
			warnx("pthread_create: %s", strerror(error));
			close(connfd);
		} else if (watched) {
			pthread_detach(thread);
		}
	}
}
