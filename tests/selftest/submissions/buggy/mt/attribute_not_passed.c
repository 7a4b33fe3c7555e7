/* Buggy: prepares an attribute for detached threads, and then passes NULL to pthread_create.
 * Loses: mt-memory
 * Why: the threads are joinable, and nobody joins them.
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
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
	pthread_attr_t detached;

	if (pthread_attr_init(&detached) != 0)
		errx(1, "pthread_attr_init");
	if (pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) != 0)
		errx(1, "pthread_attr_setdetachstate");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int *arg = malloc(sizeof(int));
		pthread_t thread;

		if (arg == NULL) {
			close(connfd);
			continue;
		}
		*arg = connfd;
		if (pthread_create(&thread, NULL, serve, arg) != 0) {
			warnx("pthread_create");
			free(arg);
			close(connfd);
		}
	}
}
