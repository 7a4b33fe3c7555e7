/* Buggy: when there is no thread it says so and frees the argument, but forgets the connection.
 * Loses: mt-robustness
 * Why: the client waits for ever, and its descriptor stays.
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
	int connfd = *(int *)arg;

	free(arg);
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int *arg = malloc(sizeof(*arg));
		pthread_t thread;
		int error;

		if (arg == NULL)
			err(EXIT_FAILURE, "malloc");
		*arg = connfd;
		error = pthread_create(&thread, NULL, serve, arg);
		if (error != 0) {
			warnx("pthread_create: %s", strerror(error));
			free(arg);
			continue;
		}
		pthread_detach(thread);
	}
}
