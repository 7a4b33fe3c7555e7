/* Correct: the main thread accepts, a second one takes the descriptors out of a pipe and creates a thread for each. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static int queue[2];

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static void *spawn(void *unused)
{
	int connfd;
	ssize_t got;

	while ((got = read(queue[0], &connfd, sizeof(connfd))) == (ssize_t)sizeof(connfd) ||
	       (got == -1 && errno == EINTR)) {
		pthread_t thread;
		int error;

		if (got == -1)
			continue;
		error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd);
		if (error == 0) {
			pthread_detach(thread);
		} else {
			warnx("pthread_create: %s", strerror(error));
			close(connfd);
		}
	}
	err(EXIT_FAILURE, "pipe");
	return unused;
}

void run_server(int listenfd)
{
	pthread_t spawner;

	if (pipe(queue) == -1)
		err(EXIT_FAILURE, "pipe");
	if ((errno = pthread_create(&spawner, NULL, spawn, NULL)) != 0)
		err(EXIT_FAILURE, "pthread_create");
	for (;;) {
		int connfd = tcp_accept(listenfd);

		while (write(queue[1], &connfd, sizeof(connfd)) == -1)
			if (errno != EINTR)
				err(EXIT_FAILURE, "pipe");
	}
}
