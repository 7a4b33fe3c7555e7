/* Buggy: SO_LINGER of zero seconds, "so that no connection is left in TIME_WAIT".
 * Loses: everything
 * Why: the close resets the connection; the client sees ECONNRESET for its end, if not instead of its reply.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	serve_client(connfd);
	if (setsockopt(connfd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == -1)
		warn("setsockopt");
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	pthread_attr_t attr;

	if (pthread_attr_init(&attr) != 0 ||
	    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) != 0)
		errx(EXIT_FAILURE, "thread attributes");
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;
		int error = pthread_create(&thread, &attr, serve, (void *)(intptr_t)connfd);

		if (error != 0) {
			warnx("pthread_create: %s", strerror(error));
			close(connfd);
		}
	}
}
