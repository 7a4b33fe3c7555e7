/* Buggy: calls accept(2) itself and knows EINTR, ECONNABORTED and EMFILE; all other errors end the server.
 * Loses: mt-robustness
 * Why: ENFILE, ENOBUFS and ENOMEM are shortages that pass, too.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

static int accept_client(int listenfd)
{
	struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
	int connfd;

	while ((connfd = accept(listenfd, NULL, NULL)) == -1) {
		if (errno == EMFILE)
			nanosleep(&pause, NULL);
		else if (errno != EINTR && errno != ECONNABORTED)
			err(EXIT_FAILURE, "accept");
	}
	return connfd;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = accept_client(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
