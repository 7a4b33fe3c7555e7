/* Buggy: a table of clients by descriptor, with 256 places; clients beyond it are dropped.
 * Loses: mt-robustness
 * Why: some 250 clients at once are the most. Descriptors are used again, so that nothing fails over time.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

#define MAX_FD 256

static time_t begin[MAX_FD];

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (connfd >= MAX_FD) {
			warnx("descriptor %d is too large", connfd);
			close(connfd);
			continue;
		}
		begin[connfd] = time(NULL);
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
