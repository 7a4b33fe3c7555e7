/* Buggy: two variables for descriptors, and in the branch for no thread the wrong one: the last good client's is closed.
 * Loses: mt-robustness
 * Why: the client without a thread stays, and the one before it, if it is silent, is cut off, or its number is another's.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
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
	int connfd = -1;

	for (;;) {
		int newfd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)newfd);

		if (error == 0) {
			pthread_detach(thread);
			connfd = newfd;
		} else {
			warnx("pthread_create: %s", strerror(error));
			close(connfd);
		}
	}
}
