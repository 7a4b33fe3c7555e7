/* Buggy: the thread begins by closing the listening socket, "which only the parent needs".
 * Loses: everything
 * Why: it is everybody's: the server ends at its second or third accept.
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

struct fds { int listenfd, connfd; };

static void *child(void *arg)
{
	struct fds *fds = arg;

	close(fds->listenfd);
	serve_client(fds->connfd);
	close(fds->connfd);
	free(fds);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		struct fds *fds = malloc(sizeof(*fds));
		pthread_t thread;

		if (fds == NULL)
			err(1, "malloc");
		fds->listenfd = listenfd;
		fds->connfd = connfd;
		if (pthread_create(&thread, NULL, child, fds) != 0) {
			warnx("pthread_create");
			close(connfd);
			free(fds);
		} else {
			pthread_detach(thread);
		}
	}
}
