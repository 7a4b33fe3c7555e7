/* mt_server.c - a multithreaded server: a detached thread for each client. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

/* TODO 1: write the function that a new thread runs. It takes the descriptor out of its
 * argument (see TODO 3), serves the client, and closes the connection. (pthread_create(3)) */
static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}
/* END TODO 1 */

void run_server(int listenfd)
{
	/* TODO 2: an ended thread keeps its stack until it is joined, and nothing here joins any.
	 * Make sure that none has to be. (pthread_attr_setdetachstate(3), pthread_detach(3)) */
	pthread_attr_t detached;

	if ((errno = pthread_attr_init(&detached)) != 0)
		err(EXIT_FAILURE, "pthread_attr_init");
	if ((errno = pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED)) != 0)
		err(EXIT_FAILURE, "pthread_attr_setdetachstate");
	/* END TODO 2 */

	for (;;) {
		int connfd = tcp_accept(listenfd);
		int error = ENOSYS; /* to be replaced by what pthread_create returns */

		/* TODO 3: create the thread, and hand connfd over to it. This loop writes the next
		 * client's descriptor into connfd, perhaps before the new thread has run at all.
		 * (pthread_create(3)) */
		pthread_t thread;

		error = pthread_create(&thread, &detached, serve, (void *)(intptr_t)connfd);
		/* END TODO 3 */

		if (error != 0) {
			/* TODO 4: say why; only this one client is dropped. (strerror(3)) */
			warnx("pthread_create: %s: a client is dropped", strerror(error));
			/* END TODO 4 */
			close(connfd); /* no thread has taken it over */
		}
	}
}
