/* mt_server.c - a multithreaded server: a detached thread for each client. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

/* TODO 1: write the function that a new thread runs. It takes its own copy of the descriptor from its argument (see
 * TODO 3), serves the client, and closes the connection: no other thread will. (pthread_create(3)) */
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
	/* TODO 2: a thread that has ended keeps its stack until it is joined; nobody here waits to join one. Prepare
	 * for threads that need no joining. (pthread_attr_setdetachstate(3) or pthread_detach(3)) */
	pthread_attr_t detached;

	if ((errno = pthread_attr_init(&detached)) != 0)
		err(1, "pthread_attr_init");
	if ((errno = pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED)) != 0)
		err(1, "pthread_attr_setdetachstate");
	/* END TODO 2 */
	for (;;) {
		int connfd = tcp_accept(listenfd);
		int error = ENOSYS; /* becomes what pthread_create returns: 0, or the error's number */

		/* TODO 3: create the thread, and hand connfd over to it. This loop writes the next client's
		 * descriptor into connfd, perhaps before the new thread has run at all. (pthread_create(3)) */
		pthread_t thread;

		error = pthread_create(&thread, &detached, serve, (void *)(intptr_t)connfd);
		/* END TODO 3 */
		if (error != 0) {
			/* TODO 4: say why there is no thread; only this one client is lost. (strerror(3)) */
			warnx("pthread_create: %s: a client is dropped", strerror(error));
			/* END TODO 4 */
			close(connfd); /* no thread has taken it over */
		}
	}
}
